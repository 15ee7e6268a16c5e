import DaemonKit

extension BooksReading {
  /// The invoices in hand, newest first.
  /// - Parameter token: whose; nil for everybody's.
  func invoices(of token: Token? = nil) -> [InvoiceView] {
    var wanted: Int?
    if let token {
      switch state.users.find(token) {
      case .exact(let number), .possible(let number): wanted = number
      case .ambiguous, nil: return []
      }
    }
    return state.invoices.reversed().lazy.filter { wanted == nil || $0.user == wanted }.map(view)
  }

  func invoice(_ number: Int) -> InvoiceView? { state.invoice(number).map(view) }

  /// What stands on an invoice, oldest first.
  func items(ofInvoice number: Int) -> [InvoiceItemView] {
    guard let invoice = state.invoice(number) else { return [] }
    return state.items(of: invoice).map {
      InvoiceItemView(usage: $0.number, time: $0.time, drink: $0.drink)
    }
  }

  /// The batches in hand, newest first.
  func batches() -> [BatchView] {
    let invoices = Dictionary(grouping: state.invoices.lazy.filter { $0.batch != nil }) { $0.batch ?? 0 }
    return state.batches.reversed().map { view($0, invoices[$0.number] ?? []) }
  }

  /// A batch and its invoices, by their numbers.
  func batch(_ number: Int) -> (batch: BatchView, invoices: [InvoiceView])? {
    guard let batch = state.batch(number) else { return nil }
    let invoices = state.invoices.filter { $0.batch == number }
    return (view(batch, invoices), invoices.map(view))
  }

  private func view(_ invoice: BooksState.Invoice) -> InvoiceView {
    // Every invoice has a user.
    let user = state.users.list[invoice.user - 1]
    let person = people.shown(invoice.user, user)
    return InvoiceView(
      number: invoice.number, token: user.token, userName: person.userName, name: person.name,
      emailAddress: person.emailAddress, from: invoice.from, until: invoice.until, items: invoice.items,
      price: invoice.price, total: invoice.total, currency: invoice.currency,
      currencyDecimals: invoice.decimals, paid: invoice.paid, created: invoice.created, batch: invoice.batch)
  }

  private func view(_ batch: BooksState.Batch, _ invoices: [BooksState.Invoice]) -> BatchView {
    BatchView(
      number: batch.number, created: batch.created,
      from: invoices.lazy.map(\.from).min() ?? batch.until, until: batch.until,
      users: Set(invoices.lazy.map(\.user)).count, items: invoices.reduce(0) { $0 + $1.items },
      total: invoices.reduce(0) { $0 + $1.total },
      currency: invoices.first?.currency ?? state.settings.currency,
      currencyDecimals: invoices.first?.decimals ?? state.settings.currencyDecimals)
  }
}
