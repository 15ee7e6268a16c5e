import DaemonKit
import RC522

extension LocalLedger {
  /// The volumes that a keg may have: up to 1,000 litres.
  private static let kegMicrolitres: ClosedRange<Int64> = 1...1_000_000_000
  private static let longestName = 100

  /// What an operator's command comes to: its entry (nil when it is a repetition) and its outcome.
  ///
  /// - Throws: `LedgerError` when it cannot be carried out; nothing has changed then.
  static func carryOut(
    _ command: LedgerCommand, id: CommandID, in state: LedgerState
  ) throws(LedgerError) -> (entry: LedgerEntry?, outcome: CommandOutcome) {
    guard (1...longestName).contains(id.text.utf8.count) else {
      throw LedgerError(
        kind: .invalid, place: "command id", problem: "must have 1 to \(longestName) characters")
    }
    if let done = state.recentCommands.last(where: { $0.id == id }) {
      guard done.command == command else {
        throw LedgerError(
          kind: .idReused, place: "command \(id)",
          problem: "was carried out already and was another one: use a new id for a new command")
      }
      return (nil, done.outcome)
    }
    let entry = try entry(for: command, id: id, in: state)
    var next = state
    // The dates in the state play no part in an outcome.
    next.apply(entry, at: WallTime(milliseconds: 0))
    guard let outcome = next.recentCommands.last?.outcome else {
      throw LedgerError(kind: .invalid, place: "command \(id)", problem: "has no outcome")
    }
    return (entry, outcome)
  }

  private static func entry(
    for command: LedgerCommand, id: CommandID, in state: LedgerState
  ) throws(LedgerError) -> LedgerEntry {
    if let tap = command.tap { try state.checkServed(tap) }
    switch command {
    case .addCard(let uid, let kind, let label, let from, let until, let amount):
      guard state.cards[uid] == nil else {
        throw LedgerError(
          kind: .exists, place: "card \(uid)", problem: "is there already: top it up or unblock it")
      }
      guard !uid.isRandom else {
        throw LedgerError(
          kind: .invalid, place: "card \(uid)",
          problem: "makes up a new UID each time, as phones do: use a card or a tag")
      }
      try check(from, until, of: uid)
      try check(amount, in: Money.zero...Money.maximum, of: "card \(uid)", state)
      if let label { try check(name: label, of: "the card's label") }
      return .cardAdded(
        LedgerEntry.CardAdded(
          command: id, card: uid, kind: kind, label: label, validFrom: from, validUntil: until,
          amount: amount))
    case .topUp(let uid, let amount):
      let card = try card(uid, in: state)
      try check(amount, in: Money(1)...Money.maximum, of: "top-up of card \(uid)", state)
      guard card.balance + amount <= Money.maximum else {
        throw LedgerError(
          kind: .invalid, place: "card \(uid)", problem: "would hold more than \(state.text(Money.maximum))")
      }
      return .cardToppedUp(LedgerEntry.CardAmount(command: id, card: uid, amount: amount))
    case .refund(let uid, let amount):
      _ = try card(uid, in: state)
      try check(amount, in: Money(1)...Money.maximum, of: "refund of card \(uid)", state)
      let available = state.available(uid)
      guard amount <= available else {
        throw LedgerError(
          kind: .insufficient, place: "card \(uid)",
          problem: "has \(state.text(available)) to pay back (what a running pour holds is not counted)")
      }
      return .cardRefunded(LedgerEntry.CardAmount(command: id, card: uid, amount: amount))
    case .setBlocked(let uid, let blocked):
      _ = try card(uid, in: state)
      return .cardBlocked(LedgerEntry.CardBlocking(command: id, card: uid, blocked: blocked))
    case .setValidity(let uid, let from, let until):
      _ = try card(uid, in: state)
      try check(from, until, of: uid)
      return .cardValidityChanged(
        LedgerEntry.CardValidity(command: id, card: uid, validFrom: from, validUntil: until))
    case .mountKeg(let tap, let beverage, let microlitres, let reserve, let price):
      try checkIdle(tap, in: state)
      try check(name: tap.text, of: "the tap's name")
      try check(name: beverage, of: "the beverage")
      guard kegMicrolitres.contains(microlitres), (0..<microlitres).contains(reserve) else {
        throw LedgerError(
          kind: .invalid, place: "keg on \(tap)",
          problem: "must hold 1 µL to 1000 l, and its reserve be 0 or more and less than that")
      }
      try check(price, in: Money.zero...Money.maximum, of: "price per litre on \(tap)", state)
      return .kegMounted(
        LedgerEntry.KegMounted(
          command: id, tap: tap, keg: state.kegsMounted + 1, beverage: beverage, microlitres: microlitres,
          reserveMicrolitres: reserve, pricePerLitre: price))
    case .unmountKeg(let tap):
      try checkIdle(tap, in: state)
      return .kegUnmounted(
        LedgerEntry.KegUnmounted(command: id, tap: tap, keg: try keg(on: tap, in: state).number))
    case .setKegPrice(let tap, let price):
      try check(price, in: Money.zero...Money.maximum, of: "price per litre on \(tap)", state)
      return .kegPriceChanged(
        LedgerEntry.KegPriceChanged(
          command: id, tap: tap, keg: try keg(on: tap, in: state).number, pricePerLitre: price))
    case .setInService(let tap, let inService):
      try check(name: tap.text, of: "the tap's name")
      return .tapServiceChanged(LedgerEntry.TapServiceChanged(command: id, tap: tap, inService: inService))
    case .declareKegNotEmpty(let tap):
      let keg = try keg(on: tap, in: state)
      guard keg.doubt != nil else {
        throw LedgerError(
          kind: .invalid, place: "tap \(tap)", problem: "is not waiting for word about its keg")
      }
      return .kegDeclaredNotEmpty(LedgerEntry.KegDeclaredNotEmpty(command: id, tap: tap, keg: keg.number))
    case .declareLeakOver(let tap):
      guard state.taps[tap]?.leaksSince != nil else {
        throw LedgerError(kind: .invalid, place: "tap \(tap)", problem: "has no leak that is known")
      }
      return .leakChanged(LedgerEntry.LeakChanged(command: id, tap: tap, isLeaking: false))
    }
  }

  // MARK: Checks

  private static func card(
    _ uid: UID, in state: LedgerState
  ) throws(LedgerError) -> LedgerState.Card {
    guard let card = state.cards[uid] else {
      throw LedgerError(kind: .unknown, place: "card \(uid)", problem: "is not known: add it first")
    }
    return card
  }

  private static func keg(on tap: TapID, in state: LedgerState) throws(LedgerError) -> LedgerState.Keg {
    guard let keg = state.taps[tap]?.keg else {
      throw LedgerError(kind: .unknown, place: "tap \(tap)", problem: "has no keg: mount one")
    }
    return keg
  }

  private static func checkIdle(_ tap: TapID, in state: LedgerState) throws(LedgerError) {
    guard !state.openPours.values.contains(where: { $0.tap == tap }) else {
      throw LedgerError(
        kind: .busy, place: "tap \(tap)", problem: "is pouring: change the keg when the pour is settled")
    }
  }

  private static func check(
    _ amount: Money, in range: ClosedRange<Money>, of place: String, _ state: LedgerState
  ) throws(LedgerError) {
    guard range.contains(amount) else {
      throw LedgerError(
        kind: .invalid, place: place,
        problem: "is \(state.text(amount)): give \(state.text(range.lowerBound)) to "
          + "\(state.text(range.upperBound))")
    }
  }

  private static func check(name: String, of place: String) throws(LedgerError) {
    guard (1...longestName).contains(name.utf8.count), !name.unicodeScalars.contains(where: { $0.value < 32 })
    else {
      throw LedgerError(
        kind: .invalid, place: place,
        problem: "must have 1 to \(longestName) bytes and no control characters")
    }
  }

  private static func check(_ from: WallTime?, _ until: WallTime?, of uid: UID) throws(LedgerError) {
    if let from, let until, from >= until {
      throw LedgerError(
        kind: .invalid, place: "card \(uid)",
        problem: "would be valid until \(until), before it starts at \(from)")
    }
  }
}
