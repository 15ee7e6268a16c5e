import DaemonKit
import FlowControl
import PiHAL
import RC522

@testable import tapd

/// Keeps its own books of a tap, from what can be seen outside of the machine: events, effects, durable
/// entries. It shares no code with what it judges, and names the rule (1 to 5 of the design) that is broken.
struct Bookkeeper {
  struct Violation: CustomStringConvertible {
    let rule: Int
    let description: String
  }

  /// A pour as the books have it.
  private struct Account {
    var card: UID
    var kind: CardKind
    var hold: Int64
    var price: Int64
    var limit: Int64?
    var keg: Int?
    var mark: Int64 = 0
    /// How many readable pulses there had been when the valve was ordered open, closed, and when the pour's
    /// settlement was asked for.
    var pulsesAtOpening: UInt64?
    var opened: MonotonicInstant?
    var closed: MonotonicInstant?
    var pulsesAtSettling: UInt64?
    /// What had really flowed of drink then.
    var drinkAtOpening: Int64 = 0
    var drinkAtSettling: Int64 = 0
    /// Whether all of it can have been counted.
    var isCountedWhole = false
  }

  /// A keg as the books have it.
  private struct Keg {
    var number: Int
    var microlitres: Int64
    var reserve: Int64
    var poured: Int64 = 0
    var isInDoubt = false

    var available: Int64 { microlitres - reserve - poured }
  }

  let settings: TapSettings
  var violations: [Violation] { report.violations }
  private(set) var settledPours = 0
  private(set) var limitedPours = 0

  private var now = MonotonicInstant.zero
  private var open: [PourID: Account] = [:]
  private var ended: Set<PourID> = []
  private(set) var balances: [UID: Int64] = [:]
  private var maintenance: Set<UID> = []
  private var blocked: Set<UID> = []
  private var validity: [UID: (from: WallTime?, until: WallTime?)] = [:]
  private var keg: Keg?
  private var inService = true
  private var isLeaking = false

  // One life of the machine.
  private var present: Set<UID> = []
  private var away: (card: UID, since: MonotonicInstant)?
  private var readerFailedSince: MonotonicInstant?
  private var pouring: PourID?
  private var unconfirmedClose: (id: EffectID, sent: MonotonicInstant)?
  private var delivered: UInt64 = 0
  private var deliveredAtBirth: UInt64 = 0
  private var lastReading = MonotonicInstant.zero
  /// The newest pulse that a reading told of; one of this very moment is in none yet.
  private var newestEdge = MonotonicInstant.zero
  private var readingsWereLate = false
  private var meterFailed = false
  private var epoch: UInt32?
  /// The counter was started again since the valve opened: what flowed in between was seen by nobody.
  private var countHasGaps = false
  private var hasLeaked = false
  private var isCancelled = false
  private var ofPours: UInt64 = 0
  private var ofNobody: UInt64 = 0
  private var ledgerTroubleUntil = MonotonicInstant.zero

  init(settings: TapSettings) { self.settings = settings }

  private final class Report {
    var violations: [Violation] = []
  }
  private let report = Report()

  private func check(_ rule: Int, _ holds: Bool, _ problem: @autoclosure () -> String) {
    if !holds {
      report.violations.append(Violation(rule: rule, description: "rule \(rule), \(now): \(problem())"))
    }
  }

  // MARK: What happens around the machine

  mutating func ledgerIsInTrouble(until: MonotonicInstant) {
    ledgerTroubleUntil = max(ledgerTroubleUntil, until)
  }

  mutating func machineStarted(at now: MonotonicInstant) {
    self.now = now
    present = []
    away = nil
    readerFailedSince = nil
    pouring = nil
    unconfirmedClose = nil
    deliveredAtBirth = delivered
    lastReading = now
    meterFailed = false
    ofPours = 0
    ofNobody = 0
  }

  /// An event is about to be delivered. `readable` counts all pulses that this or an earlier reading showed.
  mutating func willHandle(_ event: TapEvent, readable: UInt64, at now: MonotonicInstant) {
    self.now = max(self.now, now)
    switch event {
    case .cardAppeared(let uid):
      present.insert(uid)
      readerFailedSince = nil
      if away?.card == uid { away = nil }
    case .cardRemoved(let uid, _):
      present.remove(uid)
      if let pouring, open[pouring]?.card == uid { away = (uid, now) }
    case .readerFailed: readerFailedSince = readerFailedSince ?? now
    case .readerRecovered: readerFailedSince = nil
    case .pulses(let reading):
      if epoch != reading.epoch { countHasGaps = true }
      epoch = reading.epoch
      newestEdge = max(newestEdge, reading.newestEdge ?? .zero)
      if readable > delivered || !meterFailed {
        if lastReading.duration(to: now) > settings.readingInterval * 2 { readingsWereLate = true }
      }
      lastReading = now
      meterFailed = false
      delivered = max(delivered, readable)
    case .meterFailed: meterFailed = true
    case .cancelPour, .shutDown: isCancelled = true
    case .valveClosed(let id?) where id == unconfirmedClose?.id: unconfirmedClose = nil
    default: break
    }
  }

  /// The machine has answered an event with these effects.
  mutating func didHandle(_ effects: [TapEffect], plant: Plant) {
    // A leak beside a pour makes it faster than the tap is, which may be taken for gas.
    if plant.leak > 0 { hasLeaked = true }
    for effect in effects {
      switch effect {
      case .openValve(_, let longest): valveOrderedOpen(atMost: longest, plant: plant)
      case .closeValve(let id):
        valveOrderedClosed(plant: plant)
        unconfirmedClose = (id, now)
      case .ask(_, .settle(let settlement)): settlementAsked(settlement, plant: plant)
      default: break
      }
    }
    checkDeadlines(plant: plant)
  }

  // MARK: Rules 1 and 4: the valve

  private mutating func valveOrderedOpen(atMost longest: Duration, plant: Plant) {
    check(1, pouring == nil, "the valve is ordered open twice")
    check(4, open.count == 1, "the valve is ordered open with \(open.count) durable authorisations")
    guard let pour = open.keys.first, let account = open[pour] else { return }
    check(1, account.opened == nil, "a pour's valve opens a second time")
    check(1, present.contains(account.card), "the valve opens without its card")
    check(1, longest <= longestPour(account.kind), "the valve may stay open for \(longest)")
    check(2, account.kind == .maintenance || !isLeaking, "a guest pours though the tap leaks")
    open[pour]?.opened = now
    open[pour]?.pulsesAtOpening = delivered
    open[pour]?.drinkAtOpening = plant.microlitres
    pouring = pour
    away = nil
    readingsWereLate = false
    countHasGaps = false
    hasLeaked = false
  }

  private mutating func valveOrderedClosed(plant: Plant) {
    guard let pour = pouring, let account = open[pour] else { return pouring = nil }
    pouring = nil
    away = nil
    open[pour]?.closed = now
    if let limit = account.limit, !readingsWereLate, !meterFailed {
      let counted = volume(delivered - (account.pulsesAtOpening ?? delivered))
      // Nobody pays for gas.
      let sofar = min(counted, plant.microlitres - account.drinkAtOpening)
      check(3, sofar + expectedAfterFlow <= limit, "closed at \(sofar) of \(limit) µL: too late")
    }
  }

  /// What the tap had learned when the valve opened.
  var expectedAfterFlow: Int64 = 0

  private func longestPour(_ kind: CardKind) -> Duration {
    kind == .guest ? settings.maximumPour : settings.maximumMaintenance
  }

  /// Each event makes the machine do all that is due: so nothing may be overdue after one.
  private mutating func checkDeadlines(plant: Plant) {
    if let pour = pouring, let account = open[pour], let opened = account.opened {
      check(1, opened.duration(to: now) < longestPour(account.kind), "open for too long")
      if let away {
        check(1, away.since.duration(to: now) < settings.removalGrace, "open though the card is away")
      }
      if let since = readerFailedSince {
        check(1, since.duration(to: now) < settings.readerFaultGrace, "open with a reader that is dead")
      }
      check(2, !meterFailed, "open without a meter")
      check(1, !isCancelled, "open though the pour was cancelled")
      let counted = volume(delivered - (account.pulsesAtOpening ?? delivered))
      // Gas needs no mark.
      let unmarked = min(counted, plant.microlitres - account.drinkAtOpening) - account.mark
      if now > ledgerTroubleUntil, !readingsWereLate {
        check(4, unmarked <= settings.markMicrolitres + 20_000, "\(unmarked) µL without a durable mark")
      }
    }
    isCancelled = false
    if let unconfirmedClose {
      check(
        1, unconfirmedClose.sent.duration(to: now) < settings.closeRetry * 2,
        "an order to close is not repeated")
    }
  }

  // MARK: Rule 2: pulses

  private func volume(_ pulses: UInt64) -> Int64 { Int64(pulses) * 1_000_000_000 / 450_000 }

  private mutating func settlementAsked(_ settlement: Settlement, plant: Plant) {
    guard let account = open[settlement.pour], account.pulsesAtSettling == nil else { return }
    guard let start = account.pulsesAtOpening, let closed = account.closed else {
      return check(2, false, "settled without having been open")
    }
    open[settlement.pour]?.pulsesAtSettling = delivered
    open[settlement.pour]?.drinkAtSettling = plant.microlitres
    open[settlement.pour]?.isCountedWhole = !countHasGaps && !hasLeaked && !meterFailed && !plant.valveIsOpen
    ofPours += delivered - start
    let sinceClosing = closed.duration(to: now)
    let isQuiet = newestEdge.duration(to: now) >= settings.flowStopped - settings.readingInterval * 2
    if !meterFailed, sinceClosing < settings.maximumSettling {
      check(2, isQuiet, "settled while it was still flowing")
      check(2, !plant.valveIsOpen || sinceClosing >= settings.valveTimeout, "settled with an open valve")
    }
  }

  /// The machine has nothing left to do: everything must be on record.
  mutating func machineIsFinished() {
    check(
      2, ofPours + ofNobody == delivered - deliveredAtBirth,
      "\(delivered - deliveredAtBirth) pulses read, \(ofPours) of pours, \(ofNobody) of nobody")
  }

  // MARK: Rules 4 and 5: entries

  mutating func recorded(_ entry: LedgerEntry, at time: WallTime) {
    switch entry {
    case .basisSet: break
    case .cardAdded(let card):
      balances[card.card] = card.amount.minorUnits
      if card.kind == .maintenance { maintenance.insert(card.card) }
    case .cardToppedUp(let topUp): balances[topUp.card, default: 0] += topUp.amount.minorUnits
    case .cardRefunded(let refund): balances[refund.card, default: 0] -= refund.amount.minorUnits
    case .cardBlocked(let card) where card.blocked: blocked.insert(card.card)
    case .cardBlocked(let card): blocked.remove(card.card)
    case .cardValidityChanged(let card): validity[card.card] = (card.validFrom, card.validUntil)
    case .kegMounted(let mounted):
      keg = Keg(number: mounted.keg, microlitres: mounted.microlitres, reserve: mounted.reserveMicrolitres)
    case .kegUnmounted: keg = nil
    case .kegPriceChanged: break
    case .tapServiceChanged(let tap): inService = tap.inService
    case .kegDeclaredNotEmpty: keg?.isInDoubt = false
    case .leakChanged(let leak): isLeaking = leak.isLeaking
    case .pourAuthorised(let pour): pourAuthorised(pour, at: time)
    case .pourExtended(let pour):
      open[pour.pour]?.hold = pour.hold.minorUnits
      open[pour.pour]?.limit = pour.limitMicrolitres
      checkKeg(pour.pour)
    case .pourMarked(let mark):
      check(4, mark.microlitres > open[mark.pour]?.mark ?? 0, "a mark goes back")
      open[mark.pour]?.mark = mark.microlitres
    case .pourSettled(let settled): pourSettled(settled)
    case .pourReleased(let released):
      check(5, open[released.pour]?.opened == nil, "a pour is released that was open")
      open[released.pour] = nil
      ended.insert(released.pour)
    case .flowUnattributed(let flow):
      if flow.keg == keg?.number { keg?.poured += flow.microlitres }
      ofNobody += flow.pulses
      check(
        2, ofPours + ofNobody <= delivered - deliveredAtBirth, "pulses are counted twice: \(flow)")
    }
  }

  private mutating func pourAuthorised(_ pour: LedgerEntry.PourAuthorised, at time: WallTime) {
    check(5, open[pour.pour] == nil && !ended.contains(pour.pour), "a pour is authorised twice")
    let held = open.values.filter { $0.card == pour.card }.reduce(0) { $0 + $1.hold }
    check(3, held + pour.hold.minorUnits <= balances[pour.card, default: 0], "more is held than is there")
    check(
      1, (pour.kind == .maintenance) == maintenance.contains(pour.card) && balances[pour.card] != nil,
      "the wrong kind of card is authorised")
    check(1, !blocked.contains(pour.card), "a blocked card is authorised")
    let (from, until) = validity[pour.card] ?? (nil, nil)
    check(1, from.map { $0 <= time } ?? true, "a card is authorised before its time")
    check(1, until.map { time < $0 } ?? true, "a card is authorised after its time")
    check(1, inService || pour.kind == .maintenance, "a guest is let in on a tap out of service")
    open[pour.pour] = Account(
      card: pour.card, kind: pour.kind, hold: pour.hold.minorUnits, price: pour.pricePerLitre.minorUnits,
      limit: pour.limitMicrolitres, keg: pour.keg)
    checkKeg(pour.pour)
  }

  private func checkKeg(_ pour: PourID) {
    guard let account = open[pour], account.kind == .guest else { return }
    check(3, account.keg != nil && account.keg == keg?.number, "a guest pours from no keg")
    check(1, keg?.isInDoubt == false, "a guest pours from a keg that ended in gas")
    check(
      3, account.limit ?? .max <= keg?.available ?? 0, "more may be poured than the keg has above its reserve"
    )
  }

  private mutating func pourSettled(_ settled: LedgerEntry.PourSettled) {
    guard let account = open.removeValue(forKey: settled.pour) else {
      return check(5, false, "a pour is settled that is not open")
    }
    ended.insert(settled.pour)
    settledPours += 1
    if account.keg == keg?.number { keg?.poured += settled.microlitres }
    if settled.reason == .limitReached || settled.reason == .kegReserveReached { limitedPours += 1 }
    if settled.reason == .powerCut {
      check(4, settled.microlitres == account.mark, "not settled at the last mark")
    } else if let start = account.pulsesAtOpening, let end = account.pulsesAtSettling {
      check(2, settled.pulses == end - start, "\(end - start) pulses flowed, \(settled.pulses) are settled")
      let gas = settled.gas?.microlitres ?? 0
      check(
        2, abs(settled.microlitres + gas - volume(end - start)) <= 1,
        "\(settled.microlitres) µL and \(gas) µL of gas settled for \(end - start) pulses")
      let drink = account.drinkAtSettling - account.drinkAtOpening
      if settled.reason == .kegSuspectedEmpty {
        check(2, settled.microlitres <= drink + 20_000, "\(settled.microlitres) µL charged of \(drink): gas")
        check(
          2, settled.microlitres >= drink - 60_000 || !account.isCountedWhole,
          "\(settled.microlitres) µL charged of \(drink)")
        if account.kind == .guest, account.keg == keg?.number { keg?.isInDoubt = true }
      }
    } else {
      check(2, false, "settled without having been asked for")
    }
    let (whole, rest) = (settled.microlitres * account.price).quotientAndRemainder(dividingBy: 1_000_000)
    let price = whole + (rest >= 500_000 ? 1 : 0)
    let due = account.kind == .guest ? min(price, account.hold) : 0
    check(5, settled.charge.minorUnits == due, "\(settled.charge.minorUnits) charged where \(due) are due")
    check(3, settled.charge.minorUnits <= account.hold, "more is charged than was held")
    balances[account.card, default: 0] -= settled.charge.minorUnits
    check(3, balances[account.card, default: 0] >= 0, "a card is overdrawn")
  }

  /// At the end of everything.
  mutating func close(_ state: LedgerState) {
    check(4, open.isEmpty, "\(open.count) pours were never settled")
    for (uid, card) in state.cards {
      check(
        5, card.balance.minorUnits == balances[uid],
        "card \(uid): \(card.balance) is not \(balances[uid] ?? 0)")
    }
  }
}
