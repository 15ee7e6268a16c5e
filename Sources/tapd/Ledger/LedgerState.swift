import DaemonKit
import FlowControl
import RC522

/// What follows from all entries so far. Its size depends on how many cards and taps there are, never on how
/// long the ledger has been kept.
struct LedgerState: Codable, Equatable, Sendable {
  static let formatVersion = 1
  /// How many ended pours are remembered: enough to repeat a settlement, and for a list.
  static let rememberedPours = 500
  /// How many commands are remembered, so that repeating one has no second effect.
  static let rememberedCommands = 500
  /// How many released pours are remembered.
  static let rememberedReleases = 50

  /// What amounts mean and which taps there are; nil until a daemon or a command has said so.
  var basis: LedgerBasis?
  var cards: [UID: Card] = [:]
  var taps: [TapID: Tap] = [:]
  /// Pours that are authorised and not settled.
  var openPours: [PourID: OpenPour] = [:]
  /// The last pours that were released, oldest first: their ids cannot be used again.
  var recentReleases: [PourID] = []
  /// The last pours that were settled, oldest first.
  var recentPours: [EndedPour] = []
  /// The last commands that were carried out, oldest first.
  var recentCommands: [DoneCommand] = []
  /// How many kegs were ever mounted.
  var kegsMounted = 0

  struct Card: Codable, Equatable, Sendable {
    var kind: CardKind
    var label: String?
    var balance: Money
    var blocked = false
    var validFrom: WallTime?
    var validUntil: WallTime?
    var added: WallTime
    var pours = 0
    var pouredMicrolitres: Int64 = 0
  }

  struct Tap: Codable, Equatable, Sendable {
    var inService = true
    var keg: Keg?
    /// What flows on after the order to close, as learned.
    var afterFlow = AfterFlow()
    var totals = Totals()
    /// The last unattributed flow that was recorded, so that repeating it has no second effect.
    var lastUnattributed: CommandID?
    /// How fast it pours, as learned; nil before the first pour that was learned from.
    var usualFlow: UsualFlow?
    /// Flow without a pour since the last pour; nil is none.
    var unattributedSincePourMicrolitres: Int64?
    /// Since when it is known to leak; nil when it does not.
    var leaksSince: WallTime?
  }

  struct Keg: Codable, Equatable, Sendable {
    var number: Int
    var beverage: String
    var capacityMicrolitres: Int64
    var reserveMicrolitres: Int64
    var pricePerLitre: Money
    var mounted: WallTime
    /// All that has left it through the meter. May exceed the capacity: kegs are filled by hand.
    var pouredMicrolitres: Int64 = 0
    /// Why it is taken for empty, until somebody says that it is not.
    var doubt: KegDoubt?

    var remainingMicrolitres: Int64 { max(0, capacityMicrolitres.subtractingClamped(pouredMicrolitres)) }
    /// What may still be sold.
    var availableMicrolitres: Int64 { max(0, remainingMicrolitres.subtractingClamped(reserveMicrolitres)) }
  }

  struct KegDoubt: Codable, Equatable, Sendable {
    var since: WallTime
    /// How fast the flow was that was taken for gas.
    var microlitresPerSecond: Int64
  }

  struct Totals: Codable, Equatable, Sendable {
    var pours = 0
    var soldMicrolitres: Int64 = 0
    var charged = Money.zero
    var maintenanceMicrolitres: Int64 = 0
    var unattributedMicrolitres: Int64 = 0
  }

  struct OpenPour: Codable, Equatable, Sendable {
    var tap: TapID
    var card: UID
    var kind: CardKind
    var keg: Int?
    var pricePerLitre: Money
    var hold: Money
    var limitMicrolitres: Int64?
    var limitedBy: PourLimit?
    var authorised: WallTime
    /// The last durable mark.
    var markedMicrolitres: Int64 = 0
  }

  struct EndedPour: Codable, Equatable, Sendable {
    var pour: PourID
    var tap: TapID
    var card: UID
    var kind: CardKind
    var beverage: String?
    var keg: Int?
    var microlitres: Int64
    var pricePerLitre: Money
    var charge: Money
    /// What was left on the card.
    var balance: Money?
    var reason: PourEnd
    var authorised: WallTime
    var settled: WallTime
    /// What the meter counted of gas, and edges that came too fast to be flow; nil is none.
    var gasMicrolitres: Int64?
    var rejectedPulses: UInt64?
  }

  struct DoneCommand: Codable, Equatable, Sendable {
    var id: CommandID
    /// What it was, so that another command with the same id is noticed.
    var command: LedgerCommand
    var outcome: CommandOutcome
  }
}
