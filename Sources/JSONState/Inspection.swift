import Foundation

/// One reading of everything.
struct Inspection<State: JournaledState> {
  private struct Source {
    let name: String
    let file: Int32
    let length: Int
    /// The month in an archive file's name.
    var month: Month?
  }

  private let files: StateFiles
  private let names: Set<String>
  private let months: [Month]
  /// Whether another engine has the directory open.
  private let isOpen: Bool
  /// The last end, if it was an orderly one.
  private let ending: DirectoryLock.Ending?
  private var sources: [Source] = []
  private var report = Verification()
  private var snapshot: Snapshot<State>?
  /// ``StateLosses/perhapsAfter`` of the snapshot, also of one of an older version.
  private var perhapsAfter: Int?

  private var state = State()
  /// Why ``state`` is not what the entries add up to; `nil` while it is.
  private var gap: String?
  private var last = (number: 0, checksum: UInt32(0))
  private let decoder = JSONDecoder()

  /// Opens all files, so that a month change meanwhile does not matter.
  ///
  /// - Parameter journalLength: how far the journal of an open store is to be read; `nil` where nobody has the
  ///   directory open.
  /// - Parameter ending: what the lock's file said when it was taken.
  init(_ files: StateFiles, journalLength: Int?, ending: DirectoryLock.Ending? = nil) throws(JSONStateError) {
    self.files = files
    self.ending = ending
    isOpen = journalLength != nil
    names = try files.names()
    months = names.contains(StateFiles.archive) ? try files.archivedMonths() : []
    if let objection = files.fileSystem.objection(toDirectory: files.directory) { report.add(".", objection) }
    let hasJournal = names.contains(StateFiles.journal)
    do throws(JSONStateError) {
      try readSnapshot(isFresh: !hasJournal && months.isEmpty)
      for month in months {
        let name = StateFiles.archived(month)
        sources.append(Source(name: name, file: try files.open(name, .read), length: .max, month: month))
      }
      if hasJournal {
        sources.append(
          Source(
            name: StateFiles.journal, file: try files.open(StateFiles.journal, .read),
            length: journalLength ?? .max))
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

  private mutating func readSnapshot(isFresh: Bool) throws(JSONStateError) {
    guard names.contains(StateFiles.snapshot) else {
      if !isFresh { report.add(StateFiles.snapshot, "it is missing") }
      return
    }
    let bytes = try files.snapshotContents()
    do throws(FormatProblem) {
      switch try Snapshot<State>.read(bytes) {
      case .current(let snapshot):
        self.snapshot = snapshot
        perhapsAfter = snapshot.losses?.perhapsAfter
      case .older(let version, let losses):
        report.notices.append("state.json has version \(version); the next opening adds it up anew")
        perhapsAfter = losses?.perhapsAfter
      }
    } catch {
      switch error {
      case .damaged(let problem): report.add(StateFiles.snapshot, problem)
      case .newer(let version):
        throw .newerFormat(
          file: files.path(StateFiles.snapshot), found: version, supported: State.formatVersion)
      }
    }
  }

  consuming func run(
    and check: (State) throws(JSONStateError) -> [Damage] = { _ in [] }
  ) throws(JSONStateError) -> Verification {
    defer { close() }
    compareWithSnapshot()
    let journal = sources.last.flatMap { $0.month == nil ? $0 : nil }
    let journalMonth = journal.flatMap { try? header(of: $0).header.month }
    for source in sources {
      if let journal, let month = source.month, month.description == journalMonth {
        // A crash at a month change leaves the journal with both its names; it is to be read once.
        if try files.isSame(source.file, journal.file) {
          report.notices.append("\(source.name) is the journal, whose month change was interrupted")
        } else {
          report.add(source.name, "journal.jsonl is of the same month and has another content")
        }
        continue
      }
      report.files += 1
      try read(source)
    }
    report.lastNumber = max(last.number, snapshot?.lastEntry ?? 0)
    if let snapshot, snapshot.lastEntry > last.number {
      report.add(
        StateFiles.journal,
        "it ends with entry \(last.number), and state.json contains \(snapshot.lastEntry)")
    }
    // Where something is damaged, that may be why.
    if report.isSound, let ending, ending.number > report.lastNumber {
      report.add(StateFiles.journal, ending.missing(after: report.lastNumber))
    }
    if let number = perhapsAfter {
      report.notices.append(
        "entries after \(number) may have been lost: an earlier repair found no end to trust")
    }
    if report.isSound, !isOpen, let journal { try open(journal) }
    if report.isSound { report.damages = try check(state) }
    return report
  }

  /// Reads as opening does, which so refuses nothing that was not reported.
  private mutating func open(_ journal: Source) throws(JSONStateError) {
    do throws(JSONStateError) {
      _ = try Engine<State>.read(files, journal.file, names, months)
    } catch {
      guard case .damaged(_, let damages) = error else { throw error }
      for damage in damages { report.add(damage.file, line: damage.line, damage.problem) }
    }
  }

  private func header(of source: Source) throws(JSONStateError) -> (header: JournalHeader, end: Int) {
    try files.readHeader(source.file, source.name, stateVersion: State.formatVersion)
  }

  private mutating func read(_ source: Source) throws(JSONStateError) {
    let header: JournalHeader
    let end: Int
    do throws(JSONStateError) {
      (header, end) = try self.header(of: source)
    } catch {
      guard case .damaged(_, let damages) = error else { throw error }
      for damage in damages { report.add(damage.file, line: damage.line, damage.problem) }
      gap = "\(source.name) could not be read"
      return
    }
    if let month = source.month, month.description != header.month {
      report.add(source.name, line: 1, "it is the file of \(header.month)")
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
    try readEntries(of: source, after: header, from: end)
  }

  private mutating func readEntries(
    of source: Source, after header: JournalHeader, from start: Int
  ) throws(JSONStateError) {
    var scanner = JournalScanner(
      LineReader(files.fileSystem, source.file, offset: start, lineNumber: 2, limit: source.length),
      expectedNumber: header.after + 1)
    var transaction: [(item: JournalScanner.Item, line: JournalLine)] = []
    var isDamagedAtEnd = false
    while let item = try files.system({ () throws(FileSystemError) in try scanner.next() }) {
      isDamagedAtEnd = item.problem != nil
      if let problem = item.problem {
        report.add(source.name, line: item.line.number, problem)
        gap = "line \(item.line.number) of \(source.name) is damaged"
      } else if item.isTorn {
        if source.month == nil {
          report.notices.append(
            "the last line of journal.jsonl is incomplete; the next opening sets it aside")
        } else {
          report.add(source.name, line: item.line.number, "the file ends in the middle of a line")
        }
      }
      guard let line = item.entry else { continue }
      if source.month != nil && !item.line.isTerminated {
        report.add(source.name, line: item.line.number, "its line end is missing")
      }
      transaction.append((item, line))
      if line.more > 0 { continue }
      for (item, line) in transaction { take(line, item, source, header) }
      transaction.removeAll()
    }
    guard let first = transaction.first else { return }
    if source.month == nil && !isDamagedAtEnd {
      report.notices.append(
        "the last transaction in journal.jsonl is incomplete; the next opening sets it aside")
    } else {
      report.add(source.name, line: first.item.line.number, "the rest of its transaction is missing")
    }
  }

  private mutating func take(
    _ line: JournalLine, _ item: JournalScanner.Item, _ source: Source, _ header: JournalHeader
  ) {
    switch line.content {
    case .lost:
      report.lost.insert(line.number...line.last)
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
    last = (line.last, line.checksum)
    if let ending, ending.number == line.last, ending.checksum != line.checksum {
      report.add(source.name, line: item.line.number, ending.contradiction)
    }
    compareWithSnapshot()
    if let snapshot, snapshot.lastEntry == line.last, source.month == nil,
      snapshot.position
        != .init(journalAfter: header.after, lineStart: item.line.start, lineEnd: item.line.end)
    {
      report.add(
        StateFiles.snapshot, "the place in the journal that it names is not that of entry \(line.last)")
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

extension StateFiles {
  /// Whether two open files have the same bytes.
  func isSame(_ one: Int32, _ other: Int32) throws(JSONStateError) -> Bool {
    try system { () throws(FileSystemError) in
      let length = try fileSystem.length(one)
      guard try fileSystem.length(other) == length else { return false }
      for start in stride(from: 0, to: length, by: 256 << 10) {
        let count = min(256 << 10, length - start)
        guard
          try fileSystem.read(one, count: count, at: start) == fileSystem.read(other, count: count, at: start)
        else { return false }
      }
      return true
    }
  }

  /// The bytes of `state.json`; none where it cannot be a snapshot, so that a damaged one does not fill the memory.
  func snapshotContents() throws(JSONStateError) -> [UInt8] {
    try withFile(Self.snapshot, .read) { file throws(FileSystemError) in
      let length = try fileSystem.length(file)
      guard length <= 1 << 30, SealedFile.begins(try fileSystem.read(file, count: 64, at: 0)) else {
        return []
      }
      return try fileSystem.read(file, count: length, at: 0)
    }
  }
}
