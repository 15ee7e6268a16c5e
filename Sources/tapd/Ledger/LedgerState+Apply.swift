import DaemonKit
import FlowControl
import RC522

extension LedgerState {
  /// Takes in the next entry. Entries are checked before they are recorded, so nothing is refused here; one
  /// that names a card, keg or pour that is not there changes nothing.
  mutating func apply(_ entry: LedgerEntry, at time: WallTime) {
    switch entry {
    case .basisSet(let basis):
      self.basis = basis
    case .cardAdded(let added):
      cards[added.card] = Card(
        kind: added.kind, label: added.label, balance: added.amount, validFrom: added.validFrom,
        validUntil: added.validUntil, added: time)
    case .cardToppedUp(let topUp):
      cards[topUp.card]?.balance.add(topUp.amount)
    case .cardRefunded(let refund):
      cards[refund.card]?.balance.subtract(refund.amount)
    case .cardBlocked(let blocking):
      cards[blocking.card]?.blocked = blocking.blocked
    case .cardValidityChanged(let validity):
      cards[validity.card]?.validFrom = validity.validFrom
      cards[validity.card]?.validUntil = validity.validUntil
    case .kegMounted(let keg):
      kegsMounted = keg.keg
      taps[keg.tap, default: Tap()].keg = Keg(
        number: keg.keg, beverage: keg.beverage, capacityMicrolitres: keg.microlitres,
        reserveMicrolitres: keg.reserveMicrolitres, pricePerLitre: keg.pricePerLitre, mounted: time)
    case .kegUnmounted(let keg):
      taps[keg.tap]?.keg = nil
    case .kegPriceChanged(let change):
      taps[change.tap]?.keg?.pricePerLitre = change.pricePerLitre
    case .tapServiceChanged(let change):
      taps[change.tap, default: Tap()].inService = change.inService
    case .pourAuthorised(let pour):
      openPours[pour.pour] = OpenPour(
        tap: pour.tap, card: pour.card, kind: pour.kind, keg: pour.keg, pricePerLitre: pour.pricePerLitre,
        hold: pour.hold, limitMicrolitres: pour.limitMicrolitres, limitedBy: pour.limitedBy, authorised: time)
    case .pourExtended(let pour):
      openPours[pour.pour]?.hold = pour.hold
      openPours[pour.pour]?.limitMicrolitres = pour.limitMicrolitres
      openPours[pour.pour]?.limitedBy = pour.limitedBy
    case .pourMarked(let mark):
      openPours[mark.pour]?.markedMicrolitres = mark.microlitres
    case .pourSettled(let settled):
      settle(settled, at: time)
    case .pourReleased(let released):
      openPours[released.pour] = nil
      recentReleases.append(released.pour)
      recentReleases.keepLast(Self.rememberedReleases)
    case .flowUnattributed(let flow):
      drain(flow.keg, of: flow.tap, microlitres: flow.microlitres)
      taps[flow.tap, default: Tap()].totals.unattributedMicrolitres.addClamped(flow.microlitres)
      taps[flow.tap]?.lastUnattributed = flow.id
      let sincePour = taps[flow.tap]?.unattributedSincePourMicrolitres ?? 0
      taps[flow.tap]?.unattributedSincePourMicrolitres = sincePour.addingClamped(max(0, flow.microlitres))
    case .kegDeclaredNotEmpty(let entry):
      guard let keg = taps[entry.tap]?.keg, keg.number == entry.keg else { break }
      taps[entry.tap]?.keg?.doubt = nil
      // It was drink: so the tap is as fast as that.
      guard let doubt = keg.doubt else { break }
      var usualFlow = taps[entry.tap]?.usualFlow ?? UsualFlow()
      usualFlow.accept(doubt.microlitresPerSecond)
      taps[entry.tap]?.usualFlow = usualFlow
    case .leakChanged(let change):
      let since = taps[change.tap]?.leaksSince
      taps[change.tap, default: Tap()].leaksSince = change.isLeaking ? since ?? time : nil
    }
    if let id = entry.commandID, let command = entry.command, let outcome = outcome(of: entry) {
      recentCommands.append(DoneCommand(id: id, command: command, outcome: outcome))
      recentCommands.keepLast(Self.rememberedCommands)
    }
  }

  private mutating func settle(_ settled: LedgerEntry.PourSettled, at time: WallTime) {
    guard let open = openPours.removeValue(forKey: settled.pour) else { return }
    let beverage = taps[open.tap]?.keg.flatMap { $0.number == open.keg ? $0.beverage : nil }
    drain(open.keg, of: open.tap, microlitres: settled.microlitres)

    cards[open.card]?.balance.subtract(settled.charge)
    cards[open.card]?.pours += 1
    cards[open.card]?.pouredMicrolitres.addClamped(settled.microlitres)

    var tap = taps[open.tap] ?? Tap()
    switch open.kind {
    case .guest:
      tap.totals.pours += 1
      tap.totals.soldMicrolitres.addClamped(settled.microlitres)
      tap.totals.charged.add(settled.charge)
    case .maintenance:
      tap.totals.maintenanceMicrolitres.addClamped(settled.microlitres)
    }
    if let closing = settled.closing { tap.learn(from: closing) }
    tap.unattributedSincePourMicrolitres = nil
    if let gas = settled.gas, settled.reason == .kegSuspectedEmpty, tap.keg?.number == open.keg {
      tap.keg?.doubt = KegDoubt(since: time, microlitresPerSecond: gas.microlitresPerSecond)
    }
    taps[open.tap] = tap

    recentPours.append(
      EndedPour(
        pour: settled.pour, tap: open.tap, card: open.card, kind: open.kind, beverage: beverage,
        keg: open.keg, microlitres: settled.microlitres, pricePerLitre: open.pricePerLitre,
        charge: settled.charge, balance: open.kind == .guest ? cards[open.card]?.balance : nil,
        reason: settled.reason, authorised: open.authorised, settled: time,
        gasMicrolitres: settled.gas?.microlitres,
        rejectedPulses: settled.rejectedPulses > 0 ? settled.rejectedPulses : nil))
    recentPours.keepLast(Self.rememberedPours)
  }

  private mutating func drain(_ keg: Int?, of tap: TapID, microlitres: Int64) {
    guard let keg, taps[tap]?.keg?.number == keg else { return }
    taps[tap]?.keg?.pouredMicrolitres.addClamped(microlitres)
  }

  private func balance(of card: UID) -> Money { cards[card]?.balance ?? .zero }

  /// What a command came to, in the state that its entry has just been applied to.
  private func outcome(of entry: LedgerEntry) -> CommandOutcome? {
    switch entry {
    case .cardAdded(let entry): .card(entry.card, balance: balance(of: entry.card))
    case .cardToppedUp(let entry), .cardRefunded(let entry):
      .card(entry.card, balance: balance(of: entry.card))
    case .cardBlocked(let entry): .card(entry.card, balance: balance(of: entry.card))
    case .cardValidityChanged(let entry): .card(entry.card, balance: balance(of: entry.card))
    case .kegMounted(let entry): .keg(entry.tap, number: entry.keg)
    case .kegUnmounted(let entry): .keg(entry.tap, number: entry.keg)
    case .kegPriceChanged(let entry): .keg(entry.tap, number: entry.keg)
    case .tapServiceChanged(let entry): .tap(entry.tap, inService: entry.inService)
    case .kegDeclaredNotEmpty(let entry): .keg(entry.tap, number: entry.keg)
    case .leakChanged(let entry): .tap(entry.tap, inService: taps[entry.tap]?.inService ?? true)
    case .basisSet, .pourAuthorised, .pourExtended, .pourMarked, .pourSettled, .pourReleased,
      .flowUnattributed:
      nil
    }
  }
}

extension LedgerEntry {
  /// The id of the command that it came from; nil for a tap's own entries.
  var commandID: CommandID? {
    switch self {
    case .cardAdded(let entry): entry.command
    case .cardToppedUp(let entry), .cardRefunded(let entry): entry.command
    case .cardBlocked(let entry): entry.command
    case .cardValidityChanged(let entry): entry.command
    case .kegMounted(let entry): entry.command
    case .kegUnmounted(let entry): entry.command
    case .kegPriceChanged(let entry): entry.command
    case .tapServiceChanged(let entry): entry.command
    case .kegDeclaredNotEmpty(let entry): entry.command
    case .leakChanged(let entry): entry.command
    case .basisSet, .pourAuthorised, .pourExtended, .pourMarked, .pourSettled, .pourReleased,
      .flowUnattributed:
      nil
    }
  }

  /// The command that it came from; nil for a tap's own entries.
  var command: LedgerCommand? {
    switch self {
    case .cardAdded(let entry):
      .addCard(
        entry.card, kind: entry.kind, label: entry.label, validFrom: entry.validFrom,
        validUntil: entry.validUntil, amount: entry.amount)
    case .cardToppedUp(let entry): .topUp(entry.card, amount: entry.amount)
    case .cardRefunded(let entry): .refund(entry.card, amount: entry.amount)
    case .cardBlocked(let entry): .setBlocked(entry.card, blocked: entry.blocked)
    case .cardValidityChanged(let entry):
      .setValidity(entry.card, from: entry.validFrom, until: entry.validUntil)
    case .kegMounted(let entry):
      .mountKeg(
        entry.tap, beverage: entry.beverage, microlitres: entry.microlitres,
        reserveMicrolitres: entry.reserveMicrolitres, pricePerLitre: entry.pricePerLitre)
    case .kegUnmounted(let entry): .unmountKeg(entry.tap)
    case .kegPriceChanged(let entry): .setKegPrice(entry.tap, pricePerLitre: entry.pricePerLitre)
    case .tapServiceChanged(let entry): .setInService(entry.tap, inService: entry.inService)
    case .kegDeclaredNotEmpty(let entry): .declareKegNotEmpty(entry.tap)
    case .leakChanged(let entry): entry.command == nil ? nil : .declareLeakOver(entry.tap)
    case .basisSet, .pourAuthorised, .pourExtended, .pourMarked, .pourSettled, .pourReleased,
      .flowUnattributed:
      nil
    }
  }
}

extension LedgerState.Tap {
  fileprivate mutating func learn(from closing: PourClosing) {
    let peak = closing.peakMicrolitresPerSecond ?? 0
    if peak > 0 {
      var learned = usualFlow ?? UsualFlow()
      learned.learn(peak: peak)
      usualFlow = learned
    }
    // A lever that was already closing says nothing about what runs on after a full flow.
    guard closing.microlitresPerSecond >= peak / 2 else { return }
    afterFlow.learn(
      AfterFlow.Observation(
        microlitres: closing.afterFlowMicrolitres,
        microlitresPerSecondAtClosing: closing.microlitresPerSecond,
        openTime: .milliseconds(closing.openMilliseconds), settled: closing.flowEnded))
  }
}

extension Int64 {
  fileprivate mutating func addClamped(_ other: Int64) { self = addingClamped(other) }
}

extension Money {
  fileprivate mutating func add(_ other: Money) { self = self + other }
  fileprivate mutating func subtract(_ other: Money) { self = self - other }
}

extension Array {
  fileprivate mutating func keepLast(_ count: Int) {
    if self.count > count { removeFirst(self.count - count) }
  }
}
