import JSONState

/// The local ledger over its JSON state: decides one request at a time, and answers when what it decided is on
/// the disk.
final class StoredLedger: Ledger {
  private typealias Job = @Sendable () async -> Void

  let store: StateStore<LedgerState>
  private let changed: @Sendable (LedgerEntry, LedgerState) -> Void
  private let jobs: AsyncStream<Job>.Continuation
  private let worker: Task<Void, Never>

  /// - Parameter changed: told what an operator's command recorded, once it is durable.
  init(
    store: StateStore<LedgerState>, changed: @escaping @Sendable (LedgerEntry, LedgerState) -> Void = { _, _ in }
  ) {
    self.store = store
    self.changed = changed
    let (stream, continuation) = AsyncStream.makeStream(of: Job.self)
    jobs = continuation
    // One after the other, in the order in which they were submitted.
    worker = Task { for await job in stream { await job() } }
  }

  deinit { jobs.finish() }

  /// Settles the pours that the last end of the daemon interrupted, at their last mark.
  /// - Returns: what was recorded.
  func recover() async throws(JSONStateError) -> [LedgerEntry] {
    try await store.transact { transaction in
      let entries = LocalLedger.recovery(of: transaction.state)
      entries.forEach { transaction.record($0) }
      return entries
    }
  }

  func submit(_ request: LedgerRequest, answer: @escaping @Sendable (LedgerAnswer) -> Void) {
    jobs.yield { [store] in
      do {
        let decided = try await store.transact { transaction in
          let decision = LocalLedger.decide(
            request, in: transaction.state, now: WallTime(transaction.date))
          if let entry = decision.entry { transaction.record(entry) }
          return decision.answer
        }
        answer(decided)
      } catch {
        answer(.failed(LedgerFailure(kind: .storage, message: "\(error)")))
      }
    }
  }

  /// Carries out an operator's command.
  /// - Throws: ``LedgerError`` when it is refused, `JSONStateError` when it cannot be made durable.
  func carryOut(_ command: LedgerCommand, id: CommandID) async throws -> CommandOutcome {
    let done = try await store.transact { transaction in
      Result { () throws(LedgerError) in
        let done = try LocalLedger.carryOut(command, id: id, in: transaction.state)
        if let entry = done.entry { transaction.record(entry) }
        return done
      }
    }.get()
    if let entry = done.entry { changed(entry, store.state) }
    return done.outcome
  }
}
