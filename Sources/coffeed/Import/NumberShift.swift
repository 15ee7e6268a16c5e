/// Moves the numbers of an import's usages on: between its transactions the lock gives numbers too.
struct NumberShift: Sendable {
  /// From which planned number on, by rising number, how far.
  private var shifts: [(from: Int, by: Int)] = []

  /// What is recorded in one transaction, with the numbers that its usages get. The shift knows them afterwards.
  /// - Parameter newest: the newest number that was given.
  func moved(_ step: [BooksEntry], newest: Int) -> (entries: [BooksEntry], shift: NumberShift) {
    var shift = self
    var entries: [BooksEntry] = []
    for entry in step { entries.append(shift.moved(entry, newest: newest)) }
    return (entries, shift)
  }

  /// There is one entry with usages in a step at most.
  private mutating func moved(_ entry: BooksEntry, newest: Int) -> BooksEntry {
    switch entry.event {
    case .usagesImported(var imported):
      shifts.append((imported.usage, newest + 1 - imported.usage))
      imported.usage = newest + 1
      return BooksEntry(.usagesImported(imported))
    case .invoiceCreated(var invoice):
      invoice.items = moved(invoice.items)
      return BooksEntry(.invoiceCreated(invoice))
    case .invoiceItemsImported(var imported):
      imported.items = moved(imported.items)
      return BooksEntry(.invoiceItemsImported(imported))
    default: return entry
    }
  }

  private func moved(_ items: String) -> String {
    guard shifts.contains(where: { $0.by != 0 }), let numbers = try? NumberText.numbersFromSteps(items) else {
      return items
    }
    return NumberText.writeSteps(
      numbers.map { number in number + Int64(shifts.last { $0.from <= Int(number) }?.by ?? 0) })
  }
}
