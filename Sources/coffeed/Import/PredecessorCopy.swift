import Foundation
import GRDB

/// A private copy of the predecessor's database, so that nothing is ever written beside the original, and the
/// predecessor waits for no more than the copying.
struct PredecessorCopy {
  /// A write was interrupted by the end of the program that made it. It was taken back, in the copy.
  private(set) var tookBackAWrite = false
  private let directory: URL
  private var queue: DatabaseQueue?

  private static let sidecars = ["-journal", "-wal"]
  /// How often a copy is made again of files that were written to meanwhile.
  private static let attempts = 3

  /// - Parameter patience: how long a program that is writing to it is waited for.
  init(of path: String, patience: Duration) throws(ImportError) {
    directory = FileManager.default.temporaryDirectory.appending(path: "coffeed-import-\(UUID())")
    do {
      try FileManager.default.createDirectory(
        at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let copy = directory.appending(path: "coffee_manager.db").path
      do {
        try Self.copy(path, to: copy, patience: patience)
      } catch let error as DatabaseError where Self.needsItsJournal(error, path) {
        try Self.copyFiles(path, to: copy)
        tookBackAWrite = true
      }
      queue = try DatabaseQueue(path: copy)
    } catch {
      remove()
      throw Self.unreadable(path, error)
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    guard let queue else { throw CocoaError(.fileNoSuchFile) }
    return try queue.read(body)
  }

  func remove() {
    try? queue?.close()
    try? FileManager.default.removeItem(at: directory)
  }

  /// As SQLite copies a database that is in use.
  private static func copy(_ path: String, to copy: String, patience: Duration) throws {
    var reading = Configuration()
    reading.readonly = true
    reading.busyMode = .timeout(Double(patience.components.seconds))
    var writing = Configuration()
    // It is thrown away, whatever happens.
    writing.prepareDatabase { try $0.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF") }
    let source = try DatabaseQueue(path: path, configuration: reading)
    defer { try? source.close() }
    let target = try DatabaseQueue(path: copy, configuration: writing)
    defer { try? target.close() }
    try source.backup(to: target)
  }

  /// Whoever only reads cannot finish what was interrupted.
  private static func needsItsJournal(_ error: DatabaseError, _ path: String) -> Bool {
    switch error.resultCode {
    case .SQLITE_READONLY: true
    case .SQLITE_CANTOPEN: FileManager.default.fileExists(atPath: path + "-wal")
    default: false
    }
  }

  /// The file and what stands beside it. Nobody has it locked.
  private static func copyFiles(_ path: String, to copy: String) throws {
    let files = FileManager.default
    func stamps() -> [String] {
      ([""] + sidecars).map { suffix in
        guard let about = try? files.attributesOfItem(atPath: path + suffix) else { return "" }
        let date = (about[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(about[.size] ?? 0) \(date)"
      }
    }
    for _ in 0..<attempts {
      for suffix in [""] + sidecars { try? files.removeItem(atPath: copy + suffix) }
      let before = stamps()
      for suffix in [""] + sidecars where files.fileExists(atPath: path + suffix) {
        try files.copyItem(atPath: path + suffix, toPath: copy + suffix)
      }
      if stamps() == before { return }
    }
    throw ImportError(
      place: path, problem: "is being written to by another program: end it, or try again in a quiet moment")
  }

  static func unreadable(_ path: String, _ error: any Error) -> ImportError {
    if let error = error as? ImportError { return error }
    guard let error = error as? DatabaseError else {
      return ImportError(place: path, problem: "cannot be read: \(error)")
    }
    if error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED {
      return ImportError(
        place: path,
        problem:
          "is locked by another program, which has been writing to it all the time: end it, or try again")
    }
    return ImportError(
      place: path,
      problem: "cannot be read as an SQLite database (\(error.message ?? "\(error.resultCode)")): "
        + "name the predecessor's coffee_manager.db")
  }
}
