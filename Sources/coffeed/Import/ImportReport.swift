import DaemonKit

/// What an import took, what it could not take and why, and whether the sums agree.
struct ImportReport: Codable, Equatable, Sendable {
  /// Names the database; the same one is known again by it.
  var source: String
  var users = Count()
  var usages = Count()
  var invoices = Count()
  var invoiceItems = Count()
  /// Of the invoices, those that are paid there.
  var paidInvoices = Count()
  var batches = Count()
  var settings = Count()
  /// The settings that were taken over: only those that nobody has changed here.
  var settingsTaken: [String] = []
  /// What was changed in rows that were known here already, and was taken over.
  var changed = ImportFindings()
  /// What stands otherwise here because it was changed here too, and was left so. Reported until it stands alike.
  var kept = ImportFindings()
  /// What there cannot be as it says, or is no more what was taken before. Nothing is stored unless it is accepted.
  var differences = ImportFindings()
  /// Coffees that are in the books already, from another copy of the database.
  var copies = 0
  /// Rows that were not taken.
  var refused = ImportFindings()
  /// Values that were read in another way than they stand there.
  var notes = ImportFindings()
  var collisions: [Collision] = []
  /// The predecessor kept no prices: its invoices get this one, in minor units.
  var invoicePrice: Int64 = 0
  var currency = ""
  var currencyDecimals = 2
  /// There are coffees on invoices to be taken, and nobody has said what they cost.
  var lacksPrice = false
  /// The old and the new numbers of the invoices, in runs of neighbours.
  var invoiceNumbers: [NumberRun] = []
  /// Who has coffees on no invoice that are older than a year.
  var openForLong: [OpenCoffees] = []
  /// The users whose usages are counted here and there, those with any.
  var usagesByUser: [UserSum] = []
  var sums: [Sum] = []
  var options = ImportOptions()

  /// Whether everything that stands there is accounted for, and the books grow by what is taken.
  var agrees: Bool {
    usagesByUser.allSatisfy(\.agrees) && sums.allSatisfy(\.agrees)
      && [users, usages, invoices, invoiceItems, paidInvoices, batches, settings].allSatisfy(\.agrees)
  }

  /// Whether nothing speaks against storing it.
  var isSound: Bool {
    agrees && !lacksPrice && !isCopy && (differences.list.isEmpty || options.acceptsDifferences)
  }

  /// Whether most of it is in the books already: its invoices would be made a second time.
  var isCopy: Bool { copies > usages.found / 2 }

  /// Whether what was taken is in the books.
  var isStored: Bool { isSound && !options.isDryRun }

  /// Whether no user, coffee or invoice was left out.
  var isComplete: Bool { [users, usages, invoices, invoiceItems].allSatisfy { $0.refused == 0 } }

  /// Rows of one table.
  struct Count: Codable, Equatable, Sendable {
    /// As the database counts them.
    var found = 0
    /// Taken by this import.
    var taken = 0
    /// Taken by an earlier one; of users, those whose token was known; of paid invoices and settings, those that
    /// stood alike here.
    var known = 0
    var refused = 0

    var agrees: Bool { found == taken + known + refused }
  }

  /// One user's usages.
  struct UserSum: Codable, Equatable, Sendable {
    /// The token as it stands there.
    var token: String
    var found = 0
    var taken = 0
    var known = 0
    var refused = 0

    var agrees: Bool { found == taken + known + refused }
  }

  /// A sum in the books.
  struct Sum: Codable, Equatable, Sendable {
    var name: String
    var before: Int
    var taken: Int
    var after: Int

    var agrees: Bool { before + taken == after }
  }

  /// A 10-digit token of which only three bytes are the card's.
  struct Collision: Codable, Equatable, Sendable {
    var token: Token
    /// The cards in the books that it may be. None: no other is known so far.
    var cards: [Token]
  }

  /// Numbers that count up together there and here.
  struct NumberRun: Codable, Equatable, Sendable {
    var there: Int64
    var here: Int
    var count: Int
  }

  /// What somebody has on no invoice.
  struct OpenCoffees: Codable, Equatable, Sendable {
    var token: Token
    var name: String
    var count: Int
    var since: WallTime
  }
}
