import DaemonKit
import RC522

/// The ledger in this machine's own state, as pure functions: what a request or a command adds to the
/// journal, and what it is answered.
///
/// The shell makes the entries durable and only then gives the answer; when they cannot be made durable the
/// answer is `LedgerAnswer.failed`. Decisions are made one at a time, on a state in which all earlier entries
/// are applied: so what one tap holds, another cannot spend.
enum LocalLedger {
  /// What a request comes to.
  struct Decision: Equatable, Sendable {
    /// At most one; none when the request changes nothing, because it was refused or is a repetition.
    var entry: LedgerEntry?
    var answer: LedgerAnswer
  }

  static func decide(_ request: LedgerRequest, in state: LedgerState, now: WallTime) -> Decision {
    switch request {
    case .authorise(let hold): authorise(hold, in: state, now: now)
    case .extend(let pour): extend(pour, in: state)
    case .mark(let pour, let microlitres): mark(pour, microlitres: microlitres, in: state)
    case .settle(let settlement): settle(settlement, in: state)
    case .release(let pour): release(pour, in: state)
    case .unattributed(let flow): note(flow, in: state)
    case .leak(let tap, let isLeaking): noteLeak(of: tap, isLeaking: isLeaking, in: state)
    }
  }

  /// What to add at the start of the daemon: pours that its last end interrupted are settled at their last
  /// mark. Sorted, so that the same state always gives the same entries.
  static func recovery(of state: LedgerState) -> [LedgerEntry] {
    state.openPours.sorted { $0.key.text < $1.key.text }.map { pour, open in
      .pourSettled(
        LedgerEntry.PourSettled(
          pour: pour, microlitres: open.markedMicrolitres,
          charge: charge(microlitres: open.markedMicrolitres, for: open), reason: .powerCut,
          pulses: 0, restoredPulses: 0, rejectedPulses: 0))
    }
  }

  // MARK: Holds

  private static func authorise(
    _ request: HoldRequest, in state: LedgerState, now: WallTime
  ) -> Decision {
    if let open = state.openPours[request.pour] {
      guard open.tap == request.tap, open.card == request.card else { return refusal(.pourEnded) }
      return Decision(answer: .granted(grant(request.pour, open, in: state)))
    }
    guard !state.recentReleases.contains(request.pour),
      !state.recentPours.contains(where: { $0.pour == request.pour })
    else { return refusal(.pourEnded) }
    guard !state.openPours.values.contains(where: { $0.tap == request.tap }) else {
      return refusal(.pourStillOpen)
    }
    guard let card = state.cards[request.card] else {
      return refusal(request.card.isRandom ? .randomCard : .unknownCard)
    }
    if card.blocked { return refusal(.blockedCard) }
    if let from = card.validFrom, now < from { return refusal(.notYetValidCard) }
    if let until = card.validUntil, now >= until { return refusal(.expiredCard) }

    let tap = state.taps[request.tap] ?? LedgerState.Tap()
    var pour = LedgerEntry.PourAuthorised(
      pour: request.pour, tap: request.tap, card: request.card, kind: card.kind,
      keg: tap.inService ? tap.keg?.number : nil, pricePerLitre: .zero, hold: .zero)
    if card.kind == .guest {
      guard tap.inService else { return refusal(.tapOutOfService, card) }
      guard let keg = tap.keg else { return refusal(.noKeg, card) }
      guard keg.doubt == nil else { return refusal(.kegSuspectedEmpty, card) }
      let useful = max(1, request.usefulMicrolitres)
      guard keg.availableMicrolitres >= useful else { return refusal(.kegEmpty, card) }
      let reach = reach(
        of: state.available(request.card), pricePerLitre: keg.pricePerLitre,
        keg: keg.availableMicrolitres)
      guard reach.microlitres >= useful else { return refusal(.noCredit, card) }
      pour.pricePerLitre = keg.pricePerLitre
      pour.hold = reach.hold
      pour.limitMicrolitres = reach.microlitres
      pour.limitedBy = reach.limitedBy
    }
    return granting(.pourAuthorised(pour), request.pour, in: state)
  }

  private static func extend(_ pour: PourID, in state: LedgerState) -> Decision {
    guard let open = state.openPours[pour] else { return unknownPour(pour) }
    guard open.kind == .guest, let keg = state.taps[open.tap]?.keg, keg.number == open.keg else {
      return Decision(answer: .granted(grant(pour, open, in: state)))
    }
    let reach = reach(
      of: state.available(open.card) + open.hold, pricePerLitre: open.pricePerLitre,
      keg: keg.availableMicrolitres)
    // Never less than was promised: the guest is pouring it.
    guard reach.microlitres > open.limitMicrolitres ?? 0 else {
      return Decision(answer: .granted(grant(pour, open, in: state)))
    }
    return granting(
      .pourExtended(
        LedgerEntry.PourExtended(
          pour: pour, hold: reach.hold, limitMicrolitres: reach.microlitres, limitedBy: reach.limitedBy)),
      pour, in: state)
  }

  /// How far an amount and a keg reach, and what must be held for it.
  private static func reach(
    of amount: Money, pricePerLitre: Money, keg: Int64
  ) -> (microlitres: Int64, hold: Money, limitedBy: PourLimit) {
    guard let affordable = Pricing.largestVolume(for: amount, pricePerLitre: pricePerLitre) else {
      return (keg, .zero, .keg)
    }
    let microlitres = min(affordable, keg)
    let hold = min(amount, Pricing.charge(microlitres: microlitres, pricePerLitre: pricePerLitre))
    return (microlitres, max(.zero, hold), affordable <= keg ? .balance : .keg)
  }

  // MARK: Running and ended pours

  private static func mark(_ pour: PourID, microlitres: Int64, in state: LedgerState) -> Decision {
    guard let open = state.openPours[pour] else {
      // The pour was settled meanwhile: with more than this.
      return hasEnded(pour, in: state) ? Decision(answer: .recorded) : unknownPour(pour)
    }
    guard microlitres > open.markedMicrolitres else { return Decision(answer: .recorded) }
    return Decision(
      entry: .pourMarked(LedgerEntry.PourMarked(pour: pour, microlitres: microlitres)), answer: .recorded)
  }

  private static func settle(_ settlement: Settlement, in state: LedgerState) -> Decision {
    if let ended = state.recentPours.last(where: { $0.pour == settlement.pour }) {
      return Decision(
        answer: .settled(
          Receipt(
            pour: ended.pour, microlitres: ended.microlitres, charge: ended.charge, balance: ended.balance)))
    }
    guard let open = state.openPours[settlement.pour] else { return unknownPour(settlement.pour) }
    let microlitres = max(0, settlement.microlitres)
    let charge = charge(microlitres: microlitres, for: open)
    let balance = (state.cards[open.card]?.balance ?? .zero) - charge
    return Decision(
      entry: .pourSettled(
        LedgerEntry.PourSettled(
          pour: settlement.pour, microlitres: microlitres, charge: charge, reason: settlement.reason,
          pulses: settlement.pulses, restoredPulses: settlement.restoredPulses,
          rejectedPulses: settlement.rejectedPulses, closing: settlement.closing, gas: settlement.gas)),
      answer: .settled(
        Receipt(
          pour: settlement.pour, microlitres: microlitres, charge: charge,
          balance: open.kind == .guest ? balance : nil)))
  }

  private static func release(_ pour: PourID, in state: LedgerState) -> Decision {
    guard state.openPours[pour] != nil else { return Decision(answer: .recorded) }
    return Decision(entry: .pourReleased(LedgerEntry.PourReleased(pour: pour)), answer: .recorded)
  }

  private static func note(_ flow: UnattributedFlow, in state: LedgerState) -> Decision {
    let tap = state.taps[flow.tap] ?? LedgerState.Tap()
    guard flow.id != tap.lastUnattributed else { return Decision(answer: .recorded) }
    return Decision(
      entry: .flowUnattributed(
        LedgerEntry.FlowUnattributed(
          id: flow.id, tap: flow.tap, keg: tap.inService ? tap.keg?.number : nil,
          microlitres: max(0, flow.microlitres), pulses: flow.pulses, cause: flow.cause, pour: flow.pour)),
      answer: .recorded)
  }

  private static func noteLeak(of tap: TapID, isLeaking: Bool, in state: LedgerState) -> Decision {
    guard isLeaking != (state.taps[tap]?.leaksSince != nil) else { return Decision(answer: .recorded) }
    return Decision(
      entry: .leakChanged(LedgerEntry.LeakChanged(tap: tap, isLeaking: isLeaking)), answer: .recorded)
  }

  /// The one rounding of a pour's price. The hold is what the guest agreed to: what ran beyond it is the
  /// house's.
  private static func charge(microlitres: Int64, for pour: LedgerState.OpenPour) -> Money {
    guard pour.kind == .guest else { return .zero }
    return min(pour.hold, Pricing.charge(microlitres: microlitres, pricePerLitre: pour.pricePerLitre))
  }

  // MARK: Answers

  private static func granting(_ entry: LedgerEntry, _ pour: PourID, in state: LedgerState) -> Decision {
    var next = state
    // The dates in the state play no part in a grant.
    next.apply(entry, at: WallTime(milliseconds: 0))
    guard let open = next.openPours[pour] else { return unknownPour(pour) }
    return Decision(entry: entry, answer: .granted(grant(pour, open, in: next)))
  }

  private static func grant(_ pour: PourID, _ open: LedgerState.OpenPour, in state: LedgerState) -> Grant {
    Grant(
      pour: pour, kind: open.kind, limitMicrolitres: open.limitMicrolitres, limitedBy: open.limitedBy,
      pricePerLitre: open.pricePerLitre, hold: open.hold,
      balance: open.kind == .guest ? state.cards[open.card]?.balance : nil)
  }

  private static func refusal(_ reason: Refusal.Reason, _ card: LedgerState.Card? = nil) -> Decision {
    Decision(answer: .refused(Refusal(reason: reason, balance: card?.balance)))
  }

  private static func hasEnded(_ pour: PourID, in state: LedgerState) -> Bool {
    state.recentReleases.contains(pour) || state.recentPours.contains { $0.pour == pour }
  }

  private static func unknownPour(_ pour: PourID) -> Decision {
    Decision(
      answer: .failed(
        LedgerFailure(kind: .rejected, message: "pour \(pour) is not in the ledger: it was never authorised"))
    )
  }
}
