import DaemonKit
import RC522

/// What follows from all entries so far, without anything personal.
struct BooksState: Codable, Equatable, Sendable {
  static let formatVersion = 6
  /// How many presentations of tokens are remembered: enough to repeat a request, and for an undo.
  static let rememberedPresentations = 200
  /// How many commands are remembered, so that repeating one has no second effect.
  static let rememberedCommands = 500
  /// How many other requests of the lock are remembered.
  static let rememberedRequests = 50

  var users = UserRegister()
  var usages = UsageLog()
  /// Those in hand, by rising number.
  var invoices: [Invoice] = []
  var newestInvoice = 0
  /// Those in hand, by rising number.
  var batches: [Batch] = []
  var newestBatch = 0
  var settings = Settings()
  var lock = LockMemory()
  /// The last presentations of tokens, oldest first.
  var recentPresentations: [Presented] = []
  /// The ids of the last requests about master token and lock-out, oldest first.
  var recentRequests: [ActivationID] = []
  /// The last commands that were carried out, oldest first.
  var recentCommands: [DoneCommand] = []
  /// In which file of the archive which entries stand, or will.
  var months = ArchiveMonths()
  /// What was imported, by source.
  var imports: [String: ImportedSource] = [:]
  /// The sources of imports that have begun and are not done: until they are, coffees that are on invoices there may be
  /// on none here.
  var unfinishedImports: Set<String> = []

  struct User: Codable, Equatable, Sendable {
    var token: Token
    var active: Bool
    var barred: Bool
    /// Nobody has said yet who it is, nor let the token in. Whoever is pending is inactive and barred, but not
    /// everybody who is inactive and barred is pending.
    var isPending: Bool
    /// Left out of the leaderboard.
    var hidden = false
    var isErased = false
    /// Stands for a user whose entries are lost: erased for everybody, but not by anybody. Nil for no.
    var isLost: Bool?
    var created: WallTime
    /// Which version of the person counts; 0 for none.
    var revision = 0
    /// The usages that were not cancelled, those that are no longer in hand as well.
    var usages = 0
    /// Those of them that stand on no invoice.
    var uninvoiced = 0
    /// The latest usage.
    var lastUsage: WallTime?
    /// The latest end of an invoice.
    var invoicedUntil: WallTime?
  }

  struct Invoice: Codable, Equatable, Sendable {
    var number: Int
    var user: Int
    /// Which version of the user's person counted when it was made: who is on it stays on it, also when the card
    /// is handed on to somebody else.
    var revision: Int
    var from: WallTime
    var until: WallTime
    var items: Int
    /// The usages on it lie within these numbers; nil when there are none.
    var firstItem: Int?
    var lastItem: Int?
    /// The price of one coffee when it was made, in minor units.
    var price: Int64
    var currency: String
    var decimals: Int
    var paid: Bool
    var created: WallTime
    var batch: Int?
    /// The archive's month in which it stands.
    var month: String

    var total: Int64 { price * Int64(items) }
  }

  /// What a batch's invoices came to. Stays as it was when some of them have left the books in hand.
  struct Batch: Codable, Equatable, Sendable {
    var number: Int
    /// The earliest of its invoices; nil while there is none.
    var from: WallTime?
    var until: WallTime
    var created: WallTime
    var invoices = 0
    var items = 0
    var total: Int64 = 0
    var currency: String
    var decimals: Int
  }

  struct Settings: Codable, Equatable, Sendable {
    var pricePerCoffee: Int64 = 0
    var currency = "CHF"
    var currencyDecimals = 2
    /// Empty for the default text, as is the body.
    var invoiceSubject = ""
    var invoiceBody = ""
    var activationSeconds = 30
    var coldActivationSeconds = 90
    var coldAfterMinutes = 180
    var lockOutSeconds = 300
    var chargesDrinks = false
    var masterToken: Token?
    var language = "en"
    var retentionYears = 5
    var isScanMode = false
  }

  /// A token that was shown, and what it came to.
  struct Presented: Codable, Equatable, Sendable {
    var id: ActivationID
    var token: Token
    var at: BootInstant
    /// nil when it was let in or enrolled.
    var refusal: TokenRefusal?
    /// Who was let in or enrolled.
    var user: Int?
    /// The usages of the activation; none when it was not let in.
    var usages: [Int] = []
    var drinks = 0
    var hasEnded = false
    /// It ended without a drink, and its usage was cancelled for that.
    var isEmpty = false
  }

  struct DoneCommand: Codable, Equatable, Sendable {
    var mark: CommandMark
    var outcome: BooksOutcome
  }

  // MARK: Looking up

  func invoice(_ number: Int) -> Invoice? { invoiceIndex(number).map { invoices[$0] } }

  func invoiceIndex(_ number: Int) -> Int? {
    var range = invoices.indices
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      if invoices[middle].number == number { return middle }
      range =
        invoices[middle].number < number
        ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  func batch(_ number: Int) -> Batch? { batches.last { $0.number == number } }

  /// The usages on an invoice, oldest first.
  func items(of invoice: Invoice) -> [Usage] {
    guard let first = invoice.firstItem, let last = invoice.lastItem, first <= last else { return [] }
    var items: [Usage] = []
    items.reserveCapacity(invoice.items)
    usages.forEach(in: first...last) { if $0.invoice == invoice.number { items.append($0) } }
    return items
  }

  /// Which version of each user's person counts, for `People.keep(_:onInvoices:)`.
  var personRevisions: [Int: Int] {
    var revisions: [Int: Int] = [:]
    for (index, user) in users.list.enumerated() where !user.isErased && user.revision > 0 {
      revisions[index + 1] = user.revision
    }
    return revisions
  }

  /// The numbers of those whom somebody erased: not of those whose entries are lost.
  var erasedUsers: Set<Int> {
    Set(
      users.list.enumerated().compactMap { index, user in
        user.isErased && user.isLost != true ? index + 1 : nil
      })
  }

  /// Which versions of the users' persons stand on the invoices in hand, for `People.keep(_:onInvoices:)`.
  var invoicedRevisions: [Int: Set<Int>] {
    var revisions: [Int: Set<Int>] = [:]
    for invoice in invoices where invoice.revision > 0 && users[invoice.user]?.isErased == false {
      revisions[invoice.user, default: []].insert(invoice.revision)
    }
    return revisions
  }

  /// What the lock goes by.
  var lockSettings: LockSettings {
    LockSettings(
      activation: .seconds(settings.activationSeconds),
      coldActivation: .seconds(settings.coldActivationSeconds),
      coldAfter: .seconds(settings.coldAfterMinutes * 60), lockOut: .seconds(settings.lockOutSeconds),
      masterToken: settings.masterToken, isScanMode: settings.isScanMode,
      chargesDrinks: settings.chargesDrinks)
  }
}
