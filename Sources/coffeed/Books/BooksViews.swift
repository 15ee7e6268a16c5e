import DaemonKit

// What pages, command line and exports are shown of the books: plain values, made by queries.

struct UserView: Codable, Equatable, Sendable {
  var token: Token
  var person: Person
  var active: Bool
  var barred: Bool
  /// Enrolled by scan mode, say, and nobody has said who it is.
  var isPending: Bool
  var hidden: Bool
  var isErased: Bool
  var created: WallTime
  /// The newest usage.
  var lastSeen: WallTime?
  var usages: Int
  var uninvoiced: Int
}

struct UsageView: Codable, Equatable, Sendable {
  var number: Int
  var time: WallTime
  var token: Token
  var userName: String
  var name: String
  var emailAddress: String?
  var drink: Drink
  /// What an imported drink is called that is none of ``Drink``; `drink` is unknown then.
  var drinkText: String?
  /// The invoice it stands on.
  var invoice: Int?
  var isCancelled: Bool

  /// For tables.
  var drinkName: String { drinkText ?? drink.rawValue }
}

/// Which usages; nil and empty do not restrict. Texts match any part, without regard to case
/// and marks (``SearchText``).
struct UsageFilter: Codable, Equatable, Hashable, Sendable {
  var token: String?
  var userName: String?
  var name: String?
  var emailAddress: String?
  var from: WallTime?
  /// Up to and without.
  var until: WallTime?
  /// On any day, only from this second of the local day (`LocalCalendar`) on.
  var fromSecondOfDay: Int?
  /// On any day, only up to and including this second of the local day.
  var untilSecondOfDay: Int?
  /// Nothing at all: a filter that could not be read.
  var isNothing = false
}

/// One page of usages, newest first.
struct UsagePage: Codable, Equatable, Sendable {
  var rows: [UsageView]
  /// From 1.
  var page: Int
  var pages: Int
  var total: Int
}

struct LeaderboardRow: Codable, Equatable, Sendable {
  var rank: Int
  var name: String
  var count: Int
}

struct InvoiceView: Codable, Equatable, Sendable {
  var number: Int
  var token: Token
  var userName: String
  var name: String
  var emailAddress: String?
  var from: WallTime
  var until: WallTime
  var items: Int
  /// The price of a coffee when it was made, in minor units, and what that comes to.
  var price: Int64
  var total: Int64
  var currency: String
  var currencyDecimals: Int
  var paid: Bool
  var created: WallTime
  var batch: Int?
}

struct InvoiceItemView: Codable, Equatable, Sendable {
  var usage: Int
  var time: WallTime
  var drink: Drink
  /// As in ``UsageView``.
  var drinkText: String?

  var drinkName: String { drinkText ?? drink.rawValue }
}

struct BatchView: Codable, Equatable, Sendable {
  var number: Int
  var created: WallTime
  var from: WallTime
  var until: WallTime
  var users: Int
  var items: Int
  var total: Int64
  var currency: String
  var currencyDecimals: Int
}

/// How many coffees in each local day or month, and in each hour.
struct UsageHistogram: Codable, Equatable, Sendable {
  /// Days as `2026-11-25`, or months as `2026-11`, oldest first; those without coffees are in it.
  var days: [Bucket]
  /// 24 hours of the day, over the same time.
  var hours: [Bucket]

  struct Bucket: Codable, Equatable, Sendable {
    var label: String
    var count: Int
  }
}

/// The settings as they stand.
struct SettingsView: Codable, Equatable, Sendable {
  var pricePerCoffee: Int64
  var currency: String
  var currencyDecimals: Int
  var invoiceSubject: String
  var invoiceBody: String
  var activationSeconds: Int
  var coldActivationSeconds: Int
  var coldAfterMinutes: Int
  var lockOutSeconds: Int
  var chargesDrinks: Bool
  var masterToken: Token?
  var language: String
  var retentionYears: Int
  var isScanMode: Bool
  /// An import has stopped halfway; until it is done again, no invoice is made.
  var isImportUnfinished = false

  /// What to say where it is 0.
  static let missingPrice =
    "is 0, so invoices come to 0 and stay so: `coffeed settings set --price 0.50` sets what a coffee costs"
}
