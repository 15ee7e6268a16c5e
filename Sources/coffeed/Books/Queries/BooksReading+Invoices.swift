import DaemonKit

extension BooksReading {
  /// The invoices in hand, newest first; imported ones by when they were made there. Made as they are looked at: there
  /// may be thousands.
  func invoices() -> some RandomAccessCollection<InvoiceView> {
    state.invoices.sorted { ($1.created, $1.number) < ($0.created, $0.number) }.lazy.map(view)
  }

  func invoice(_ number: Int) -> InvoiceView? { state.invoice(number).map(view) }

  /// What stands on an invoice, oldest first.
  func items(ofInvoice number: Int) -> [InvoiceItemView] {
    guard let invoice = state.invoice(number) else { return [] }
    return state.items(of: invoice).sorted { ($0.time, $0.number) < ($1.time, $1.number) }.map {
      InvoiceItemView(
        usage: $0.number, time: $0.time, drink: $0.drink, drinkText: state.usages.drinkText(of: $0))
    }
  }

  /// The batches in hand, newest first.
  func batches() -> [BatchView] {
    state.batches.sorted { ($1.created, $1.number) < ($0.created, $0.number) }.map(view)
  }

  /// A batch and those of its invoices that are in hand, by their numbers.
  func batch(_ number: Int) -> (batch: BatchView, invoices: [InvoiceView])? {
    guard let batch = state.batch(number) else { return nil }
    return (view(batch), state.invoices.filter { $0.batch == number }.map(view))
  }

  private func view(_ invoice: BooksState.Invoice) -> InvoiceView {
    // Every invoice has a user.
    let user = state.users.list[invoice.user - 1]
    let person = people.shown(invoice.user, user, onInvoiceAt: invoice.revision)
    return InvoiceView(
      number: invoice.number, token: user.token, userName: person.userName, name: person.name,
      emailAddress: person.emailAddress, from: invoice.from, until: invoice.until, items: invoice.items,
      price: invoice.price, total: invoice.total, currency: invoice.currency,
      currencyDecimals: invoice.decimals, paid: invoice.paid, created: invoice.created, batch: invoice.batch)
  }

  private func view(_ batch: BooksState.Batch) -> BatchView {
    BatchView(
      number: batch.number, created: batch.created, from: batch.from ?? batch.until, until: batch.until,
      users: batch.invoices, items: batch.items, total: batch.total, currency: batch.currency,
      currencyDecimals: batch.decimals)
  }
}
