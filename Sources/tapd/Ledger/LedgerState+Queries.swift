import RC522

extension LedgerState {
  /// What is on the card and not held by a running pour; zero for an unknown card.
  func available(_ card: UID) -> Money {
    let held = openPours.values.reduce(Money.zero) { sum, pour in
      pour.card == card ? sum + pour.hold : sum
    }
    return (cards[card]?.balance ?? .zero) - held
  }

  /// What a tap's machine needs to know; a tap that was never heard of is in service and has no keg.
  func status(of tap: TapID) -> TapStatus {
    let tap = taps[tap] ?? Tap()
    return TapStatus(
      inService: tap.inService,
      keg: tap.keg.map { keg in
        TapStatus.Keg(
          beverage: keg.beverage, pricePerLitre: keg.pricePerLitre,
          capacityMicrolitres: keg.capacityMicrolitres, remainingMicrolitres: keg.remainingMicrolitres,
          availableMicrolitres: keg.availableMicrolitres)
      },
      afterFlow: tap.afterFlow, usualMicrolitresPerSecond: tap.usualFlow?.microlitresPerSecond,
      kegIsInDoubt: tap.keg?.doubt != nil, isLeaking: tap.leaksSince != nil)
  }

  /// The cards in the order of their UIDs.
  var cardList: [(uid: UID, card: Card)] {
    cards.map { (uid: $0.key, card: $0.value) }.sorted { $0.uid.description < $1.uid.description }
  }

  /// The last pours of a tap (of all taps when nil), newest first.
  func pours(tap: TapID? = nil, limit: Int = rememberedPours) -> [EndedPour] {
    Array(recentPours.reversed().lazy.filter { tap == nil || $0.tap == tap }.prefix(max(0, limit)))
  }
}

extension LedgerEntry {
  /// Whether it changes what `LedgerState.status(of:)` says of some tap.
  var changesTapStatus: Bool {
    switch self {
    case .kegMounted, .kegUnmounted, .kegPriceChanged, .tapServiceChanged, .pourSettled, .flowUnattributed,
      .kegDeclaredNotEmpty, .leakChanged:
      true
    case .basisSet, .cardAdded, .cardToppedUp, .cardRefunded, .cardBlocked, .cardValidityChanged,
      .pourAuthorised,
      .pourExtended, .pourMarked, .pourReleased:
      false
    }
  }
}
