import Foundation

/// What reading every byte of a state directory found.
public struct Verification: Sendable, Equatable {
  /// How many files with entries there are: the archives and the journal.
  public internal(set) var files = 0
  /// How many sound entries they hold.
  public internal(set) var entries = 0
  /// What is wrong, by file and line; the first thousand places.
  public internal(set) var damages: [Damage] = []
  /// Numbers of entries that an earlier repair had to give up.
  public internal(set) var lost = EntryNumbers()
  /// The newest entry that a file or the snapshot names.
  public internal(set) var lastNumber = 0
  /// What is worth knowing and no damage, in sentences.
  public internal(set) var notices: [String] = []

  /// Whether nothing is wrong. Entries lost before are not counted as wrong again.
  public var isSound: Bool { damages.isEmpty }

  mutating func add(_ file: String, line: Int? = nil, _ problem: String) {
    if damages.count < 1000 { damages.append(Damage(file: file, line: line, problem: problem)) }
  }
}

extension StateStore {
  /// Reads everything in a directory that no process has open: all checksums, the numbering, whether every
  /// entry can be read, and whether the snapshot is what the entries add up to. Changes nothing. Waits for
  /// the disk. A read-only file system is no obstacle.
  ///
  /// - Parameter check: looks at what the entries add up to, if nothing was wrong so far, while the directory is
  ///   still locked: for files beside the state that must fit it. Says what is wrong with them.
  public static func verify(
    directory: String, fileSystem: any FileSystem = SystemFileSystem(),
    and check: (State) throws(JSONStateError) -> [Damage] = { _ in [] }
  ) throws(JSONStateError) -> Verification {
    let files = StateFiles(fileSystem: fileSystem, directory: StateFiles.trimmed(directory))
    let lock = try files.takeLockForReading()
    defer { if let lock { files.release(lock, leaving: lock.content) } }
    return try Inspection<State>(
      files, journalLength: nil, ending: lock.flatMap { DirectoryLock.Ending($0.content) }
    ).run(and: check)
  }

  /// The same for this open store, while recording goes on. Waits for the disk.
  public func verify() throws(JSONStateError) -> Verification { try core.verify() }
}
