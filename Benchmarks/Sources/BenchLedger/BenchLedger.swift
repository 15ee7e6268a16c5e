public import JSONState

/// Books like those of `tapd`: cards with balances, pours that are authorised, marked and settled, and the last
/// pours for a list. Kept here because a daemon's own state cannot be imported.
public struct BenchLedger: JournaledState {
  public static let formatVersion = 1

  public enum Entry: Codable, Sendable {
    case toppedUp(command: String, card: String, amount: Int)
    case authorised(pour: String, tap: String, card: String, keg: Int, pricePerLitre: Int, hold: Int)
    case marked(pour: String, microlitres: Int)
    case settled(Settlement)
  }

  public struct Settlement: Codable, Sendable, Equatable {
    public var pour: String
    public var card: String
    public var microlitres: Int
    public var charge: Int
    public var reason: String
    public var pulses: Int
  }

  struct Card: Codable, Equatable {
    var balance = 0
    var pours = 0
    var pouredMicrolitres = 0
  }

  struct OpenPour: Codable, Equatable {
    var card: String
    var keg: Int
    var pricePerLitre: Int
    var hold: Int
    var microlitres = 0
  }

  private var cards: [String: Card] = [:]
  private var openPours: [String: OpenPour] = [:]
  private var recentPours: [Settlement] = []

  public init() {}

  /// The sum of all balances.
  public var balance: Int { cards.values.reduce(0) { $0 + $1.balance } }
  public var cardCount: Int { cards.count }

  public mutating func apply(_ record: JournalRecord<Entry>) {
    switch record.entry {
    case .toppedUp(_, let card, let amount): cards[card, default: Card()].balance += amount
    case .authorised(let pour, _, let card, let keg, let price, let hold):
      openPours[pour] = OpenPour(card: card, keg: keg, pricePerLitre: price, hold: hold)
    case .marked(let pour, let microlitres): openPours[pour]?.microlitres = microlitres
    case .settled(let settlement):
      openPours[settlement.pour] = nil
      cards[settlement.card, default: Card()].balance -= settlement.charge
      cards[settlement.card, default: Card()].pours += 1
      cards[settlement.card, default: Card()].pouredMicrolitres += settlement.microlitres
      recentPours.append(settlement)
      if recentPours.count > 500 { recentPours.removeFirst(recentPours.count - 500) }
    }
  }
}

extension BenchLedger.Entry {
  /// The entries of an evening that never ends: five an event, 500 cards in turn.
  /// - Parameter index: from 0.
  public static func evening(_ index: Int) -> Self {
    let event = index / 5
    let card = 0x04a1_b2c3_d4e5_0000 + event * 7 % 500
    let uid = String(card, radix: 16)
    let id = String(event &* 0x9e37_79b9 & 0xffff_ffff_ffff, radix: 16)
    let volume = 200_000 + event % 317 * 1000
    switch index % 5 {
    case 0: return .toppedUp(command: id, card: uid, amount: 500 + event % 20 * 100)
    case 1:
      return .authorised(
        pour: id, tap: "blonde_01", card: uid, keg: event / 100, pricePerLitre: 650, hold: 2000)
    case 2: return .marked(pour: id, microlitres: volume / 3)
    case 3: return .marked(pour: id, microlitres: volume / 3 * 2)
    default:
      return .settled(
        BenchLedger.Settlement(
          pour: id, card: uid, microlitres: volume, charge: (volume * 650 + 500_000) / 1_000_000,
          reason: "cardRemoved", pulses: volume / 2222))
    }
  }

  /// What the entry adds to the balances.
  public var balanceChange: (card: String, amount: Int)? {
    switch self {
    case .toppedUp(_, let card, let amount): (card, amount)
    case .settled(let settlement): (settlement.card, -settlement.charge)
    case .authorised, .marked: nil
    }
  }
}
