import DaemonKit
import JSONState
import PiHAL
import Synchronization

/// The books over their JSON state: decides one request at a time, and answers when what it decided is on the
/// disk.
///
/// The lock's requests and everybody else's commands are two lines that do not wait for each other: a card never waits
/// until an import is done. Long work is planned on a thread and recorded in small steps.
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
  private let tidiness = Mutex(Tidiness())

  /// Whether `people.json` may hold what it should not: to be put in order before the next command.
  private struct Tidiness {
    /// How often something may have got into it, and how many of these times it was put in order since.
    var disorder = 1
    var tidied = 0
  }

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
    orderly.submit(in: .urgent) { [self] wasReopened in
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
      try await needDigestKey()
      return try await record { state, people, time throws(BooksError) in
        try LocalBooks.plan(command, id: id, in: state, people, at: time, sinceBoot: now)
      }
    }
  }

  /// Takes in what was read from a predecessor's database. A large one is recorded in many transactions; until the last
  /// one no invoices are made.
  /// - Throws: `JSONStateError` when it cannot be made durable. It can be tried again, and then takes what is missing.
  func take(
    _ imported: PredecessorBooks, _ options: ImportOptions = ImportOptions()
  ) async throws -> ImportReport {
    try await inTurn { [self] in try await importing(imported, options) }
  }

  private func importing(
    _ imported: PredecessorBooks, _ options: ImportOptions
  ) async throws -> ImportReport {
    let (plan, users) = try await plan(imported, options)
    guard try await record(plan, knowing: users) else { return try await importing(imported, options) }
    return plan.outcome
  }

  /// - Returns: the plan, and how many users there were when it was made.
  private func plan(
    _ imported: PredecessorBooks, _ options: ImportOptions
  ) async throws -> (BooksPlan<ImportReport>, users: Int) {
    let (state, time) = try await store.transact { ($0.state, WallTime($0.date)) }
    let people = people.value
    let plan = await onOwnThread { ImportPlan.make(of: imported, into: state, people, options, at: time) }
    return (plan, state.users.count)
  }

  /// Runs a job when those before it are done.
  private func inTurn<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      orderly.submit(in: .patient) { [self] wasReopened in
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
  ///
  /// What is planned on a thread is recorded if nothing has happened meanwhile. Else it is planned once more, on what
  /// the lock has recorded since.
  private func record<Outcome: Sendable>(
    _ make: @escaping @Sendable (BooksState, People, WallTime) throws(BooksError) -> BooksPlan<Outcome>
  ) async throws -> Outcome {
    let (plan, number) = try await planned(make)
    try await stage(plan.persons)
    let people = people.value
    let done = try await store.transact { transaction in
      Result { () throws(BooksError) -> BooksPlan<Outcome>? in
        let settled =
          transaction.nextNumber == number
          ? plan : try make(transaction.state, people, WallTime(transaction.date))
        guard settled.persons == plan.persons else { return nil }
        settled.entries.forEach { transaction.record($0) }
        return settled
      }
    }.get()
    guard let done else { return try await record(make) }
    if !done.entries.isEmpty { try await finish(done.entries) }
    return done.outcome
  }

  /// - Returns: the plan, and the number of the entry that would have been next when it was made.
  private func planned<Outcome: Sendable>(
    _ make: @escaping @Sendable (BooksState, People, WallTime) throws(BooksError) -> BooksPlan<Outcome>
  ) async throws -> (BooksPlan<Outcome>, number: Int) {
    let (state, time, number) = try await store.transact { transaction in
      (transaction.state, WallTime(transaction.date), transaction.nextNumber)
    }
    let people = people.value
    let plan = try await onOwnThread { () throws(BooksError) in try make(state, people, time) }
    return (plan, number)
  }

  private func stage(_ persons: [StagedPerson]) async throws {
    guard !persons.isEmpty else { return }
    noteDisorder()
    try await people.update { people in persons.forEach { people.stage($0) } }
  }

  private func finish(_ entries: [BooksEntry]) async throws {
    defer { tellChanged() }
    if entries.contains(where: \.erasesPerson) {
      // Not done before nothing is left of them.
      noteDisorder()
      try await tidyPeople()
    } else {
      // Who stood on an invoice that is in hand no more goes with it.
      if entries.contains(where: \.takesInvoicesOut) { noteDisorder() }
      // What a person was called before goes now, or with the next command.
      try? await tidyPeople()
    }
  }

  /// Records an import step by step. The lock records between the steps, and gives numbers that were planned.
  /// - Parameter users: how many the plan knows.
  /// - Returns: false when somebody was enrolled meanwhile, and nothing was recorded.
  private func record(_ plan: BooksPlan<ImportReport>, knowing users: Int) async throws -> Bool {
    try await stage(plan.persons)
    guard let first = plan.steps.first else { return true }
    guard var shift = try await record(first, NumberShift(), knowing: users) else { return false }
    do {
      for step in plan.steps.dropFirst() { shift = try await record(step, shift, knowing: nil) ?? shift }
    } catch {
      tellChanged()
      throw Self.stoppedHalfway(error)
    }
    try await finish([])
    return true
  }

  /// - Parameter users: how many there must be; nil for any number.
  /// - Returns: the numbers that were given; nil when there are more users.
  private func record(
    _ step: [BooksEntry], _ shift: NumberShift, knowing users: Int?
  ) async throws -> NumberShift? {
    try await store.transact { transaction -> NumberShift? in
      if let users, transaction.state.users.count != users { return nil }
      let moved = shift.moved(step, newest: transaction.state.usages.newestNumber)
      moved.entries.forEach { transaction.record($0) }
      return moved.shift
    }
  }

  private static func stoppedHalfway(_ error: any Error) -> ImportError {
    ImportError(
      place: "the import",
      problem:
        "has stopped halfway: \(error). Do it again when that is mended: it takes what is missing, and "
        + "until then no invoices are made")
  }

  /// The digests of commands are made with a key, which is made with the first command.
  private func needDigestKey() async throws {
    guard people.read({ $0.digestKey }) == nil else { return }
    try await people.update { people in
      var random = SystemRandomNumberGenerator()
      people.need(DigestKey(using: &random))
    }
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
    let disorder = tidiness.withLock { $0.disorder > $0.tidied ? $0.disorder : nil }
    guard let disorder else { return }
    let (revisions, invoiced, erased) = store.read {
      ($0.personRevisions, $0.invoicedRevisions, $0.erasedUsers)
    }
    let isComplete = store.losses.isEmpty
    try await people.update { people in
      var random = SystemRandomNumberGenerator()
      people.keep(
        revisions, onInvoices: invoiced, exceptErased: isComplete ? nil : erased,
        newKey: DigestKey(using: &random))
    }
    tidiness.withLock { $0.tidied = disorder }
  }

  private func noteDisorder() { tidiness.withLock { $0.disorder += 1 } }

  /// What was recorded may differ from what was told before.
  private func doAfterReopening() {
    noteDisorder()
    tellChanged()
  }
}

extension BooksEntry {
  fileprivate var erasesPerson: Bool {
    if case .userErased = event { true } else { false }
  }

  fileprivate var takesInvoicesOut: Bool {
    if case .retentionApplied = event { true } else { false }
  }
}
