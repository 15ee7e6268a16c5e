/// Everything that the screen beside a tap shows, as one value: the state machine makes it, the kiosk page
/// draws it. It holds no more than the guest in front of it may see: no UID, no name.
struct TapScreen: Codable, Equatable, Sendable {
  /// What the tap is doing.
  enum Phase: String, Codable, Sendable, CaseIterable {
    /// Nobody is here; a card may be presented.
    case waiting
    /// A card is being checked.
    case authorising
    /// The valve is open for a guest.
    case pouring
    /// The valve is closed, the flow is running out, the price is not yet final.
    case settling
    /// The pour is charged; what it was and what is left stands on the screen.
    case done
    /// The card was refused; `notice` says why.
    case refused
    /// The valve is open for a maintenance card.
    case maintenance
    /// The tap serves nobody; `notice` says why.
    case outOfService
  }

  /// A reason or a warning; its words in each language belong to the page.
  enum Notice: String, Codable, Sendable, CaseIterable {
    case unknownCard, blockedCard, expiredCard, notYetValidCard, randomCard
    case noCredit, noKeg, kegEmpty, kegSuspectedEmpty, tapOutOfService
    /// Why a pour ended.
    case cardRemoved, limitReached, kegReserveReached, noFlow, maximumTimeReached, cancelled
    /// Something was poured, and nothing flows any more.
    case flowStopped
    /// Faults that the guest should know of.
    case readerFault, valveFault, meterFault, storageFault, serverUnreachable
    /// Another card was laid beside the one that pours; it is not looked at until it is presented again.
    case secondCard
    /// Liquid flows though the valve is closed.
    case leak
    /// A pour that a power cut interrupted was charged up to its last mark.
    case settledAfterPowerCut
  }

  /// An amount of money in the currency's minor unit.
  struct Price: Codable, Equatable, Sendable {
    var minorUnits: Int64
  }

  var phase: Phase
  var notice: Notice?
  /// The tap's name, as configured.
  var tap: String
  /// What the keg holds; nil without a keg.
  var beverage: String?
  /// ISO 4217 code or a festival's own token name.
  var currency: String
  /// How many digits of an amount stand after the decimal point.
  var currencyDecimals: Int
  var pricePerLitre: Price?
  var kegRemainingMicrolitres: Int64?
  var kegCapacityMicrolitres: Int64?

  /// The pour, live; nil when there is none on the screen.
  struct Pour: Codable, Equatable, Sendable {
    var microlitres: Int64
    var microlitresPerSecond: Int64
    /// The most that this pour may reach; nil when unlimited (maintenance).
    var limitMicrolitres: Int64?
    /// What it costs so far, or cost.
    var cost: Price?
    /// What is left on the card after `cost`.
    var balance: Price?
  }
  var pour: Pour?
  /// What is on the card, where a refusal should show it.
  var balance: Price?
  /// Whether a card that was served or refused still lies on the reader: nothing happens until it is taken away.
  /// Nil is false.
  var isCardLeft: Bool?
}

extension TapScreen {
  /// What stands there until the machine has looked around.
  init(starting settings: TapSettings) {
    self.init(
      phase: .waiting, tap: settings.tap.text, currency: settings.currency,
      currencyDecimals: settings.currencyDecimals)
  }
}
