public import Foundation

/// What a repair did.
public struct RepairReport: Sendable, Equatable {
  /// What was wrong.
  public internal(set) var damages: [Damage] = []
  /// The files that were replaced, and the names under which the damaged ones are kept.
  public internal(set) var replaced: [Replaced] = []
  /// The numbers of entries that could not be saved. Their lines now say so.
  public internal(set) var lost: [Int] = []
  /// Of those, the ones that the state lacks. The others are contained in it, through the snapshot.
  public internal(set) var lostFromState: [Int] = []

  /// A file that was replaced.
  public struct Replaced: Sendable, Equatable {
    public let file: String
    /// `nil` where the file was missing.
    public let keptAs: String?
  }
}

extension StateStore {
  /// Makes a damaged directory fit to be opened, without guessing: lines that are as they were written stay
  /// byte for byte, numbers without such a line are marked as lost, damaged files are kept under another
  /// name. Does nothing where nothing is damaged. Waits for the disk.
  ///
  /// The state afterwards is what all entries add up to where none is lost; otherwise what the snapshot and
  /// the entries after it add up to, if the snapshot is sound; otherwise what the remaining entries add up to.
  /// ``RepairReport/lostFromState`` says what is missing in it.
  public static func repair(
    directory: String, fileSystem: any FileSystem = SystemFileSystem(),
    now: @escaping @Sendable () -> Date = { Date() }
  ) throws(JSONStateError) -> RepairReport {
    let files = StateFiles(fileSystem: fileSystem, directory: StateFiles.trimmed(directory))
    try files.makeDirectories()
    let lock = try files.takeLock()
    defer { fileSystem.unlock(lock) }
    let found = try Inspection<State>(files, journalLength: .max).run()
    var report = RepairReport(damages: found.damages)
    if found.isSound { return report }
    var repair = Repair<State>(files: files, now: Timestamp(now()))
    try repair.run(&report)
    return report
  }
}

/// One repair of a directory whose lock is held.
struct Repair<State: JournaledState> {
  let files: StateFiles
  let now: Timestamp
  private var last = (number: 0, checksum: UInt32(0))
  private var lastTimestamp: Timestamp

  init(files: StateFiles, now: Timestamp) {
    self.files = files
    self.now = now
    lastTimestamp = now
  }

  mutating func run(_ report: inout RepairReport) throws(JSONStateError) {
    let snapshot = try soundSnapshot()
    var months = try files.archivedMonths()
    let journalHeader = try header(of: StateFiles.journal)
    if let journalHeader, let month = Month(journalHeader.month) { months.removeAll { $0 == month } }
    let sources = months.map { (name: StateFiles.archived($0), month: $0) }
    var headers: [JournalHeader?] = []
    for source in sources { headers.append(try header(of: source.name)) }
    headers.append(journalHeader)

    for (index, source) in sources.enumerated() {
      try rewrite(
        source.name, source.month, headers[index], endsWith: headers[index + 1]?.after, &report)
    }
    let journalMonth =
      journalHeader.flatMap { Month($0.month) } ?? max(months.last?.next ?? now.month, now.month)
    if journalHeader == nil, months.isEmpty, let snapshot, !(try files.names().contains(StateFiles.journal)) {
      // Nothing but the snapshot is left: what is before it is gone.
      last = (snapshot.lastEntry, Hex.parse(Array(snapshot.lastChecksum.utf8)) ?? 0)
    }
    try rewrite(
      StateFiles.journal, journalMonth, journalHeader, endsWith: snapshot?.lastEntry, isJournal: true, &report
    )
    try rebuildSnapshot(from: snapshot, &report)
  }

  private func soundSnapshot() throws(JSONStateError) -> Snapshot<State>? {
    guard try files.names().contains(StateFiles.snapshot) else { return nil }
    let bytes = try files.contents(StateFiles.snapshot)
    if let content = try? Snapshot<State>.read(bytes), case .current(let snapshot) = content {
      return snapshot
    }
    return nil
  }

  /// The header of a file; `nil` where it is missing or not as it was written.
  private func header(of name: String) throws(JSONStateError) -> JournalHeader? {
    do throws(JSONStateError) {
      let file = try files.open(name, .read)
      defer { files.fileSystem.close(file) }
      return try files.readHeader(file, name, stateVersion: State.formatVersion).header
    } catch {
      switch error {
      case .damaged: return nil
      case .system(let cause) where cause.isMissingFile: return nil
      default: throw error
      }
    }
  }

  /// Writes a file anew from its sound lines; leaves it alone if nothing changes by that.
  ///
  /// - Parameter target: the number that the file's last entry must have had, where that is known.
  private mutating func rewrite(
    _ name: String, _ month: Month, _ header: JournalHeader?, endsWith target: Int?, isJournal: Bool = false,
    _ report: inout RepairReport
  ) throws(JSONStateError) {
    var fresh =
      header
      ?? JournalHeader(
        stateVersion: State.formatVersion, month: month, after: last.number, afterChecksum: last.checksum)
    if fresh.after == last.number { fresh.afterChecksum = Hex.text(last.checksum) }
    last.number = fresh.after
    var output = Output()
    do { output.bytes = try fresh.line() } catch {
      throw .unencodable(entry: fresh.after + 1, reason: "\(error)")
    }
    output.isChanged = fresh != header

    let unfinished = name + StateFiles.unfinished
    let copy = try files.open(unfinished, .create)
    defer { files.fileSystem.close(copy) }
    var original: Int32?
    do throws(JSONStateError) {
      original = try files.open(name, .read)
    } catch {
      guard case .system(let cause) = error, cause.isMissingFile else { throw error }
    }
    defer { if let original { files.fileSystem.close(original) } }

    if let original {
      try copySoundLines(from: original, to: copy, endsWith: target, isJournal: isJournal, &output, &report)
    } else if let target, target > last.number {
      fill(to: target, &output, &report)
    }
    let rest = output.bytes
    try files.system { () throws(FileSystemError) in
      try files.write(rest, to: copy)
      try files.fileSystem.synchronize(copy)
    }
    guard output.isChanged else {
      try files.system { () throws(FileSystemError) in try files.fileSystem.unlink(files.path(unfinished)) }
      return
    }
    let keptAs = original == nil ? nil : try files.keep(name)
    try files.system { () throws(FileSystemError) in
      try files.fileSystem.rename(files.path(unfinished), to: files.path(name))
    }
    try files.synchronizeDirectory(files.folder(of: name))
    report.replaced.append(.init(file: name, keptAs: keptAs))
  }

  private struct Output {
    var bytes: [UInt8] = []
    var isChanged = false
    /// How many lines of the present transaction have yet to come.
    var outstanding = 0
  }

  private mutating func copySoundLines(
    from original: Int32, to copy: Int32, endsWith target: Int?, isJournal: Bool, _ output: inout Output,
    _ report: inout RepairReport
  ) throws(JSONStateError) {
    var reader = LineReader(files.fileSystem, original)
    _ = try files.system { () throws(FileSystemError) in try reader.next() }
    var scanner = JournalScanner(reader, expectedNumber: last.number + 1)
    var damagedAtEnd = 0
    while let item = try files.system({ () throws(FileSystemError) in try scanner.next() }) {
      if let line = item.entry {
        if !item.line.isTerminated { output.isChanged = true }
        if try !takeOver(line, item.line.content, in: copy, &output, &report) { output.isChanged = true }
        damagedAtEnd = 0
        continue
      }
      output.isChanged = true
      // What an interrupted write left in the journal is no loss.
      if item.isTorn && isJournal { continue }
      for piece in SealedLine.pieces(of: item.line.content) {
        let whole = [piece, piece.dropLast()].lazy.compactMap { content in
          JournalLine(content).map { (line: $0, content: content) }
        }.first
        if let whole {
          _ = try takeOver(whole.line, whole.content, in: copy, &output, &report)
          damagedAtEnd = 0
        } else {
          damagedAtEnd += 1
        }
      }
    }
    // Behind the last sound line the numbers are known only from what continues the file. For the journal
    // that is the snapshot, which may be older than the journal's end: then each damaged line counts as one.
    if isJournal {
      fill(to: max(target ?? 0, last.number + damagedAtEnd), &output, &report)
    } else if damagedAtEnd > 0 {
      fill(to: target ?? last.number + damagedAtEnd, &output, &report)
    }
  }

  /// Takes over a line as it is, after marks for the numbers that are missing before it.
  /// - Returns: false for a number that is there already.
  private mutating func takeOver(
    _ line: JournalLine, _ content: ArraySlice<UInt8>, in copy: Int32, _ output: inout Output,
    _ report: inout RepairReport
  ) throws(JSONStateError) -> Bool {
    guard line.number > last.number else { return false }
    fill(to: line.number - 1, &output, &report)
    output.bytes.append(contentsOf: content)
    output.bytes.append(lineEnd)
    output.outstanding = line.more
    last = (line.number, line.checksum)
    lastTimestamp = line.timestamp
    if output.bytes.count > 1 << 20 {
      let piece = output.bytes
      try files.system { () throws(FileSystemError) in try files.write(piece, to: copy) }
      output.bytes.removeAll(keepingCapacity: true)
    }
    return true
  }

  /// Marks the numbers after the newest one up to `number` as lost.
  private mutating func fill(to number: Int, _ output: inout Output, _ report: inout RepairReport) {
    while last.number < number {
      output.isChanged = true
      output.outstanding = max(0, output.outstanding - 1)
      last.number += 1
      last.checksum = JournalLine.append(
        lost: "damaged, marked by repair", number: last.number, timestamp: lastTimestamp,
        more: output.outstanding, to: &output.bytes)
      report.lost.append(last.number)
    }
  }

  /// Writes `state.json` anew from the repaired files.
  private func rebuildSnapshot(
    from snapshot: Snapshot<State>?, _ report: inout RepairReport
  ) throws(JSONStateError) {
    let months = try files.archivedMonths()
    let journal = try files.open(StateFiles.journal, .read)
    defer { files.fileSystem.close(journal) }
    let (header, headerEnd) = try files.readHeader(
      journal, StateFiles.journal, stateVersion: State.formatVersion)
    let names =
      months.filter { $0.description < header.month }.map(StateFiles.archived) + [StateFiles.journal]

    var sum = Sum(headerEnd: headerEnd, after: header)
    try sum.add(names, files)
    // Where a number has no entry, the snapshot knows more than the entries do.
    if !sum.missing.isEmpty, let snapshot {
      sum = Sum(headerEnd: headerEnd, after: header)
      sum.state = snapshot.state
      sum.number = snapshot.lastEntry
      sum.first = snapshot.lastEntry + 1
      try sum.add(names, files)
    }
    report.lostFromState = sum.missing
    let rebuilt = Snapshot<State>(
      lastEntry: sum.number, lastChecksum: Hex.text(sum.checksum), position: sum.position, state: sum.state)
    let content: [UInt8]
    do { content = try rebuilt.fileContent() } catch {
      throw .unencodable(entry: sum.number, reason: "\(error)")
    }
    let exists = try files.names().contains(StateFiles.snapshot)
    let keptAs = exists ? try files.keep(StateFiles.snapshot) : nil
    try files.replace(StateFiles.snapshot, with: content)
    report.replaced.append(.init(file: StateFiles.snapshot, keptAs: keptAs))
  }

  /// Adds up entries over several files.
  private struct Sum {
    var state = State()
    /// Entries before this one are contained already.
    var first = 1
    var number = 0
    var checksum: UInt32
    var position: Snapshot<State>.Position
    var missing: [Int] = []

    init(headerEnd: Int, after header: JournalHeader) {
      checksum = Hex.parse(Array(header.afterChecksum.utf8)) ?? 0
      position = .init(journalAfter: header.after, lineStart: headerEnd, lineEnd: headerEnd)
    }

    mutating func add(_ names: [String], _ files: StateFiles) throws(JSONStateError) {
      let decoder = JSONDecoder()
      for name in names {
        let file = try files.open(name, .read)
        defer { files.fileSystem.close(file) }
        let (header, end) = try files.readHeader(file, name, stateVersion: State.formatVersion)
        skip(to: header.after)
        var scanner = JournalScanner(
          LineReader(files.fileSystem, file, offset: end, lineNumber: 2), expectedNumber: header.after + 1)
        while let item = try files.system({ () throws(FileSystemError) in try scanner.next() }) {
          guard let line = item.entry else { continue }
          if name == StateFiles.journal {
            position.lineStart = item.line.start
            position.lineEnd = item.line.end
            checksum = line.checksum
          }
          if line.number < first { continue }
          skip(to: line.number - 1)
          number = max(number, line.number)
          guard case .entry(let json) = line.content else {
            missing.append(line.number)
            continue
          }
          do {
            let entry = try decoder.decode(State.Entry.self, from: Data(json))
            state.apply(JournalRecord(number: line.number, date: line.timestamp.date, entry: entry))
          } catch {
            throw .damaged(
              directory: files.directory,
              [
                Damage(
                  file: name, line: item.line.number,
                  problem: "the entry is as it was written, but this program cannot read it: \(error)")
              ])
          }
        }
      }
    }

    /// Numbers for which there is no line at all: a file is missing.
    private mutating func skip(to last: Int) {
      while number < last {
        number += 1
        missing.append(number)
      }
    }
  }
}
