import Foundation
import Synchronization

/// A decision that waits to be made, and whoever waits for it.
struct Request<State: JournaledState>: Sendable {
  let decide: @Sendable (inout Transaction<State>) -> Void
  /// Called once, with `nil` when all is durable.
  let complete: @Sendable (JSONStateError?) -> Void
}

/// What readers see.
struct Durable<State: JournaledState>: Sendable {
  var state: State
  var lastNumber: Int
}

/// The open directory: decides, writes, synchronises. Used by one thread at a time.
struct Engine<State: JournaledState> {
  let files: StateFiles
  let policy: SnapshotPolicy
  let now: @Sendable () -> Date
  let lock: DirectoryLock

  /// The open journal.
  var journal: Int32
  var header: JournalHeader { didSet { month = Month(header.month) } }
  /// The journal's, which every commit looks at.
  private var month: Month?
  /// Its length up to which all is durable.
  var journalLength: Int
  /// Where the line of the newest entry begins; the header's end when the journal holds none.
  var lastLineStart: Int
  var lastNumber: Int
  var lastChecksum: UInt32

  /// The state that decisions are made on: ``Durable/state`` and the entries on their way. There are two
  /// states, and each entry is applied to both, so that neither readers nor recorders ever copy one.
  var working: Transaction<State>
  /// What that state lacks.
  let losses: StateLosses
  var snapshotNumber: Int
  /// Since the snapshot was written, or could not be.
  private var entriesSinceSnapshot: Int
  private var bytesSinceSnapshot: Int
  var failure: JSONStateError?
  var snapshotFailure: JSONStateError?
  private let encoder: JSONEncoder

  init(
    files: StateFiles, policy: SnapshotPolicy, now: @escaping @Sendable () -> Date, lock: DirectoryLock,
    journal: Int32, header: JournalHeader, loaded: LoadedState<State>
  ) {
    self.files = files
    self.policy = policy
    self.now = now
    self.lock = lock
    self.journal = journal
    self.header = header
    month = Month(header.month)
    journalLength = loaded.position.lineEnd
    lastLineStart = loaded.position.lineStart
    lastNumber = loaded.lastNumber
    lastChecksum = loaded.lastChecksum
    working = Transaction(state: loaded.state, lastNumber: loaded.lastNumber, date: .distantPast)
    losses = loaded.losses
    snapshotNumber = loaded.snapshotNumber
    entriesSinceSnapshot = loaded.lastNumber - loaded.snapshotNumber
    bytesSinceSnapshot = loaded.bytesSinceSnapshot
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  // MARK: Recording

  /// Makes the decisions in turn, writes all that they record with one write and one `fdatasync`, shows it
  /// to readers, and tells those who wait.
  ///
  /// - Parameter failed: told why nothing can be recorded any more, before anybody is told.
  mutating func commit(
    _ requests: [Request<State>], publish durable: borrowing Mutex<Durable<State>>,
    failed: (JSONStateError) -> Void
  ) {
    if let failure {
      for request in requests { request.complete(.readOnly(because: failure)) }
      return
    }
    let timestamp = Timestamp(now())
    do {
      if let month, timestamp.month > month { try beginJournal(month: timestamp.month) }
    } catch {
      failure = error
      failed(error)
      for request in requests { request.complete(error) }
      return
    }

    var bytes: [UInt8] = []
    var records: [JournalRecord<State.Entry>] = []
    var refusals: [Int: JSONStateError] = [:]
    var newest = (checksum: lastChecksum, lineStart: lastLineStart)
    working.date = timestamp.date
    for index in requests.indices {
      requests[index].decide(&working)
      let recorded = working.takeRecorded()
      let (length, before) = (bytes.count, newest)
      do {
        for record in recorded {
          let entry = try encode(record)
          newest.lineStart = journalLength + bytes.count
          newest.checksum = JournalLine.append(
            entry: entry, number: record.number, timestamp: timestamp,
            more: recorded[recorded.count - 1].number - record.number, to: &bytes)
        }
        records.append(contentsOf: recorded)
      } catch {
        // Of a decision everything is recorded or nothing.
        bytes.removeSubrange(length...)
        newest = before
        refusals[index] = error
        restoreWorking(from: durable.withLock { $0 }, and: records, date: timestamp.date)
      }
    }

    if !bytes.isEmpty {
      do {
        try files.write(bytes, to: journal)
        try files.fileSystem.synchronizeData(journal)
      } catch {
        // What stands behind the durable length was not acknowledged and is taken away if that is possible;
        // opening deals with it otherwise.
        try? files.fileSystem.truncate(journal, to: journalLength)
        failure = .system(error)
        failed(.system(error))
        restoreWorking(from: durable.withLock { $0 }, and: [], date: timestamp.date)
        for request in requests { request.complete(.system(error)) }
        return
      }
      journalLength += bytes.count
      bytesSinceSnapshot += bytes.count
      entriesSinceSnapshot += records.count
      lastNumber += records.count
      (lastChecksum, lastLineStart) = newest
      durable.withLock { durable in
        for record in records { durable.state.apply(record) }
        durable.lastNumber = lastNumber
      }
    }
    for index in requests.indices { requests[index].complete(refusals[index]) }
    snapshotIfDue()
  }

  private func encode(_ record: JournalRecord<State.Entry>) throws(JSONStateError) -> Data {
    guard record.number <= JournalLine.largestNumber else {
      throw .unencodable(entry: record.number, reason: "there are no such numbers")
    }
    do {
      let entry = try encoder.encode(record.entry)
      if entry.count < SealedLine.longest - 200 { return entry }
      throw JSONStateError.unencodable(entry: record.number, reason: "it is larger than 16 MiB")
    } catch let error as JSONStateError {
      throw error
    } catch {
      throw .unencodable(entry: record.number, reason: "\(error)")
    }
  }

  private mutating func restoreWorking(
    from durable: Durable<State>, and records: [JournalRecord<State.Entry>], date: Date
  ) {
    working = Transaction(state: durable.state, lastNumber: durable.lastNumber, date: date)
    for record in records { working.record(record.entry) }
    _ = working.takeRecorded()
  }

  // MARK: Snapshot and month

  private mutating func snapshotIfDue() {
    guard entriesSinceSnapshot >= policy.entries || bytesSinceSnapshot >= policy.bytes else { return }
    do {
      try writeSnapshot()
      snapshotFailure = nil
    } catch {
      // The journal holds everything, so this is no danger; it is tried again after as many entries more.
      snapshotFailure = error
      entriesSinceSnapshot = 0
      bytesSinceSnapshot = 0
    }
  }

  /// Writes the snapshot at an orderly end, so that no one damaged file takes everything with it.
  /// - Returns: the end, where it is one to trust.
  private mutating func end() -> DirectoryLock.Ending? {
    guard failure == nil, (try? files.fileSystem.length(journal)) == journalLength else { return nil }
    // The journal holds everything, so a failure is no danger.
    if lastNumber > snapshotNumber { try? writeSnapshot() }
    return .init(number: lastNumber, checksum: lastChecksum)
  }

  /// Replaces `state.json` by one that contains all that is durable.
  mutating func writeSnapshot() throws(JSONStateError) {
    let snapshot = Snapshot<State>(
      lastEntry: lastNumber, lastChecksum: Hex.text(lastChecksum),
      position: .init(journalAfter: header.after, lineStart: lastLineStart, lineEnd: journalLength),
      state: working.state, losses: losses.isEmpty ? nil : losses)
    let content: [UInt8]
    do {
      content = try snapshot.fileContent()
    } catch {
      throw .unencodable(entry: lastNumber, reason: "the state after it: \(error)")
    }
    try files.replace(StateFiles.snapshot, with: content)
    snapshotNumber = lastNumber
    entriesSinceSnapshot = 0
    bytesSinceSnapshot = 0
  }

  /// Makes the journal the archive of its month and begins a new one.
  ///
  /// In this order, so that a crash after any step leaves every entry in exactly one place that counts:
  /// 1. The snapshot contains everything.
  /// 2. The journal gets its second name in the archive. From here on it is closed: opening sees the second
  ///    name and goes on with step 3 before anything is recorded.
  /// 3. The new journal, complete but for entries, takes the first name.
  mutating func beginJournal(month: Month) throws(JSONStateError) {
    if lastNumber > header.after {
      if snapshotNumber < lastNumber { try writeSnapshot() }
      let archived = "\(StateFiles.archive)/\(header.month).jsonl"
      do {
        try files.fileSystem.link(files.path(StateFiles.journal), to: files.path(archived))
      } catch {
        throw .system(error)
      }
      try files.synchronizeDirectory(files.path(StateFiles.archive))
    }
    try replaceJournal(month: month)
  }

  /// Step 3 of ``beginJournal(month:)``.
  mutating func replaceJournal(month: Month) throws(JSONStateError) {
    let fresh = JournalHeader(
      stateVersion: State.formatVersion, month: month, after: lastNumber, afterChecksum: lastChecksum)
    let line = try files.createJournal(fresh)
    let file = try files.open(StateFiles.journal, .append)
    files.fileSystem.close(journal)
    journal = file
    header = fresh
    journalLength = line.count
    lastLineStart = line.count
  }

  mutating func close(isOrderly: Bool) {
    let ending = isOrderly ? end() : nil
    files.fileSystem.close(journal)
    if let ending {
      files.release(lock, leaving: ending.content)
    } else {
      files.fileSystem.unlock(lock.file)
    }
  }
}

extension StateFiles {
  /// Makes an empty journal, replacing the present one. Returns its header line.
  func createJournal(_ header: JournalHeader) throws(JSONStateError) -> [UInt8] {
    let line: [UInt8]
    do {
      line = try header.line()
    } catch {
      throw .unencodable(entry: header.after + 1, reason: "\(error)")
    }
    try replace(Self.journal, with: line)
    return line
  }
}
