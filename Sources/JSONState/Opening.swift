import Foundation

/// What the snapshot and the journal add up to.
struct LoadedState<State: JournaledState> {
  var state = State()
  var lastNumber = 0
  var lastChecksum: UInt32 = 0
  /// Where the newest entry's line stands in the journal.
  var position: Snapshot<State>.Position
  /// The newest entry that `state.json` contains.
  var snapshotNumber = 0
  var bytesSinceSnapshot = 0
}

extension Engine {
  /// Opens the directory: takes the lock, reads the snapshot and the journal behind it.
  static func open(
    _ files: StateFiles, policy: SnapshotPolicy, now: @escaping @Sendable () -> Date
  ) throws(JSONStateError) -> (engine: Engine, report: OpeningReport) {
    try files.makeDirectories()
    let lock = try files.takeLock()
    do throws(JSONStateError) {
      return try open(files, policy: policy, now: now, lock: lock)
    } catch {
      files.fileSystem.unlock(lock)
      throw error
    }
  }

  private static func open(
    _ files: StateFiles, policy: SnapshotPolicy, now: @escaping @Sendable () -> Date, lock: Int32
  ) throws(JSONStateError) -> (engine: Engine, report: OpeningReport) {
    let names = try files.names()
    let months = try files.archivedMonths()
    if !names.contains(StateFiles.journal) {
      if names.contains(StateFiles.snapshot) || !months.isEmpty {
        throw files.damaged(StateFiles.journal, "it is missing")
      }
      _ = try files.createJournal(
        JournalHeader(
          stateVersion: State.formatVersion, month: Timestamp(now()).month, after: 0, afterChecksum: 0))
    }
    let journal = try files.open(StateFiles.journal, .append)
    do throws(JSONStateError) {
      let (header, headerEnd) = try files.readHeader(
        journal, StateFiles.journal, stateVersion: State.formatVersion)
      var report = OpeningReport()
      var loaded: LoadedState<State>
      var isStale = false
      switch try readSnapshot(files, names) {
      case .current(let snapshot)?:
        loaded = try continuing(snapshot, files, journal, header, headerEnd: headerEnd)
      case .older(let version)?:
        report.notices.append(
          "state.json has version \(version) and was added up anew for version \(State.formatVersion)")
        loaded = try addUpArchive(files, months, before: header, headerEnd: headerEnd)
        isStale = true
      case nil:
        if header.after > 0 { throw files.damaged(StateFiles.snapshot, "it is missing") }
        loaded = LoadedState(position: .init(journalAfter: 0, lineStart: headerEnd, lineEnd: headerEnd))
        isStale = true
      }
      let tail = try replay(files, journal, into: &loaded, &report)
      var engine = Engine(
        files: files, policy: policy, now: now, lock: lock, journal: journal, header: header, loaded: loaded)
      try engine.settle(tail, months: months, isStale: isStale, &report)
      report.lastNumber = engine.lastNumber
      return (engine, report)
    } catch {
      files.fileSystem.close(journal)
      throw error
    }
  }

  private static func readSnapshot(
    _ files: StateFiles, _ names: Set<String>
  ) throws(JSONStateError) -> Snapshot<State>.Content? {
    guard names.contains(StateFiles.snapshot) else { return nil }
    do {
      return try Snapshot<State>.read(try files.contents(StateFiles.snapshot))
    } catch let problem as FormatProblem {
      throw files.error(problem, in: StateFiles.snapshot, supported: State.formatVersion)
    } catch let error as JSONStateError {
      throw error
    } catch {
      throw files.damaged(StateFiles.snapshot, "\(error)")
    }
  }

  /// Finds the place in the journal where the snapshot ends, and makes sure that they belong together.
  private static func continuing(
    _ snapshot: Snapshot<State>, _ files: StateFiles, _ journal: Int32, _ header: JournalHeader,
    headerEnd: Int
  ) throws(JSONStateError) -> LoadedState<State> {
    var loaded = LoadedState<State>(
      state: snapshot.state, lastNumber: snapshot.lastEntry,
      position: .init(journalAfter: header.after, lineStart: headerEnd, lineEnd: headerEnd),
      snapshotNumber: snapshot.lastEntry)
    loaded.lastChecksum = Hex.parse(Array(snapshot.lastChecksum.utf8)) ?? 0
    if snapshot.lastEntry == header.after {
      guard snapshot.lastChecksum == header.afterChecksum else {
        throw files.damaged(
          StateFiles.journal,
          "it does not continue state.json: entry \(header.after) has another checksum there")
      }
      return loaded
    }
    guard snapshot.position.journalAfter == header.after, snapshot.lastEntry > header.after else {
      throw files.damaged(
        StateFiles.journal,
        "it begins after entry \(header.after) and does not continue state.json, which ends with entry "
          + "\(snapshot.lastEntry)")
    }
    let position = snapshot.position
    let length = position.lineEnd - position.lineStart
    guard position.lineStart >= headerEnd, (1...SealedLine.longest).contains(length) else {
      throw files.damaged(StateFiles.snapshot, "the place in the journal that it names cannot be")
    }
    let bytes = try files.system { () throws(FileSystemError) in
      try files.fileSystem.read(journal, count: length, at: position.lineStart)
    }
    guard bytes.count == length, bytes.last == lineEnd, let line = JournalLine(bytes.dropLast()),
      line.number == snapshot.lastEntry, Hex.text(line.checksum) == snapshot.lastChecksum
    else {
      throw files.damaged(
        StateFiles.journal,
        "entry \(snapshot.lastEntry), which state.json contains, should end at byte \(position.lineEnd) and does not"
      )
    }
    loaded.position = position
    return loaded
  }

  /// What an interrupted write may have left at the journal's end.
  struct Tail {
    /// A complete last line lacks its line end.
    var needsLineEnd = false
    /// Bytes behind the last complete transaction.
    var torn: [UInt8] = []
  }

  private static func replay(
    _ files: StateFiles, _ journal: Int32, into loaded: inout LoadedState<State>,
    _ report: inout OpeningReport
  ) throws(JSONStateError) -> Tail {
    let start = loaded.position.lineEnd
    // One line for the header and one for each entry.
    let lineNumber = loaded.lastNumber - loaded.position.journalAfter + 2
    var scanner = JournalScanner(
      LineReader(files.fileSystem, journal, offset: start, lineNumber: lineNumber),
      expectedNumber: loaded.lastNumber + 1)
    let decoder = JSONDecoder()
    var damages: [Damage] = []
    var transaction: [(JournalScanner.Item, JournalLine)] = []
    var tail = Tail()
    var end = start
    while let item = try files.system({ () throws(FileSystemError) in try scanner.next() }) {
      end = item.line.end
      if let problem = item.problem {
        damages.append(Damage(file: StateFiles.journal, line: item.line.number, problem: problem))
      }
      guard let entry = item.entry, damages.isEmpty else { continue }
      transaction.append((item, entry))
      if entry.more > 0 { continue }
      for (item, entry) in transaction {
        if case .entry(let json) = entry.content {
          do {
            loaded.state.apply(
              JournalRecord(
                number: entry.number, date: entry.timestamp.date,
                entry: try decoder.decode(State.Entry.self, from: Data(json))))
          } catch {
            damages.append(
              Damage(
                file: StateFiles.journal, line: item.line.number,
                problem: "its entry cannot be read by this program: \(error)"))
          }
        }
        report.replayed += 1
        loaded.lastNumber = entry.number
        loaded.lastChecksum = entry.checksum
        loaded.position.lineStart = item.line.start
        loaded.position.lineEnd = item.line.end
      }
      tail.needsLineEnd = !item.line.isTerminated
      transaction.removeAll()
    }
    if !damages.isEmpty { throw .damaged(directory: files.directory, damages) }
    loaded.bytesSinceSnapshot = loaded.position.lineEnd - start
    if end > loaded.position.lineEnd {
      let position = loaded.position.lineEnd
      tail.torn = try files.system { () throws(FileSystemError) in
        try files.fileSystem.read(journal, count: end - position, at: position)
      }
    }
    return tail
  }
}
