import PiHAL

extension TapMachine {
  /// Shows the screen if it has changed; of a running pour not more often than is of use.
  mutating func refreshScreen() {
    if let until = result?.until, now >= until { result = nil }
    if let until = secondCardUntil, now >= until { secondCardUntil = nil }
    let screen = screen
    guard screen != shown else { return }
    if let shown, shown.pour != nil, screen.pour != nil, shown.phase == screen.phase,
      shown.notice == screen.notice, shownAt.duration(to: now) < settings.screenInterval
    {
      return
    }
    shown = screen
    shownAt = now
    emit(.show(screen))
  }

  /// The keg's level by the meter: the ledger hears of a pour only when it is settled.
  private var kegRemainingMicrolitres: Int64? {
    guard let remaining = status.keg?.remainingMicrolitres else { return nil }
    switch stage {
    case .pouring, .closing, .settling:
      return status.inService ? max(0, remaining.subtractingClamped(pouredMicrolitres)) : remaining
    case .idle, .authorising, .readingMeter, .recording: return remaining
    }
  }

  /// What the screen should show now.
  private var screen: TapScreen {
    var screen = TapScreen(
      phase: .waiting, tap: settings.tap.text, beverage: status.keg?.beverage, currency: settings.currency,
      currencyDecimals: settings.currencyDecimals, pricePerLitre: status.keg?.pricePerLitre.price,
      kegRemainingMicrolitres: kegRemainingMicrolitres,
      kegCapacityMicrolitres: status.keg?.capacityMicrolitres)
    switch stage {
    case .authorising, .readingMeter:
      screen.phase = .authorising
      screen.notice = secondCardUntil == nil ? nil : .secondCard
    case .pouring:
      screen.phase = pour?.grant?.kind == .maintenance ? .maintenance : .pouring
      screen.notice = pouringNotice
      show(pouredMicrolitres, rate: microlitresPerSecond, on: &screen)
    case .closing, .settling:
      screen.phase = .settling
      screen.notice = pour?.ending?.reason.notice(microlitres: pouredMicrolitres)
      show(pouredMicrolitres, rate: microlitresPerSecond, on: &screen)
    case .recording(let record):
      // A pour that cannot be recorded must not hide what other guests are told meanwhile.
      guard case .settle(let settlement) = record.request, !record.hasFailed || result == nil else {
        showIdle(on: &screen)
        break
      }
      screen.phase = .settling
      screen.notice = record.hasFailed ? ledgerNotice : settlement.notice
      show(settlement.microlitres, rate: 0, on: &screen)
    case .idle:
      showIdle(on: &screen)
    }
    return screen
  }

  private var pouringNotice: TapScreen.Notice? {
    if pour?.removalDeadline != nil { return .cardRemoved }
    if readerFailedSince != nil { return .readerFault }
    if ledgerFailure != nil { return ledgerNotice }
    if secondCardUntil != nil { return .secondCard }
    if isLeaking { return .leak }
    return hasFallenSilent(for: settings.silence) ? .flowStopped : nil
  }

  private func show(_ microlitres: Int64, rate: Int64, on screen: inout TapScreen) {
    guard let grant = pour?.grant else { return }
    var shown = TapScreen.Pour(
      microlitres: microlitres, microlitresPerSecond: rate, limitMicrolitres: grant.limitMicrolitres)
    if grant.kind == .guest {
      let cost = min(grant.hold, Pricing.charge(microlitres: microlitres, pricePerLitre: grant.pricePerLitre))
      shown.cost = cost.price
      shown.balance = grant.balance.map { ($0 - cost).price }
      screen.pricePerLitre = grant.pricePerLitre.price
    }
    screen.pour = shown
  }

  private func showIdle(on screen: inout TapScreen) {
    if let result {
      screen.phase = result.phase
      screen.notice = result.notice
      screen.pour = result.pour
      screen.balance = result.balance
      screen.isCardLeft = isCardLeft ? true : nil
    } else if let fault {
      screen.phase = .outOfService
      screen.notice = fault
    } else if !status.inService {
      screen.phase = .outOfService
      screen.notice = .tapOutOfService
    } else if isLeaking {
      screen.phase = .outOfService
      screen.notice = .leak
    } else if status.keg != nil, status.kegIsInDoubt {
      screen.phase = .outOfService
      screen.notice = .kegSuspectedEmpty
    } else if let keg = status.keg, keg.availableMicrolitres >= usefulMicrolitres {
      screen.phase = waiting == nil ? .waiting : .authorising
      screen.isCardLeft = isCardLeft ? true : nil
    } else {
      screen.phase = .outOfService
      screen.notice = status.keg == nil ? .noKeg : .kegEmpty
    }
  }
}

extension TapMachine {
  /// Whether a card still lies on the reader that has been served or refused.
  fileprivate var isCardLeft: Bool { waiting == nil && !cards.isEmpty && readerFailedSince == nil }
}

extension Money {
  var price: TapScreen.Price { TapScreen.Price(minorUnits: minorUnits) }
}

extension Settlement {
  fileprivate var notice: TapScreen.Notice { reason.notice(microlitres: microlitres) }
}

extension PourEnd {
  /// How the screen says it.
  /// - Parameter microlitres: what was poured.
  func notice(microlitres: Int64) -> TapScreen.Notice {
    switch self {
    case .cardRemoved: .cardRemoved
    case .limitReached: .limitReached
    case .kegReserveReached: .kegReserveReached
    // Whoever poured has pulled the lever.
    case .noFlow: microlitres > 0 ? .flowStopped : .noFlow
    case .maximumTimeReached: .maximumTimeReached
    case .cancelled: .cancelled
    case .tapOutOfService: .tapOutOfService
    case .readerFault: .readerFault
    case .valveFault: .valveFault
    case .meterFault: .meterFault
    case .kegSuspectedEmpty: .kegSuspectedEmpty
    case .cardBlocked: .blockedCard
    case .powerCut: .settledAfterPowerCut
    }
  }
}

extension Refusal.Reason {
  /// How the screen says it.
  var notice: TapScreen.Notice {
    switch self {
    case .unknownCard: .unknownCard
    case .blockedCard: .blockedCard
    case .expiredCard: .expiredCard
    case .notYetValidCard: .notYetValidCard
    case .randomCard: .randomCard
    case .noCredit: .noCredit
    case .noKeg: .noKeg
    case .kegEmpty: .kegEmpty
    case .tapOutOfService: .tapOutOfService
    case .kegSuspectedEmpty: .kegSuspectedEmpty
    case .pourStillOpen, .pourEnded: .storageFault
    }
  }
}
