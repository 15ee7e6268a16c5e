import DaemonKit
import JSONState
import PiHAL

/// The local ledger over its JSON state: decides one request at a time, and answers when what it decided is on
/// the disk.
///
/// After a failed write nothing is recorded until the state's directory was opened again. The next request or
/// command that comes does that first, so freeing disk space mends the tap without a restart. What became of
/// requests that failed is settled by their ids when they are asked for again.
final class StoredLedger: Ledger {
  private let orderly: OrderlyStore<LedgerState>
  private let changed: @Sendable (LedgerEntry?, LedgerState) -> Void

  /// - Parameter changed: told what was recorded, once it is durable and before it is answered: commands, and
  ///   of the taps' entries those that change what a tap must know (the keg's level, the learned after-flow).
  ///   Told nil when the state was opened again: an entry whose recording failed may be in it after all.
  init(
    store: StateStore<LedgerState>, clock: any MonotonicClock = SystemClock(),
    changed: @escaping @Sendable (LedgerEntry?, LedgerState) -> Void = { _, _ in }
  ) {
    orderly = OrderlyStore(store, clock: clock)
    self.changed = changed
  }

  var store: StateStore<LedgerState> { orderly.store }

  /// Settles the pours that the last end of the daemon interrupted, at their last mark.
  /// - Returns: what was recorded.
  func recover() async throws(JSONStateError) -> [LedgerEntry] {
    try await store.transact { transaction in
      let entries = LocalLedger.recovery(of: transaction.state)
      entries.forEach { transaction.record($0) }
      return entries
    }
  }

  /// Keeps the books on `basis` from now on, which is recorded when it is news.
  /// - Throws: ``LedgerError`` when they hold money in another currency, `JSONStateError` when it cannot be made
  ///   durable.
  func keep(on basis: LedgerBasis) async throws {
    try await store.transact { transaction in
      Result { () throws(LedgerError) in
        if let entry = try transaction.state.entry(keeping: basis) { transaction.record(entry) }
      }
    }.get()
  }

  func submit(_ request: LedgerRequest, answer: @escaping @Sendable (LedgerAnswer) -> Void) {
    orderly.submit { [self] wasReopened in
      if wasReopened { changed(nil, store.state) }
      do {
        let decision = try await store.transact { transaction in
          let decision = LocalLedger.decide(
            request, in: transaction.state, now: WallTime(transaction.date))
          if let entry = decision.entry { transaction.record(entry) }
          return decision
        }
        if let entry = decision.entry, entry.changesTapStatus { changed(entry, store.state) }
        answer(decision.answer)
      } catch {
        answer(.failed(LedgerFailure(kind: .storage, message: "\(error)")))
      }
    }
  }

  /// Carries out an operator's command.
  /// - Throws: ``LedgerError`` when it is refused, `JSONStateError` when it cannot be made durable.
  func carryOut(_ command: LedgerCommand, id: CommandID) async throws -> CommandOutcome {
    if await orderly.reopenAfterFailure() { changed(nil, store.state) }
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
