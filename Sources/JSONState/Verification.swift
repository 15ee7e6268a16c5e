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
  public internal(set) var lost: [Int] = []
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
  /// the disk.
  ///
  /// - Parameter check: looks at what the entries add up to, if nothing was wrong so far, while the directory is
  ///   still locked: for files beside the state that must fit it. Says what is wrong with them.
  public static func verify(
    directory: String, fileSystem: any FileSystem = SystemFileSystem(),
    and check: (State) throws(JSONStateError) -> [Damage] = { _ in [] }
  ) throws(JSONStateError) -> Verification {
    let files = StateFiles(fileSystem: fileSystem, directory: StateFiles.trimmed(directory))
    let lock = try files.takeLock()
    defer { fileSystem.unlock(lock) }
    return try Inspection<State>(files, journalLength: .max).run(and: check)
  }

  /// The same for this open store, while recording goes on. Waits for the disk.
  public func verify() throws(JSONStateError) -> Verification { try core.verify() }
}

/// One reading of everything.
struct Inspection<State: JournaledState> {
  private struct Source {
    let name: String
    let file: Int32
    let length: Int
  }

  private let files: StateFiles
  private var sources: [Source] = []
  private var report = Verification()
  private var snapshot: Snapshot<State>?

  private var state = State()
  /// Why ``state`` is not what the entries add up to; `nil` while it is.
  private var gap: String?
  private var last = (number: 0, checksum: UInt32(0))

  /// Opens all files, so that a month change meanwhile does not matter.
  ///
  /// - Parameter journalLength: how far the journal is to be read.
  init(_ files: StateFiles, journalLength: Int) throws(JSONStateError) {
    self.files = files
    let names = try files.names()
    let hasJournal = names.contains(StateFiles.journal)
    let months = names.contains(StateFiles.archive) ? try files.archivedMonths() : []
    do throws(JSONStateError) {
      try readSnapshot(names, isFresh: !hasJournal && months.isEmpty)
      for month in months {
        let name = StateFiles.archived(month)
        sources.append(Source(name: name, file: try files.open(name, .read), length: .max))
      }
      if hasJournal {
        sources.append(
          Source(
            name: StateFiles.journal, file: try files.open(StateFiles.journal, .read), length: journalLength))
      } else if snapshot != nil || !months.isEmpty {
        report.add(StateFiles.journal, "it is missing")
      }
    } catch {
      close()
      throw error
    }
  }

  private func close() {
    for source in sources { files.fileSystem.close(source.file) }
  }

  private mutating func readSnapshot(_ names: Set<String>, isFresh: Bool) throws(JSONStateError) {
    guard names.contains(StateFiles.snapshot) else {
      if !isFresh { report.add(StateFiles.snapshot, "it is missing") }
      return
    }
    do {
      switch try Snapshot<State>.read(try files.contents(StateFiles.snapshot)) {
      case .current(let snapshot): self.snapshot = snapshot
      case .older(let version):
        report.notices.append("state.json has version \(version); the next opening adds it up anew")
      }
    } catch FormatProblem.damaged(let problem) {
      report.add(StateFiles.snapshot, problem)
    } catch FormatProblem.newer(let version) {
      throw .newerFormat(
        file: files.path(StateFiles.snapshot), found: version, supported: State.formatVersion)
    } catch let error as JSONStateError {
      throw error
    } catch {
      throw files.damaged(StateFiles.snapshot, "\(error)")
    }
  }

  consuming func run(
    and check: (State) throws(JSONStateError) -> [Damage] = { _ in [] }
  ) throws(JSONStateError) -> Verification {
    defer { close() }
    compareWithSnapshot()
    let journalHeader = sources.last.flatMap { source in
      source.name == StateFiles.journal
        ? try? files.readHeader(source.file, source.name, stateVersion: State.formatVersion).header : nil
    }
    for source in sources {
      // A crash at a month change leaves the journal with both its names; it is to be read once.
      if source.name != StateFiles.journal, let journalHeader,
        source.name == "\(StateFiles.archive)/\(journalHeader.month).jsonl"
      {
        report.notices.append("\(source.name) is the journal, whose month change was interrupted")
        continue
      }
      report.files += 1
      try read(source)
    }
    if let snapshot, snapshot.lastEntry > last.number {
      report.add(
        StateFiles.journal,
        "it ends with entry \(last.number), and state.json contains \(snapshot.lastEntry)")
    }
    if report.isSound { report.damages = try check(state) }
    return report
  }

  private mutating func read(_ source: Source) throws(JSONStateError) {
    let header: JournalHeader
    let end: Int
    do throws(JSONStateError) {
      (header, end) = try files.readHeader(source.file, source.name, stateVersion: State.formatVersion)
    } catch {
      guard case .damaged(_, let damages) = error else { throw error }
      for damage in damages { report.add(damage.file, line: damage.line, damage.problem) }
      gap = "\(source.name) could not be read"
      return
    }
    if header.after != last.number || header.afterChecksum != Hex.text(last.checksum) {
      report.add(
        source.name, line: 1,
        header.after == last.number
          ? "it continues another history: entry \(header.after) has another checksum there"
          : "it begins after entry \(header.after), and what is before it ends with entry \(last.number)")
      gap = "entries before \(header.after + 1) are missing"
    }
    last.number = header.after
    var scanner = JournalScanner(
      LineReader(files.fileSystem, source.file, offset: end, lineNumber: 2, limit: source.length),
      expectedNumber: header.after + 1)
    let decoder = JSONDecoder()
    while let item = try files.system({ () throws(FileSystemError) in try scanner.next() }) {
      if let problem = item.problem {
        report.add(source.name, line: item.line.number, problem)
        gap = "line \(item.line.number) of \(source.name) is damaged"
      } else if item.isTorn {
        if source.name == StateFiles.journal {
          report.notices.append(
            "the last line of journal.jsonl is incomplete; the next opening sets it aside")
        } else {
          report.add(source.name, line: item.line.number, "the file ends in the middle of a line")
        }
      }
      guard let line = item.entry else { continue }
      switch line.content {
      case .lost:
        report.lost.append(line.number)
        gap = gap ?? "entry \(line.number) was lost"
      case .entry(let json):
        report.entries += 1
        do {
          let entry = try decoder.decode(State.Entry.self, from: Data(json))
          state.apply(JournalRecord(number: line.number, date: line.timestamp.date, entry: entry))
        } catch {
          report.add(
            source.name, line: item.line.number, "its entry cannot be read by this program: \(error)")
          gap = "entry \(line.number) cannot be read"
        }
      }
      last = (line.number, line.checksum)
      compareWithSnapshot()
      if let snapshot, snapshot.lastEntry == line.number, source.name == StateFiles.journal,
        snapshot.position
          != .init(journalAfter: header.after, lineStart: item.line.start, lineEnd: item.line.end)
      {
        report.add(
          StateFiles.snapshot, "the place in the journal that it names is not that of entry \(line.number)")
      }
    }
  }

  /// Compares when the entries read so far are those that the snapshot contains.
  private mutating func compareWithSnapshot() {
    guard let snapshot, snapshot.lastEntry == last.number else { return }
    if snapshot.lastChecksum != Hex.text(last.checksum) {
      report.add(
        StateFiles.snapshot, "it continues another history: entry \(last.number) has another checksum")
    } else if snapshot.state != state {
      if let gap {
        report.notices.append("state.json cannot be compared with the entries, because \(gap)")
      } else {
        report.add(
          StateFiles.snapshot, "its state is not what entries 1 to \(last.number) add up to")
      }
    }
  }
}
