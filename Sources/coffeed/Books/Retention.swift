import DaemonKit

/// What a retention takes out of the books in hand.
struct RetentionDue: Equatable, Sendable {
  var before: WallTime
  /// Paid invoices all of whose usages are older.
  var invoices: Set<Int>

  /// Cancelled usages go by their own age, the others with their invoice; those on none stay until they are on
  /// one.
  func includes(_ usage: Usage) -> Bool {
    if usage.isCancelled { return usage.time < before }
    return usage.invoice.map(invoices.contains) ?? false
  }
}

extension BooksState {
  func dueForRetention(before: WallTime) -> RetentionDue {
    var due = Set(invoices.lazy.filter { $0.paid && $0.until < before }.map(\.number))
    if !due.isEmpty {
      usages.forEachFromNewest { usage in
        if usage.time >= before, let invoice = usage.invoice { due.remove(invoice) }
        return true
      }
    }
    return RetentionDue(before: before, invoices: due)
  }

  /// What a retention with that bound will come to.
  func retentionReport(before: WallTime) -> RetentionReport {
    let due = dueForRetention(before: before)
    var count = 0
    var months = Set(invoices.lazy.filter { due.invoices.contains($0.number) }.map(\.month))
    var month: String?
    var first = 0
    usages.forEachFromNewest { usage in
      guard due.includes(usage) else { return true }
      count += 1
      // Usages of one month are neighbours.
      if month == nil || usage.number < first {
        let start = self.months.start(ofUsage: usage.number)
        (month, first) = (start?.month, start?.usage ?? 0)
        if let month { months.insert(month) }
      }
      return true
    }
    return RetentionReport(
      before: before, usages: count, invoices: due.invoices.count, months: months.sorted())
  }
}
