import PanelKit

/// What a user has had and not paid.
struct Debt: Codable, Equatable, Sendable {
  struct Sum: Codable, Equatable, Sendable {
    var currency: String
    var decimals: Int
    /// In the currency's smallest unit.
    var amount: Int64
  }

  /// Those on no invoice.
  var coffees: Int
  /// The unpaid ones in hand.
  var invoices: Int
  /// What these come to, by currency, in the order of the invoices.
  var sums: [Sum]

  /// Nil when nothing is open.
  init?(of user: UserView, in books: BooksReading) {
    self.init(coffees: user.uninvoiced, books.invoices().reversed().filter { $0.token == user.token })
  }

  /// - Parameter invoices: all of the user's, paid ones too.
  init?(coffees: Int, _ invoices: some Sequence<InvoiceView>) {
    let unpaid = invoices.filter { !$0.paid }
    guard coffees > 0 || !unpaid.isEmpty else { return nil }
    self.coffees = coffees
    self.invoices = unpaid.count
    sums = []
    for invoice in unpaid {
      if let index = sums.firstIndex(where: {
        $0.currency == invoice.currency && $0.decimals == invoice.currencyDecimals
      }) {
        sums[index].amount += invoice.total
      } else {
        sums.append(
          Sum(currency: invoice.currency, decimals: invoice.currencyDecimals, amount: invoice.total))
      }
    }
  }

  func total(_ format: NumberFormat) -> String {
    sums.map { format.money($0.amount, currency: $0.currency, decimals: $0.decimals) }.joined(separator: ", ")
  }
}
