import DaemonKit
import RC522

/// One thing that happened, as the journal keeps it: never edited, never deleted. The state is what follows
/// from all entries in their order.
///
/// In JSON an entry is one flat object whose `type` names the case:
/// `{"type":"cardToppedUp","command":"…","card":"04a1b2c3","amount":2000}`. The journal numbers and dates it.
/// Fields may be added as long as they are optional; anything else is a new `type`.
enum LedgerEntry: Codable, Equatable, Sendable {
  case basisSet(LedgerBasis)
  case cardAdded(CardAdded)
  case cardToppedUp(CardAmount)
  case cardRefunded(CardAmount)
  case cardBlocked(CardBlocking)
  case cardValidityChanged(CardValidity)
  case kegMounted(KegMounted)
  case kegUnmounted(KegUnmounted)
  case kegPriceChanged(KegPriceChanged)
  case tapServiceChanged(TapServiceChanged)
  case pourAuthorised(PourAuthorised)
  case pourExtended(PourExtended)
  case pourMarked(PourMarked)
  case pourSettled(PourSettled)
  case pourReleased(PourReleased)
  case flowUnattributed(FlowUnattributed)
  case kegDeclaredNotEmpty(KegDeclaredNotEmpty)
  case leakChanged(LeakChanged)

  struct CardAdded: Codable, Equatable, Sendable {
    var command: CommandID
    var card: UID
    var kind: CardKind
    var label: String?
    var validFrom: WallTime?
    var validUntil: WallTime?
    /// The first top-up.
    var amount: Money
  }

  struct CardAmount: Codable, Equatable, Sendable {
    var command: CommandID
    var card: UID
    /// Positive: added by a top-up, taken off by a refund.
    var amount: Money
  }

  struct CardBlocking: Codable, Equatable, Sendable {
    var command: CommandID
    var card: UID
    var blocked: Bool
  }

  struct CardValidity: Codable, Equatable, Sendable {
    var command: CommandID
    var card: UID
    var validFrom: WallTime?
    var validUntil: WallTime?
  }

  struct KegMounted: Codable, Equatable, Sendable {
    var command: CommandID
    var tap: TapID
    /// Counts the kegs of this ledger, from 1.
    var keg: Int
    var beverage: String
    var microlitres: Int64
    var reserveMicrolitres: Int64
    var pricePerLitre: Money
  }

  struct KegUnmounted: Codable, Equatable, Sendable {
    var command: CommandID
    var tap: TapID
    var keg: Int
  }

  struct KegPriceChanged: Codable, Equatable, Sendable {
    var command: CommandID
    var tap: TapID
    var keg: Int
    var pricePerLitre: Money
  }

  struct TapServiceChanged: Codable, Equatable, Sendable {
    var command: CommandID
    var tap: TapID
    var inService: Bool
  }

  struct PourAuthorised: Codable, Equatable, Sendable {
    var pour: PourID
    var tap: TapID
    var card: UID
    var kind: CardKind
    /// The keg that it drains; nil for maintenance on a tap that is out of service or has no keg.
    var keg: Int?
    var pricePerLitre: Money
    var hold: Money
    var limitMicrolitres: Int64?
    var limitedBy: PourLimit?
  }

  struct PourExtended: Codable, Equatable, Sendable {
    var pour: PourID
    var hold: Money
    var limitMicrolitres: Int64
    var limitedBy: PourLimit
  }

  struct PourMarked: Codable, Equatable, Sendable {
    var pour: PourID
    var microlitres: Int64
  }

  struct PourSettled: Codable, Equatable, Sendable {
    var pour: PourID
    var microlitres: Int64
    var charge: Money
    var reason: PourEnd
    var pulses: UInt64
    var restoredPulses: UInt64
    var rejectedPulses: UInt64
    var closing: PourClosing?
    /// Gas of a keg that ran dry, or so it seems: neither charged nor taken off the keg.
    var gas: Gas?
  }

  struct PourReleased: Codable, Equatable, Sendable {
    var pour: PourID
  }

  struct FlowUnattributed: Codable, Equatable, Sendable {
    var id: CommandID
    var tap: TapID
    /// The keg that it drained, if one was mounted on a tap in service.
    var keg: Int?
    var microlitres: Int64
    var pulses: UInt64
    var cause: UnattributedFlow.Cause
    var pour: PourID?
  }

  struct KegDeclaredNotEmpty: Codable, Equatable, Sendable {
    var command: CommandID
    var tap: TapID
    var keg: Int
  }

  struct LeakChanged: Codable, Equatable, Sendable {
    /// Of the staff, who say that it is over; nil when the tap noticed it.
    var command: CommandID?
    var tap: TapID
    var isLeaking: Bool
  }
}
