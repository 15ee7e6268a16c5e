import DaemonKit
import RC522

/// What an operator can do to the ledger. Travels as JSON between the command line, the pages and the daemon.
enum LedgerCommand: Codable, Equatable, Sendable {
  case addCard(
    UID, kind: CardKind, label: String?, validFrom: WallTime?, validUntil: WallTime?, amount: Money)
  case topUp(UID, amount: Money)
  /// Pays money back: at most what is on the card and not held by a running pour.
  case refund(UID, amount: Money)
  case setBlocked(UID, blocked: Bool)
  /// Valid from `from` up to and without `until`; nil is no bound.
  case setValidity(UID, from: WallTime?, until: WallTime?)
  /// Replaces the keg that is mounted, if there is one.
  case mountKeg(
    TapID, beverage: String, microlitres: Int64, reserveMicrolitres: Int64, pricePerLitre: Money)
  case unmountKeg(TapID)
  /// Takes effect from the next pour on.
  case setKegPrice(TapID, pricePerLitre: Money)
  case setInService(TapID, inService: Bool)
  /// A keg that was taken for empty is not.
  case declareKegNotEmpty(TapID)
  /// A tap that leaked does so no more.
  case declareLeakOver(TapID)
}

extension LedgerCommand {
  /// The tap that it acts on; nil for cards.
  var tap: TapID? {
    switch self {
    case .mountKeg(let tap, beverage: _, microlitres: _, reserveMicrolitres: _, pricePerLitre: _),
      .unmountKeg(let tap), .setKegPrice(let tap, pricePerLitre: _), .setInService(let tap, inService: _),
      .declareKegNotEmpty(let tap), .declareLeakOver(let tap):
      tap
    case .addCard, .topUp, .refund, .setBlocked, .setValidity: nil
    }
  }
}

/// What a command came to.
enum CommandOutcome: Codable, Equatable, Sendable {
  /// The card and what is now on it.
  case card(UID, balance: Money)
  case keg(TapID, number: Int)
  case tap(TapID, inService: Bool)
}

/// Why a command was not carried out.
struct LedgerError: Error, Equatable, Codable, Sendable, CustomStringConvertible {
  enum Kind: String, Codable, Sendable {
    /// No such card, tap or keg.
    case unknown
    /// The card is there already.
    case exists
    /// An amount, volume or name is outside its range.
    case invalid
    /// The balance does not allow it.
    case insufficient
    /// A pour is running.
    case busy
    /// The command's id was used for a different command.
    case idReused
  }

  var kind: Kind
  /// What it is about, as its user names it: `card 04a1b2c3`.
  var place: String
  /// What is wrong and what to do, as the rest of a sentence that starts with `place`.
  var problem: String

  var description: String { "\(place) \(problem)" }
}
