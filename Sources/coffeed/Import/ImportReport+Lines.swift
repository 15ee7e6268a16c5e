import DaemonKit

extension ImportReport {
  /// For people, a line each.
  var lines: [String] {
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
        options.price == nil
          ? "The database kept no prices: its invoices have the price of today, \(price) a coffee."
          : "The invoices have the price \(price) a coffee.")
    }
    if !invoiceNumbers.isEmpty {
      lines += ["Invoices there, and their numbers here:"] + invoiceNumbers.map(line)
    }
    if !changed.list.isEmpty { lines += ["Changed there, and taken over:"] + changed.list.map(line) }
    if !kept.list.isEmpty {
      lines += ["Changed here too, and left as it is here; to be looked at:"] + kept.list.map(line)
    }
    if !refused.list.isEmpty { lines += ["Not taken:"] + refused.list.map(line) }
    if !notes.list.isEmpty { lines += ["Taken, but:"] + notes.list.map(line) }
    lines += collisionLines + openLines
    lines += sums.map { sum in
      "\(sum.name): \(sum.before) before, \(sum.taken) taken, \(sum.after) after"
        + (sum.agrees ? "" : ": THIS DOES NOT ADD UP")
    }
    for user in usagesByUser where !user.agrees {
      lines.append(
        "coffees of \(user.token): \(user.found) there, but \(user.taken) taken: THIS DOES NOT ADD UP")
    }
    if !differences.list.isEmpty {
      lines += ["The database does not agree with itself, or with what was taken before:"]
      lines += differences.list.map(line)
    }
    return lines + conclusion
  }

  private var price: String { "\(decimalText(invoicePrice, decimals: currencyDecimals)) \(currency)" }

  private func line(_ name: String, _ count: Count) -> String {
    "\(name): \(count.found) there, \(count.taken) taken, \(count.known) taken before, \(count.refused) refused"
  }

  private func line(_ finding: ImportFindings.Finding) -> String {
    let more = finding.count > finding.rows.count ? " and more" : ""
    return "  \(finding.table) \(finding.rows.joined(separator: ", "))\(more) (\(finding.count)): "
      + finding.problem
  }

  private func line(_ run: NumberRun) -> String {
    run.count == 1
      ? "  \(run.there) is \(run.here)"
      : "  \(run.there) to \(run.there + Int64(run.count) - 1) are \(run.here) to \(run.here + run.count - 1)"
  }

  private var collisionLines: [String] {
    guard !collisions.isEmpty else { return [] }
    return ["Cards with long numbers, of which the database kept a part: another card may be taken for one."]
      + collisions.map { collision in
        "  \(collision.token)"
          + (collision.cards.isEmpty
            ? "" : " may be " + collision.cards.map(\.text).joined(separator: " or "))
      }
  }

  private var openLines: [String] {
    guard !openForLong.isEmpty else { return [] }
    return ["Older than a year, and on no invoice:"]
      + openForLong.map {
        "  \($0.name) (\($0.token)): \($0.count) coffees since \(CivilDate(utc: $0.since))"
      }
  }

  /// Whether it can be relied on, and what to do where it cannot.
  private var conclusion: [String] {
    guard agrees else {
      return [
        "The sums do not agree: nothing was stored. Import a sound copy of the database; if this one is sound, report "
          + "this."
      ]
    }
    if lacksPrice {
      return [
        "There are invoices, and no price there or here: nothing was stored, for they would be over 0. Give the price "
          + "with --price, such as --price 0.50, or --price 0 where coffee is free."
      ]
    }
    if isCopy {
      return [
        "Nothing was stored: \(copies) of \(usages.found) coffees are in the books already, from another copy of this "
          + "database, and would be charged twice. Import that copy again; what is new in this one must be put into it."
      ]
    }
    guard isSound else {
      return [
        "Nothing was stored. Where the database was restored from a backup since the last import, or two copies of it "
          + "were used, its numbers mean other coffees now: look at the rows that are named. Correct them there, or "
          + "take them as they are with --accept-differences: rows whose numbers were given a second time are new ones "
          + "then, and what was taken before stays."
      ]
    }
    let verb = options.isDryRun ? "could" : "were"
    var parts: [String] = []
    for (name, count) in [
      ("users", users), ("coffees", usages), ("invoices", invoices), ("invoice items", invoiceItems),
    ] where count.refused > 0 {
      parts.append("\(count.refused) of \(count.found) \(name)")
    }
    let rest =
      isComplete
      ? "All sums agree."
      : "The sums agree, BUT NOT EVERYTHING WAS TAKEN: \(parts.joined(separator: ", ")) \(verb) not"
        + "\(options.isDryRun ? " be taken" : ""). The reasons are above; correct these rows there and import again."
    return [options.isDryRun ? "\(rest) This was tried only: nothing was stored." : rest]
  }
}
