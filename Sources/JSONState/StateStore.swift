public import Foundation

/// A state in a directory of JSON files that survives a power cut.
///
/// What was acknowledged is on the disk; what was not acknowledged is there wholly or not at all. The files
/// are described in `docs/state-format.md`.
///
/// ```swift
/// let store = try StateStore<Cards>(directory: "/var/lib/tapd")
/// let refused = try await store.transact { cards in
///   guard cards.state.balances["04a1", default: 0] >= 250 else { return true }
///   cards.record(.charge(card: "04a1", cents: 250))
///   return false
/// }
/// ```
///
/// **Threads.** All members may be called from any thread. Members that are not `async` and may wait for the
/// disk say so: never call those on Swift's cooperative pool. Callers that wait at the same time share one
/// write and one `fdatasync`.
///
/// **Failure.** When the journal cannot be written or synchronised, nothing more is recorded: the caller gets
/// the cause, all later ones ``JSONStateError/readOnly(because:)``, and reading goes on. Call
/// ``reopen()`` when the cause is gone, or start the program again. An entry whose recording failed may be there then, or not.
public final class StateStore<State: JournaledState>: Sendable {
  let core: StoreCore<State>

  /// Opens the directory, making it if it is missing. Waits for the disk.
  ///
  /// - Parameters:
  ///   - directory: its path, for example `/var/lib/tapd`.
  ///   - policy: when the snapshot is written anew.
  ///   - fileSystem: the kernel's, or a simulated one in tests.
  ///   - now: the wall clock that entries are dated by.
  /// - Throws: ``JSONStateError``. The files are left as they were, except that an incomplete last line was
  ///   set aside (see ``OpeningReport/tornTail``).
  public init(
    directory: String, policy: SnapshotPolicy = SnapshotPolicy(),
    fileSystem: any FileSystem = SystemFileSystem(), now: @escaping @Sendable () -> Date = { Date() }
  ) throws(JSONStateError) {
    core = try StoreCore(directory: directory, policy: policy, fileSystem: fileSystem, now: now)
  }

  deinit { core.close(isOrderly: false) }

  /// Opens the directory on a thread of its own: ``init(directory:policy:fileSystem:now:)`` for `async` code.
  public static func open(
    directory: String, policy: SnapshotPolicy = SnapshotPolicy(),
    fileSystem: any FileSystem = SystemFileSystem(), now: @escaping @Sendable () -> Date = { Date() }
  ) async throws(JSONStateError) -> StateStore {
    try await onOwnThread { () throws(JSONStateError) in
      try StateStore(directory: directory, policy: policy, fileSystem: fileSystem, now: now)
    }
  }

  /// What the newest opening found.
  public var openingReport: OpeningReport { core.openingReport }

  // MARK: Reading

  /// Reads the newest durable state. Cheap; keep `body` short, for recorders wait for it.
  public func read<Value>(_ body: (State) throws -> Value) rethrows -> Value {
    try core.durable.withLock { try body($0.state) }
  }

  /// A copy of the newest durable state.
  public var state: State { read { $0 } }

  /// The number of the newest durable entry; 0 when there is none.
  public var lastNumber: Int { core.durable.withLock { $0.lastNumber } }

  /// Why nothing is recorded any more; `nil` while all is well.
  public var failure: JSONStateError? { core.failure }

  /// Why the newest attempt to write the snapshot failed, which is no danger but makes the next opening
  /// slower; `nil` while all is well.
  public var snapshotFailure: JSONStateError? { core.snapshotFailure }

  /// What damage took from the state for good, as far as that is known. While it is not empty, what looks like it
  /// belongs to nothing may belong to what was lost.
  public var losses: StateLosses { core.losses }

  // MARK: Recording

  /// Decides on the newest state and records the outcome, in one step: no other decision comes between, so
  /// that two of them cannot spend the same balance.
  ///
  /// Returns when all that was recorded, and all that the decision could see, is durable. A refusal is a
  /// value like any other: return it without recording anything. `decide` runs on another thread, once;
  /// it must be quick and must not call this store.
  public nonisolated(nonsending) func transact<Value: Sendable>(
    _ decide: @escaping @Sendable (inout Transaction<State>) -> Value
  ) async throws(JSONStateError) -> Value {
    try await withCheckedContinuation { continuation in
      core.submit(decide) { continuation.resume(returning: $0) }
    }.get()
  }

  /// The same for a command line or a thread of one's own. Waits for the disk.
  public func transactAndWait<Value: Sendable>(
    _ decide: @escaping @Sendable (inout Transaction<State>) -> Value
  ) throws(JSONStateError) -> Value {
    try core.perform(decide).get()
  }

  /// Records entries that need no decision; all become durable together or not at all.
  public nonisolated(nonsending) func append(_ entries: State.Entry...) async throws(JSONStateError) {
    try await transact { transaction in entries.forEach { transaction.record($0) } }
  }

  /// The same for a command line or a thread of one's own. Waits for the disk.
  public func appendAndWait(_ entries: State.Entry...) throws(JSONStateError) {
    try transactAndWait { transaction in entries.forEach { transaction.record($0) } }
  }

  // MARK: Housekeeping

  /// Writes the snapshot now. Waits for the disk.
  public func snapshot() throws(JSONStateError) { try core.snapshot() }

  /// Every entry ever recorded that is durable now, oldest first, with little memory. Waits for the disk;
  /// recording goes on meanwhile.
  public func forEachRecord(
    from first: Int = 1, _ body: (JournalRecord<State.Entry>) throws -> Void
  ) throws {
    try core.forEachRecord(from: first, body)
  }

  /// Closes the directory and opens it again, for use after a failure whose cause is gone. Waits for the disk.
  ///
  /// Entries whose recording failed may be in the state afterwards, or not: look before recording them anew.
  /// If this throws, reading goes on with the state as it was, and this can be tried again.
  public func reopen() throws(JSONStateError) { try core.reopen() }

  /// Ends recording and gives up the lock, after what was asked for before is done and the snapshot holds it. Waits
  /// for the disk. A store that nobody holds any more gives up the lock by itself, and writes no snapshot.
  public func close() { core.close(isOrderly: true) }

  /// Runs members that wait for the disk on a thread of their own: `await store.inBackground { $0.close() }`.
  public func inBackground<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable (StateStore) throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    try await onOwnThread { () throws(Failure) in try body(self) }
  }
}

/// When the snapshot is written anew: it bounds what the next opening has to read.
public struct SnapshotPolicy: Sendable {
  /// After so many entries since the last one.
  public var entries: Int
  /// After so many bytes of journal since the last one.
  public var bytes: Int

  public init(entries: Int = 10_000, bytes: Int = 4 << 20) {
    self.entries = max(1, entries)
    self.bytes = max(1, bytes)
  }
}

/// What opening a directory found.
public struct OpeningReport: Sendable, Equatable {
  /// The number of the newest entry.
  public internal(set) var lastNumber = 0
  /// How many entries were read from the journal, because the snapshot did not hold them.
  public internal(set) var replayed = 0
  /// The incomplete end of the journal that an interrupted write left, if there was one. It was never
  /// acknowledged, and was moved to the named file.
  public internal(set) var tornTail: TornTail?
  /// What was found and needs no action now, in sentences.
  public internal(set) var notices: [String] = []

  /// What was cut off the journal.
  public struct TornTail: Sendable, Equatable {
    /// The file it was moved to, within the state directory.
    public let file: String
    /// Its length in bytes.
    public let bytes: Int
  }
}
