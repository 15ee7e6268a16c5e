import DaemonKit
import JSONState
import PiHAL
import Synchronization

/// The books over their JSON state: decides one request at a time, and answers when what it decided is on the
/// disk.
///
/// After a failed write nothing is recorded until the state's directory was opened again. The next request or
/// command that comes does that first, so freeing disk space mends the lock without a restart. What became of
/// requests that failed is settled by their ids when they are asked for again.
final class StoredBooks: Sendable {
  private let orderly: OrderlyStore<BooksState>
  private let people: JSONDocument<People>
  private let boot: String
  private let clock: any MonotonicClock
  private let changed: @Sendable (BooksChange) -> Void
  private let counter = Mutex<UInt64>(1)
  /// Whether `people.json` may hold what it should not: to be put in order before the next command.
  private let isUntidy = Mutex(true)

  /// - Parameters:
  ///   - boot: this boot's id, for `BootInstant`.
  ///   - changed: told after every change; also when the state was opened again, for an entry whose recording
  ///     failed may be in it after all.
  init(
    store: StateStore<BooksState>, people: JSONDocument<People>, boot: String,
    clock: any MonotonicClock = SystemClock(), changed: @escaping @Sendable (BooksChange) -> Void = { _ in }
  ) {
    orderly = OrderlyStore(store, clock: clock)
    self.people = people
    self.boot = boot
    self.clock = clock
    self.changed = changed
  }

  var store: StateStore<BooksState> { orderly.store }

  // MARK: Reading

  /// The books as they stand. Cheap, whatever their size: it shares what it shows with the store, and an entry
  /// that is recorded while it is looked at copies no more than the newest piece of the usages.
  var reading: BooksReading {
    let generation = generation
    let state = store.state
    return BooksReading(state: state, people: people.value, generation: generation)
  }

  /// Rises with every change of the books.
  var generation: UInt64 { counter.withLock { $0 } }

  /// The present moment, as the books remember moments of the lock.
  var now: BootInstant { BootInstant(boot: boot, instant: clock.now) }

  /// What the lock goes by.
  var lockSettings: LockSettings { store.read { $0.lockSettings } }

  /// What the lock remembers over a restart.
  var lockMemory: LockMemory { store.read { $0.lock } }

  // MARK: Recording

  /// Takes a request of the lock, and calls `answer` once, on any thread, when what it says is durable.
  func submit(_ request: LockRequest, answer: @escaping @Sendable (LockAnswer) -> Void) {
    orderly.submit { [self] wasReopened in
      if wasReopened { doAfterReopening() }
      do {
        answer(try await decide(request))
      } catch {
        answer(.failed("\(error)"))
      }
    }
  }

  private func decide(_ request: LockRequest) async throws -> LockAnswer {
    let people = people.value
    let decision = try await store.transact { transaction in
      let decision = LocalBooks.decide(request, in: transaction.state, people)
      decision.entries.forEach { transaction.record($0) }
      return decision
    }
    if !decision.entries.isEmpty { tellChanged() }
    return decision.answer
  }

  /// Carries out an administrator's command.
  /// - Throws: ``BooksError`` when it is refused, `JSONStateError` when it cannot be made durable: then it may be
  ///   asked for again with the same id.
  func carryOut(_ command: BooksCommand, id: CommandID) async throws -> BooksOutcome {
    try await inTurn { [self] in
      let now = now
      return try await record { state, people, time throws(BooksError) in
        try LocalBooks.plan(command, id: id, in: state, people, at: time, sinceBoot: now)
      }
    }
  }

  /// Takes in what was read from a predecessor's database.
  /// - Throws: `JSONStateError` when it cannot be made durable; nothing of it is in the books then, unless an
  ///   opening finds it all the same. It can be tried again.
  func take(_ imported: PredecessorBooks) async throws -> ImportReport {
    try await inTurn { [self] in
      try await record { state, people, time in ImportPlan.make(of: imported, into: state, people, at: time) }
    }
  }

  /// Runs a job when those before it are done.
  private func inTurn<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      orderly.submit { [self] wasReopened in
        if wasReopened { doAfterReopening() }
        do {
          // What was recorded last is not known then, and so not either which persons count.
          _ = try await store.transact { $0.nextNumber }
          try await tidyPeople()
          continuation.resume(returning: try await body())
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  /// Writes new persons first, then the entries that make them count, and then takes out the erased ones.
  private func record<Outcome: Sendable, Failure: Error>(
    _ make: (BooksState, People, WallTime) throws(Failure) -> BooksPlan<Outcome>
  ) async throws -> Outcome {
    // Nothing is recorded: this asks for the date that entries get now.
    let time = try await store.transact { WallTime($0.date) }
    let plan = try make(store.state, people.value, time)
    if !plan.persons.isEmpty {
      isUntidy.withLock { $0 = true }
      try await people.update { people in
        for staged in plan.persons {
          people.stage(staged.person, ofUser: staged.user, revision: staged.revision)
        }
      }
    }
    if !plan.entries.isEmpty {
      let entries = plan.entries
      try await store.transact { transaction in entries.forEach { transaction.record($0) } }
      defer { tellChanged() }
      if entries.contains(where: \.erasesPerson) {
        // Not done before nothing is left of them.
        isUntidy.withLock { $0 = true }
        try await tidyPeople()
      } else {
        // What a person was called before goes now, or with the next command.
        try? await tidyPeople()
      }
    }
    return plan.outcome
  }

  /// Takes out of `people.json` what an interrupted erasure left there. What fails here is done before the next
  /// command.
  func finishErasures() async { try? await tidyPeople() }

  // MARK: Verifying

  /// Reads every byte of the books.
  func verificationReport() async throws -> VerificationReport {
    var report = try await store.verificationReport()
    let damage = try await onOwnThread { [people] () throws(JSONStateError) in try people.verify() }
    report.damages += [damage, missingPersons].compactMap { $0?.description }
    return report
  }

  /// What is wrong when the file of the persons does not know users of the books; nil when it knows all.
  var missingPersons: Damage? {
    let revisions = store.read { $0.personRevisions }
    return people.read { $0.damage(knowing: revisions) }
  }

  private func tellChanged() {
    let generation = counter.withLock { counter in
      counter += 1
      return counter
    }
    changed(BooksChange(generation: generation, lockSettings: lockSettings))
  }

  /// Takes out of `people.json` what the books erased or never came to know.
  private func tidyPeople() async throws {
    guard isUntidy.withLock({ $0 }) else { return }
    let revisions = store.read { $0.personRevisions }
    try await people.update { $0.keep(revisions) }
    isUntidy.withLock { $0 = false }
  }

  /// What was recorded may differ from what was told before.
  private func doAfterReopening() {
    isUntidy.withLock { $0 = true }
    tellChanged()
  }
}

extension BooksEntry {
  fileprivate var erasesPerson: Bool {
    if case .userErased = event { true } else { false }
  }
}
