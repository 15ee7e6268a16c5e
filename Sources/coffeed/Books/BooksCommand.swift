import DaemonKit

/// What is personal about a user. It is kept beside the books (`people.json`), never in them: the books are
/// never edited, and a person can be erased.
struct Person: Codable, Equatable, Sendable {
  var userName: String
  var name: String
  var emailAddress: String?
  var phoneNumber: String?
  /// What the leaderboard calls this user; nil for `name`.
  var nickname: String?
}

/// What a change of a user changes; nil leaves a field as it is.
struct UserChange: Codable, Equatable, Sendable {
  var userName: String?
  var name: String?
  /// Empty takes it away, as with the phone number and the nickname.
  var emailAddress: String?
  var phoneNumber: String?
  var nickname: String?
  var barred: Bool?
  var active: Bool?
  /// Whether the leaderboard leaves this user out.
  var hidden: Bool?
}

/// What a change of the settings changes; nil leaves a setting as it is.
struct SettingsChange: Codable, Equatable, Sendable {
  /// In minor units of the currency.
  var pricePerCoffee: Int64?
  var currency: String?
  var currencyDecimals: Int?
  /// Templates; empty goes back to the default text.
  var invoiceSubject: String?
  var invoiceBody: String?
  var activationSeconds: Int?
  var coldActivationSeconds: Int?
  var coldAfterMinutes: Int?
  var lockOutSeconds: Int?
  var chargesDrinks: Bool?
  /// Empty: no master token.
  var masterToken: String?
  /// `en`, `de` or `fr`.
  var language: String?
  var retentionYears: Int?
}

/// What an administrator can do to the books. Travels as JSON between command line, pages and daemon.
enum BooksCommand: Codable, Equatable, Sendable {
  /// Adds a user. With a user name and a name given and not empty the user is active and not barred unless
  /// the change says otherwise; else pending (inactive, barred, `pending_TOKEN`, `Pending`).
  case addUser(Token, UserChange)
  /// The same for a user that exists, by any form of the token.
  case changeUser(Token, UserChange)
  /// Adds the user or changes the one that has the token.
  case saveUser(Token, UserChange)
  /// Erases what is personal and bars the token; the books stay whole.
  case eraseUser(Token)
  case setScanMode(Bool)
  case changeSettings(SettingsChange)
  /// All that the user has not been invoiced for, up to and including an instant of the wall clock.
  case createInvoice(Token, until: WallTime?)
  /// An invoice for everybody who has something on it.
  case createBatch(until: WallTime?)
  case setInvoicePaid(Int, Bool)
  /// Takes a usage of the last five minutes back, by a counter-entry.
  case undo(usage: Int)
  /// Takes usages and settled invoices older than the retention period out of the books in hand; they stay in
  /// the archive.
  case applyRetention
}

extension BooksCommand {
  var makesInvoices: Bool {
    switch self {
    case .createInvoice, .createBatch: true
    default: false
    }
  }
}

/// What a command came to.
enum BooksOutcome: Codable, Equatable, Sendable {
  case user(Token)
  case invoice(Int)
  case batch(Int)
  case retention(RetentionReport)
  case done
}

/// What the retention took out of the books in hand.
struct RetentionReport: Codable, Equatable, Sendable {
  var before: WallTime
  var usages: Int
  var invoices: Int
  /// The archive's months in which they stand, such as `2021-03`.
  var months: [String]
}

/// Why a command was not carried out.
struct BooksError: Error, Equatable, Codable, Sendable, CustomStringConvertible {
  enum Kind: String, Codable, Sendable {
    /// No such user, usage or invoice.
    case unknown
    /// The token has a user already.
    case exists
    /// A text, number or time is outside its range.
    case invalid
    /// There is nothing to put on an invoice.
    case nothing
    /// It is too late, or the usage is on an invoice.
    case tooLate
    /// The command's id was used for a different command.
    case idReused
    /// An import has stopped halfway and is to be done again first.
    case importUnfinished
  }

  var kind: Kind
  /// What it is about, as its user names it: `user a1b2c3d4`.
  var place: String
  /// What is wrong and what to do, as the rest of a sentence that starts with `place`.
  var problem: String
  /// The same without words, for readers of another language than English; nil where none of them is told.
  var reason: Reason? = nil

  var description: String { "\(place) \(problem)" }

  /// What a person types in. The raw value is its `place`.
  enum Field: String, Codable, Sendable, CaseIterable {
    case userName = "user name"
    case name
    case emailAddress = "e-mail address"
    case phoneNumber = "phone number"
    case nickname
    case price = "price per coffee"
    case currency
    case activation
    case coldActivation = "cold activation"
    case coldAfter = "cold after"
    case lockOut = "lock-out"
    case retention
    case invoiceSubject = "invoice subject"
    case invoiceBody = "invoice body"
  }

  enum Reason: Equatable, Codable, Sendable {
    case unknownUser
    /// The token is cut short and may mean these cards.
    case severalUsers([String])
    /// No card has such a number.
    case noCard
    case randomToken
    case knownToken
    /// The user is there under another form of the same card.
    case knownTokenAs(String)
    case badText(Field, characters: Int)
    case outOfRange(Field, Int64, from: Int64, through: Int64)
    case noCurrency
    case noLanguage
    case noMasterToken
    case usageNotInHand
    case usageUndone
    case usageOnInvoice(Int)
    case undoTooLate
    case invoiceNotInHand
    case nothingToInvoice
    case futureEnd
  }
}
