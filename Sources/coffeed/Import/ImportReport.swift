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
  /// Rows that were not taken.
  var refused = ImportFindings()
  /// Values that were read in another way than they stand there.
  var notes = ImportFindings()
  var collisions: [Collision] = []
  /// The predecessor kept no prices: its invoices get this one, in minor units.
  var invoicePrice: Int64 = 0
  var currency = ""
  var currencyDecimals = 2
  /// The users whose usages are counted here and there, those with any.
  var usagesByUser: [UserSum] = []
  var sums: [Sum] = []

  /// Whether everything that stands there is accounted for, and the books grew by what was taken.
  var agrees: Bool {
    usagesByUser.allSatisfy(\.agrees) && sums.allSatisfy(\.agrees)
      && [users, usages, invoices, invoiceItems, paidInvoices, batches, settings].allSatisfy(\.agrees)
  }

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

  /// For people, a line each.
  var lines: [String] {
    func line(_ name: String, _ count: Count) -> String {
      "\(name): \(count.found) there, \(count.taken) taken, \(count.known) taken before, \(count.refused) refused"
    }
    func line(_ finding: ImportFindings.Finding) -> String {
      let more = finding.count > finding.rows.count ? " and more" : ""
      return "  \(finding.table) \(finding.rows.joined(separator: ", "))\(more) (\(finding.count)): "
        + finding.problem
    }
    var lines = [
      line("users", users), line("coffees", usages), line("invoices", invoices),
      line("invoices paid", paidInvoices), line("invoice items", invoiceItems), line("batches", batches),
      line("settings", settings),
    ]
    if !settingsTaken.isEmpty {
      lines.append("settings taken over: \(settingsTaken.joined(separator: ", "))")
    }
    if invoices.taken > 0 {
      lines.append(
        "The database kept no prices: its invoices have the price of today, "
          + "\(decimalText(invoicePrice, decimals: currencyDecimals)) \(currency) a coffee.")
    }
    if !changed.list.isEmpty { lines += ["Changed there, and taken over:"] + changed.list.map(line) }
    if !kept.list.isEmpty {
      lines += ["Changed here too, and left as it is here; to be looked at:"] + kept.list.map(line)
    }
    if !refused.list.isEmpty { lines += ["Not taken:"] + refused.list.map(line) }
    if !notes.list.isEmpty { lines += ["Taken, but:"] + notes.list.map(line) }
    if !collisions.isEmpty {
      lines.append(
        "Cards with long numbers, of which the database kept a part: another card may be taken for one.")
      lines += collisions.map { collision in
        "  \(collision.token)"
          + (collision.cards.isEmpty
            ? "" : " may be " + collision.cards.map(\.text).joined(separator: " or "))
      }
    }
    lines += sums.map { sum in
      "\(sum.name): \(sum.before) before, \(sum.taken) taken, \(sum.after) after"
        + (sum.agrees ? "" : ": THIS DOES NOT ADD UP")
    }
    for user in usagesByUser where !user.agrees {
      lines.append(
        "coffees of \(user.token): \(user.found) there, but \(user.taken) taken: THIS DOES NOT ADD UP")
    }
    lines.append(
      agrees ? "All sums agree." : "The sums do not agree: nothing should be relied on; report this.")
    return lines
  }
}
