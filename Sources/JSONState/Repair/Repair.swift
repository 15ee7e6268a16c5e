public import Foundation

/// What a repair did.
public struct RepairReport: Sendable, Equatable {
  /// What was wrong.
  public internal(set) var damages: [Damage] = []
  /// The files that were replaced or set aside, and the names under which the damaged ones are kept.
  public internal(set) var replaced: [Replaced] = []
  /// The number of the newest entry that is there or known to be lost.
  public internal(set) var lastNumber = 0
  /// The numbers of entries that could not be saved. Lines in their place say so now.
  public internal(set) var lost = EntryNumbers()
  /// The numbers of entries that an earlier repair had given up already.
  public internal(set) var lostBefore = EntryNumbers()
  /// Of all lost ones, those that the state lacks. The others are contained in it, through the snapshot.
  public internal(set) var lostFromState = EntryNumbers()
  /// Why there may have been entries after ``lastNumber`` that left no trace; `nil` where nothing speaks for that.
  public internal(set) var doubt: String?
  /// Whether ``doubt`` comes of damage: the journal is missing, is damaged at its end or ends too early, or something is
  /// of another history. Not where only an orderly end is missing, as after every crash.
  public internal(set) var isEndDamaged = false

  /// A file that was replaced.
  public struct Replaced: Sendable, Equatable {
    public let file: String
    /// `nil` where the file was missing.
    public let keptAs: String?
    /// Whether there is no file of that name any more, because other files hold its entries.
    public var isGone = false
  }
}

extension StateStore {
  /// Makes a damaged directory fit to be opened, without guessing: lines that are as they were written stay
  /// byte for byte, numbers without such a line are marked as lost, damaged files are kept under another
  /// name. Does nothing where nothing is damaged. Waits for the disk.
  ///
  /// An entry counts once, in whichever files and however often it stands. Where files disagree on it, those are
  /// believed that the snapshot belongs to, or else the most of them; the others are set aside.
  ///
  /// The state afterwards is what all entries add up to where none is lost; otherwise what the snapshot and
  /// the entries after it add up to, if the snapshot is sound; otherwise what the remaining entries add up to.
  /// ``RepairReport/lostFromState`` says what is missing in it, and ``StateStore/losses`` from then on.
  ///
  /// - Throws: ``JSONStateError``, also for an entry that is as it was written and that this program cannot read.
  ///   Then nothing was changed, unless it was the disk that failed; a repair that was interrupted can be done again.
  public static func repair(
    directory: String, fileSystem: any FileSystem = SystemFileSystem(),
    now: @escaping @Sendable () -> Date = { Date() }
  ) throws(JSONStateError) -> RepairReport {
    let files = StateFiles(fileSystem: fileSystem, directory: StateFiles.trimmed(directory))
    try files.makeDirectories()
    let lock = try files.takeLock()
    var ending = DirectoryLock.Ending(lock.content)
    defer { files.release(lock, leaving: ending?.content ?? lock.content) }
    let found = try Inspection<State>(files, journalLength: nil, ending: ending).run()
    if found.isSound {
      return RepairReport(damages: [], lastNumber: found.lastNumber, lostBefore: found.lost)
    }
    let reading = try RepairReading<State>(files)
    defer { reading.close() }
    let plan = RepairPlan(reading.sources, witness: reading.witness, ending: ending, now: Timestamp(now()))
    var repair = Repair<State>(files: files, reading: reading, plan: plan, now: Timestamp(now()))
    let report = try repair.run(found.damages)
    ending = repair.ending
    return report
  }
}

/// Carries out a plan.
///
/// All new files are complete and durable before the first of them gets its name, and repair reads unfinished files
/// as well: so an interrupted repair loses nothing, and can be done again.
struct Repair<State: JournaledState> {
  let files: StateFiles
  let reading: RepairReading<State>
  let plan: RepairPlan
  let now: Timestamp

  private var state = State()
  /// Entries up to this one are in the state from the beginning.
  private var contained = 0
  private var losses = StateLosses()
  private var last = (number: 0, checksum: UInt32(0))
  private var position: Snapshot<State>.Position
  private let decoder = JSONDecoder()

  init(files: StateFiles, reading: RepairReading<State>, plan: RepairPlan, now: Timestamp) {
    self.files = files
    self.reading = reading
    self.plan = plan
    self.now = now
    position = .init(journalAfter: 0, lineStart: 0, lineEnd: 0)
    losses.numbers = plan.lost
    if plan.believesWitness, let snapshot = reading.snapshot {
      var known = snapshot.losses?.numbers ?? []
      known = known.union(plan.lost.after(snapshot.lastEntry))
      // Where a number has no entry, the snapshot may know more than the entries do.
      if known.count < plan.lost.count {
        state = snapshot.state
        contained = snapshot.lastEntry
        losses.numbers = known
      }
      losses.perhapsAfter = snapshot.losses?.perhapsAfter
    } else {
      losses.perhapsAfter = reading.olderPerhapsAfter
    }
    if plan.doubt != nil { losses.perhapsAfter = losses.perhapsAfter ?? plan.lastNumber }
  }

  /// The newest entry afterwards.
  var ending: DirectoryLock.Ending { .init(number: last.number, checksum: last.checksum) }

  mutating func run(_ damages: [Damage]) throws(JSONStateError) -> RepairReport {
    var report = RepairReport(
      damages: damages, lastNumber: plan.lastNumber, lost: plan.lost.subtracting(plan.lostBefore),
      lostBefore: plan.lostBefore, lostFromState: losses.numbers, doubt: plan.doubt,
      isEndDamaged: plan.isEndDamaged)
    /// The names under which new files stand beside those that they replace.
    var made: [(name: String, unfinished: String)] = []
    do throws(JSONStateError) {
      for file in plan.files {
        let unfinished = try unfinished(file.name)
        made.append((file.name, unfinished))
        if try !write(file, as: unfinished) { made.removeLast() }
      }
      made.append((StateFiles.snapshot, StateFiles.snapshot + StateFiles.unfinished))
      if try !writeSnapshot() { made.removeLast() }
    } catch {
      for (_, unfinished) in made { try? files.fileSystem.unlink(files.path(unfinished)) }
      throw error
    }
    var kept: [String: String] = [:]
    for name in made.map(\.name) + plan.obsolete where reading.names.contains(name) {
      kept[name] = try files.keep(name)
    }
    for (name, unfinished) in made {
      try files.system { () throws(FileSystemError) in
        try files.fileSystem.rename(files.path(unfinished), to: files.path(name))
      }
      report.replaced.append(.init(file: name, keptAs: kept[name]))
    }
    try synchronizeDirectories()
    for name in plan.obsolete + reading.sources.filter(\.isLeftover).map(\.name) {
      try files.system { () throws(FileSystemError) in try files.fileSystem.unlink(files.path(name)) }
      guard let keptAs = kept[name] else { continue }
      report.replaced.append(.init(file: name, keptAs: keptAs, isGone: true))
    }
    try synchronizeDirectories()
    return report
  }

  private func synchronizeDirectories() throws(JSONStateError) {
    try files.synchronizeDirectory(files.path(StateFiles.archive))
    try files.synchronizeDirectory(files.directory)
  }

  /// A name that no interrupted repair has left: what stands there may stand nowhere else.
  private func unfinished(_ name: String) throws(JSONStateError) -> String {
    let plain = name + StateFiles.unfinished
    return reading.names.contains(plain) ? try files.freeName(plain + "-") : plain
  }

  // MARK: Files

  /// Writes the file beside the one that it replaces.
  /// - Returns: whether it has to replace one.
  private mutating func write(
    _ planned: RepairPlan.File, as unfinished: String
  ) throws(JSONStateError) -> Bool {
    let header = JournalHeader(
      stateVersion: planned.stateVersion ?? State.formatVersion, month: planned.month, after: last.number,
      afterChecksum: last.checksum)
    var bytes: [UInt8]
    do { bytes = try header.line() } catch {
      throw .unencodable(entry: header.after + 1, reason: "\(error)")
    }
    let isSame = plan.isAsItWas(planned, reading.sources) && planned.header == header
    let copy = isSame ? nil : try files.open(unfinished, .create)
    defer { if let copy { files.fileSystem.close(copy) } }
    position = .init(journalAfter: header.after, lineStart: bytes.count, lineEnd: bytes.count)
    for piece in planned.pieces {
      let start = bytes.count
      last = try append(piece, to: &bytes)
      position.lineStart = position.lineEnd
      position.lineEnd += bytes.count - start
      guard bytes.count > 1 << 20 else { continue }
      try write(bytes, to: copy)
      bytes.removeAll(keepingCapacity: true)
    }
    try write(bytes, to: copy)
    guard let copy else { return false }
    try files.system { () throws(FileSystemError) in try files.fileSystem.synchronize(copy) }
    return true
  }

  private func write(_ bytes: [UInt8], to copy: Int32?) throws(JSONStateError) {
    guard let copy else { return }
    try files.system { () throws(FileSystemError) in try files.write(bytes, to: copy) }
  }

  /// Appends a line, and adds its entry to the state.
  /// - Returns: its last number and its checksum.
  private mutating func append(
    _ piece: RepairPlan.Piece, to bytes: inout [UInt8]
  ) throws(JSONStateError) -> (number: Int, checksum: UInt32) {
    switch piece {
    case .lost(let numbers, let milliseconds):
      let timestamp = milliseconds.map { Timestamp(milliseconds: $0) } ?? now
      let checksum = JournalLine.append(
        lost: "damaged, marked by repair", numbers: numbers, timestamp: timestamp, to: &bytes)
      return (numbers.upperBound, checksum)
    case .line(let sourceIndex, let place, let more):
      let source = reading.sources[sourceIndex]
      let content = try files.system { () throws(FileSystemError) in
        try files.fileSystem.read(source.file, count: Int(place.length), at: place.start)
      }
      guard let line = JournalLine(content[...]), line.checksum == place.checksum else {
        throw files.damaged(source.name, "it changes while it is read")
      }
      guard case .entry(let json) = line.content else {
        bytes.append(contentsOf: content)
        bytes.append(lineEnd)
        return (line.last, line.checksum)
      }
      try take(json, of: line, in: source.name)
      guard more != line.more else {
        bytes.append(contentsOf: content)
        bytes.append(lineEnd)
        return (line.number, line.checksum)
      }
      let checksum = JournalLine.append(
        entry: json, number: line.number, timestamp: line.timestamp, more: more, to: &bytes)
      return (line.number, checksum)
    }
  }

  private mutating func take(
    _ json: ArraySlice<UInt8>, of line: JournalLine, in name: String
  ) throws(JSONStateError) {
    do {
      let entry = try decoder.decode(State.Entry.self, from: Data(json))
      if line.number <= contained { return }
      state.apply(JournalRecord(number: line.number, date: line.timestamp.date, entry: entry))
    } catch {
      throw files.damaged(
        name, "entry \(line.number) is as it was written, but this program cannot read it: \(error)")
    }
  }

  // MARK: Snapshot

  private func writeSnapshot() throws(JSONStateError) -> Bool {
    let rebuilt = Snapshot<State>(
      lastEntry: last.number, lastChecksum: Hex.text(last.checksum), position: position, state: state,
      losses: losses.isEmpty ? nil : losses)
    let content: [UInt8]
    do { content = try rebuilt.fileContent() } catch {
      throw .unencodable(entry: last.number, reason: "\(error)")
    }
    if reading.names.contains(StateFiles.snapshot), try files.snapshotContents() == content { return false }
    try files.withFile(StateFiles.snapshot + StateFiles.unfinished, .create) { file throws(FileSystemError) in
      try files.write(content, to: file)
      try files.fileSystem.synchronize(file)
    }
    return true
  }
}
