import DaemonKit
import RC522

/// Where cards, balances and kegs are kept: in this machine's JSON state, or on a server.
///
/// A tap asks, and goes on; the answer comes back as an event. Every request may be sent again with the same
/// pour's id (because the answer was lost, say): it is answered the same way and has no second effect.
/// Requests about one pour take effect in the order in which they were submitted.
protocol Ledger: Sendable {
  /// Takes a request, and calls `answer` once, on any thread, when what it says is durable.
  func submit(_ request: LedgerRequest, answer: @escaping @Sendable (LedgerAnswer) -> Void)
}

/// What a tap asks of the ledger.
enum LedgerRequest: Codable, Equatable, Sendable {
  /// Places a hold for a pour. Answered `granted` or `refused`.
  case authorise(HoldRequest)
  /// Lets the hold of a running pour grow to what the card's balance and the keg now allow, at the price
  /// that the pour started with. Answered `granted` with the hold as it then is.
  case extend(pour: PourID)
  /// Notes how much a running pour has poured: after a power cut it is settled at the last mark. Answered
  /// `recorded`.
  case mark(pour: PourID, microlitres: Int64)
  /// Ends a pour for which the valve was open. Answered `settled`.
  case settle(Settlement)
  /// Ends a pour for which the valve never opened; nothing is charged. Answered `recorded`, also when there
  /// is no such pour.
  case release(pour: PourID)
  /// Notes flow that belongs to no pour. Answered `recorded`.
  case unattributed(UnattributedFlow)
  /// Notes that a tap has begun or ceased to leak. Answered `recorded`, also when that was known.
  case leak(TapID, isLeaking: Bool)
}

/// A card's wish to pour at a tap.
struct HoldRequest: Codable, Equatable, Sendable {
  var pour: PourID
  var tap: TapID
  var card: UID
  /// The smallest limit that is worth opening the valve for.
  var usefulMicrolitres: Int64
}

/// How a pour ended.
struct Settlement: Codable, Equatable, Sendable {
  var pour: PourID
  /// All that flowed, from before the valve opened until the flow had stopped, without gas.
  var microlitres: Int64
  var reason: PourEnd
  /// What the meter counted; `microlitres` and the gas are computed from it.
  var pulses: UInt64
  /// Of `pulses`: those that the kernel's queue had dropped and the sequence numbers gave back.
  var restoredPulses: UInt64
  /// Edges that came too fast to be flow; not in `pulses`.
  var rejectedPulses: UInt64
  /// How the valve's closing went; nil when it was never ordered to open.
  var closing: PourClosing?
  /// Gas of a keg that ran dry, or so it seems; it is not charged.
  var gas: Gas?
}

/// The end of a pour that was gas rather than drink.
struct Gas: Codable, Equatable, Sendable {
  /// What the meter counted of it.
  var microlitres: Int64
  /// How fast it turned the meter.
  var microlitresPerSecond: Int64
}

/// What a tap's after-flow is learned from.
struct PourClosing: Codable, Equatable, Sendable {
  /// What ran on after the order to close.
  var afterFlowMicrolitres: Int64
  /// The rate of flow when the order was given.
  var microlitresPerSecond: Int64
  /// How long the valve had been open.
  var openMilliseconds: Int64
  /// Whether the flow came to its end in the time given, with valve and meter in order.
  var flowEnded: Bool
  /// The fastest second of steady flow; nil when there was none, or nothing is to be learned from this pour.
  var peakMicrolitresPerSecond: Int64?
}

/// Flow while the valve should have been closed.
struct UnattributedFlow: Codable, Equatable, Sendable {
  enum Cause: String, Codable, Sendable {
    /// It came soon after a settled pour: the flow had stopped and went on.
    case lateAfterFlow
    /// It came without a pour before it.
    case leak
  }

  /// Makes the request repeatable.
  var id: CommandID
  var tap: TapID
  var microlitres: Int64
  var pulses: UInt64
  var cause: Cause
  /// The pour that it came after, for `lateAfterFlow`.
  var pour: PourID?
}

/// What the ledger answers a tap.
enum LedgerAnswer: Codable, Equatable, Sendable {
  /// The hold is durable: the valve may open.
  case granted(Grant)
  case refused(Refusal)
  /// What was asked is durable (or was already).
  case recorded
  case settled(Receipt)
  /// It could not be made durable, or the ledger cannot be reached. Nobody knows whether it took effect: ask
  /// again with the same ids.
  case failed(LedgerFailure)
}

/// A hold as it stands.
struct Grant: Codable, Equatable, Sendable {
  var pour: PourID
  var kind: CardKind
  /// What the pour may reach; nil for maintenance.
  var limitMicrolitres: Int64?
  /// What sets the limit; nil for maintenance.
  var limitedBy: PourLimit?
  /// The price, locked for this pour.
  var pricePerLitre: Money
  /// What is held of the balance: no more can be charged.
  var hold: Money
  /// The balance that the guest sees, before this pour; nil for maintenance.
  var balance: Money?
}

/// What sets a pour's limit.
enum PourLimit: String, Codable, Sendable {
  case balance, keg
}

/// Why a card may not pour.
struct Refusal: Codable, Equatable, Sendable {
  enum Reason: String, Codable, Sendable, CaseIterable {
    case unknownCard, blockedCard, expiredCard, notYetValidCard, randomCard
    case noCredit, noKeg, kegEmpty, tapOutOfService
    /// The last pour ended in gas, and nobody has said that the keg is not empty.
    case kegSuspectedEmpty
    /// An earlier pour of this tap is not settled.
    case pourStillOpen
    /// The pour's id was used for a pour that has ended.
    case pourEnded
  }

  var reason: Reason
  /// What is on the card, where it is known and may be shown.
  var balance: Money?
}

/// What a pour came to.
struct Receipt: Codable, Equatable, Sendable {
  var pour: PourID
  var microlitres: Int64
  var charge: Money
  /// What is left on the card; nil for maintenance.
  var balance: Money?
}

/// Why the ledger has no answer.
struct LedgerFailure: Codable, Equatable, Sendable {
  enum Kind: String, Codable, Sendable {
    /// The record could not be made durable.
    case storage
    /// No answer from a server.
    case unreachable
    /// The request does not fit what the ledger knows; asking again will not help.
    case rejected
  }

  var kind: Kind
  /// What happened, for the log.
  var message: String
}

/// Why a pour ended.
enum PourEnd: String, Codable, Sendable, CaseIterable {
  case cardRemoved, limitReached, kegReserveReached, noFlow, maximumTimeReached, cancelled
  case tapOutOfService, readerFault, valveFault, meterFault
  /// What flowed last was gas.
  case kegSuspectedEmpty
  /// The card was blocked.
  case cardBlocked
  /// Settled at its last mark, because the daemon ended in the middle of it.
  case powerCut
}

/// What a card is for.
enum CardKind: String, Codable, Sendable, CaseIterable {
  case guest
  /// Opens any tap without charging.
  case maintenance
}
