/// The ledger in this machine's own state, as pure functions: what a request or a command adds to the
/// journal, and what it is answered.
///
/// The shell makes the entries durable, applies them with `LedgerState.apply`, and only then gives the
/// answer. When they cannot be made durable the answer is `LedgerAnswer.failed`. Decisions are made one at a
/// time, on a state in which all earlier entries are applied.
enum LocalLedger {
  /// What a request comes to.
  struct Decision: Equatable, Sendable {
    /// None when the request changes nothing, because it was refused or is a repetition.
    var entries: [LedgerEntry]
    var answer: LedgerAnswer
  }

  static func decide(_ request: LedgerRequest, in state: LedgerState, now: WallTime) -> Decision {
    fatalError()
  }

  /// What a command comes to: its entry (none when it is a repetition) and its outcome.
  static func carryOut(
    _ command: LedgerCommand, id: CommandID, in state: LedgerState, now: WallTime
  ) throws(LedgerError) -> (entries: [LedgerEntry], outcome: CommandOutcome) {
    fatalError()
  }

  /// What to add at the start of the daemon: pours that its last end interrupted are settled at their last
  /// mark.
  static func recovery(of state: LedgerState, now: WallTime) -> [LedgerEntry] { fatalError() }
}
