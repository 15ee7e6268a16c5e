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
  /// What ``state`` lacks.
  var losses = StateLosses()
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
      files.release(lock, leaving: lock.content)
      throw error
    }
  }

  private static func open(
    _ files: StateFiles, policy: SnapshotPolicy, now: @escaping @Sendable () -> Date, lock: DirectoryLock
  ) throws(JSONStateError) -> (engine: Engine, report: OpeningReport) {
    let names = try files.names()
    let months = try files.archivedMonths()
    let ending = DirectoryLock.Ending(lock.content)
    if !names.contains(StateFiles.journal) {
      if names.contains(StateFiles.snapshot) || !months.isEmpty {
        throw files.damaged(StateFiles.journal, "it is missing")
      }
      if let ending, ending.number > 0 { throw files.damaged(StateFiles.journal, ending.missing(after: 0)) }
      _ = try files.createJournal(
        JournalHeader(
          stateVersion: State.formatVersion, month: Timestamp(now()).month, after: 0, afterChecksum: 0))
    }
    let journal = try files.open(StateFiles.journal, .append)
    do throws(JSONStateError) {
      var found = try read(files, journal, names, months)
      let loaded = found.loaded
      if let problem = ending?.problem(withLast: loaded.lastNumber, loaded.lastChecksum) {
        throw files.damaged(StateFiles.journal, problem)
      }
      var engine = Engine(
        files: files, policy: policy, now: now, lock: lock, journal: journal, header: found.header,
        loaded: found.loaded)
      try engine.settle(found.tail, months: months, isStale: found.isStale, &found.report)
      found.report.lastNumber = engine.lastNumber
      return (engine, found.report)
    } catch {
      files.fileSystem.close(journal)
      throw error
    }
  }

  /// What reading a directory finds, before anything is changed in it.
  struct Reading {
    let header: JournalHeader
    var loaded: LoadedState<State>
    var tail = Tail()
    /// Whether `state.json` has to be written.
    var isStale = false
    var report = OpeningReport()
  }

  /// Reads the snapshot and the journal behind it, and throws whatever keeps the directory from being opened.
  static func read(
    _ files: StateFiles, _ journal: Int32, _ names: Set<String>, _ months: [Month]
  ) throws(JSONStateError) -> Reading {
    let (header, headerEnd) = try files.readHeader(
      journal, StateFiles.journal, stateVersion: State.formatVersion)
    var found: Reading
    switch try readSnapshot(files, names) {
    case .current(let snapshot)?:
      found = Reading(
        header: header, loaded: try continuing(snapshot, files, journal, header, headerEnd: headerEnd))
    case .older(let version, let losses)?:
      found = Reading(
        header: header, loaded: try addUpArchive(files, months, before: header, headerEnd: headerEnd))
      // Which entries are lost stands in their places; that later ones may be stands in the snapshot alone.
      found.loaded.losses.perhapsAfter = losses?.perhapsAfter
      found.report.notices.append(
        "state.json has version \(version) and was added up anew for version \(State.formatVersion)")
      found.isStale = true
    case nil:
      if header.after > 0 || !months.isEmpty { throw files.damaged(StateFiles.snapshot, "it is missing") }
      found = Reading(
        header: header,
        loaded: LoadedState(position: .init(journalAfter: 0, lineStart: headerEnd, lineEnd: headerEnd)))
      found.isStale = true
    }
    found.tail = try replay(files, journal, into: &found.loaded, &found.report)
    if let month = Month(header.month), months.contains(month) {
      try compareSecondName(files, journal, month)
    }
    if !found.loaded.losses.numbers.isEmpty {
      found.report.notices.append(
        "entries \(found.loaded.losses.numbers) were lost to damage, and what they did is missing in the state"
      )
    }
    return found
  }

  /// A crash at a month change leaves the journal with a second name in the archive; anything else there is none of
  /// its making.
  private static func compareSecondName(
    _ files: StateFiles, _ journal: Int32, _ month: Month
  ) throws(JSONStateError) {
    let archived = StateFiles.archived(month)
    let file = try files.open(archived, .read)
    defer { files.fileSystem.close(file) }
    guard try files.isSame(file, journal) else {
      throw files.damaged(archived, "journal.jsonl is of the same month and has another content")
    }
  }

  private static func readSnapshot(
    _ files: StateFiles, _ names: Set<String>
  ) throws(JSONStateError) -> Snapshot<State>.Content? {
    guard names.contains(StateFiles.snapshot) else { return nil }
    let bytes = try files.snapshotContents()
    do throws(FormatProblem) {
      return try Snapshot<State>.read(bytes)
    } catch {
      throw files.error(error, in: StateFiles.snapshot, supported: State.formatVersion)
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
      snapshotNumber: snapshot.lastEntry, losses: snapshot.losses ?? StateLosses())
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
    guard position.lineStart >= headerEnd, length > 0 else {
      throw files.damaged(StateFiles.snapshot, "the place in the journal that it names cannot be")
    }
    let bytes = try files.system { () throws(FileSystemError) in
      try files.fileSystem.read(journal, count: length, at: position.lineStart)
    }
    guard bytes.count == length, bytes.last == lineEnd, let line = JournalLine(bytes.dropLast()),
      line.last == snapshot.lastEntry, Hex.text(line.checksum) == snapshot.lastChecksum
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
    var scanner = JournalScanner(
      LineReader(files.fileSystem, journal, offset: start, lineNumber: 1),
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
        switch entry.content {
        case .lost: loaded.losses.numbers.insert(entry.number...entry.last)
        case .entry(let json):
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
        loaded.lastNumber = entry.last
        loaded.lastChecksum = entry.checksum
        loaded.position.lineStart = item.line.start
        loaded.position.lineEnd = item.line.end
      }
      tail.needsLineEnd = !item.line.isTerminated
      transaction.removeAll()
    }
    if !damages.isEmpty {
      // Counted only here: before it, opening need not read what the snapshot contains.
      let before = try files.countLines(in: journal, to: start)
      for index in damages.indices { damages[index].line? += before }
      throw .damaged(directory: files.directory, damages)
    }
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

extension StateFiles {
  /// The number of lines that end before `limit` bytes from the file's start.
  fileprivate func countLines(in file: Int32, to limit: Int) throws(JSONStateError) -> Int {
    var reader = LineReader(fileSystem, file, limit: limit)
    var count = 0
    while try system({ () throws(FileSystemError) in try reader.next() }) != nil { count += 1 }
    return count
  }
}
