import DaemonKit

extension ImportPlan {
  mutating func addInvoices(at time: WallTime) {
    let price = invoicePrice
    report.invoicePrice = price
    report.currency = state.settings.currency
    report.currencyDecimals = state.settings.currencyDecimals
    var invoiced: Set<Int> = []
    addBatches(at: time)
    for invoice in books.invoices {
      if let number = source.invoices[invoice.id] {
        updatePayment(of: invoice, number)
        report.invoices.known += 1
        report.invoiceItems.known += books.items[invoice.id]?.count ?? 0
        continue
      }
      guard let place = invoice.user, let user = userNumbers[place] else {
        let problem =
          invoice.user == nil ? "its token belongs to no user there" : "its user could not be taken"
        report.refused.add("invoices", "\(invoice.id)", problem)
        if invoice.paid { report.paidInvoices.refused += 1 }
        for usage in books.items[invoice.id] ?? [] {
          report.refused.add("invoice_items", "\(usage)", "its invoice could not be taken")
        }
        continue
      }
      let items = items(of: invoice, user: user, &invoiced)
      let number = state.newestInvoice + done.invoices.count + 1
      let until = invoice.until ?? invoice.created ?? time
      events.append(
        .invoiceCreated(
          BooksEvent.InvoiceCreated(
            invoice: number, user: user, from: min(invoice.from ?? until, until), until: until, price: price,
            currency: state.settings.currency, decimals: state.settings.currencyDecimals,
            items: NumberText.writeSteps(items.map { Int64($0) }),
            batch: invoice.batch.flatMap { done.batches[$0] ?? source.batches[$0] },
            created: invoice.created ?? until, paid: invoice.paid)))
      done.invoices.append((invoice.id, number))
      if invoice.paid {
        done.paidInvoices += 1
        report.paidInvoices.taken += 1
      }
      if let total = invoice.totalItems, total != items.count {
        report.notes.add("invoices", "\(invoice.id)", "its number of items is not what stands on it")
      }
    }
    let invoices = Set(books.invoices.map(\.id))
    for (invoice, usages) in books.items where !invoices.contains(invoice) {
      for usage in usages { report.refused.add("invoice_items", "\(usage)", "its invoice is not there") }
    }
    report.invoices.taken = done.invoices.count
    report.invoices.refused = report.refused.count(in: "invoices")
    report.invoiceItems.taken = invoiced.count
    report.invoiceItems.refused = report.refused.count(in: "invoice_items")
  }

  /// Takes over whether an invoice that is known here was paid there since, or is no longer.
  private mutating func updatePayment(of invoice: PredecessorBooks.Invoice, _ number: Int) {
    let wasPaid = source.paidInvoices.contains(number)
    // What is in the archive was paid here.
    let isPaidHere = state.invoice(number)?.paid ?? true
    let isInHand = state.invoice(number) != nil
    let change = ImportedChange(from: wasPaid, here: isPaidHere, there: invoice.paid)
    switch change {
    case .onlyThere where isInHand:
      events.append(.invoicePaid(BooksEvent.InvoicePaid(invoice: number, paid: invoice.paid)))
      done.payments.append(number)
      done.paidInvoices += invoice.paid ? 1 : -1
      report.changed.add("invoices", "\(invoice.id)", invoice.paid ? "now paid" : "no longer paid")
    case .alike: done.payments.append(number)
    case .onlyThere, .onBothSides:
      report.kept.add("invoices", "\(invoice.id)", "no longer paid there, in the archive here")
    case .none: break
    }
    guard invoice.paid else { return }
    switch change {
    case .onlyThere: report.paidInvoices.taken += 1
    case .none where !isPaidHere:
      report.paidInvoices.refused += 1
      report.kept.add("invoices", "\(invoice.id)", "paid there, set to unpaid here")
    case .none, .alike, .onBothSides: report.paidInvoices.known += 1
    }
  }

  /// The price there, or the one here.
  private var invoicePrice: Int64 {
    guard state.settings.currencyDecimals == 2 else { return state.settings.pricePerCoffee }
    return books.settings.pricePerCoffee ?? state.settings.pricePerCoffee
  }

  /// The predecessor stored empty batches too; those are not worth a number.
  private mutating func addBatches(at time: WallTime) {
    let used = Set(books.invoices.filter { source.invoices[$0.id] == nil }.compactMap(\.batch))
    for batch in books.batches {
      if source.batches[batch.id] != nil {
        report.batches.known += 1
      } else if used.contains(batch.id) {
        let number = state.newestBatch + done.batches.count + 1
        let until = batch.until ?? batch.created ?? time
        events.append(
          .batchCreated(
            BooksEvent.BatchCreated(batch: number, until: until, created: batch.created ?? until)))
        done.batches[batch.id] = number
        report.batches.taken += 1
      } else {
        report.refused.add("batch_invoices", "\(batch.id)", "there is no invoice in it")
      }
    }
    report.batches.refused = report.refused.count(in: "batch_invoices")
  }

  /// The new numbers of what stands on an invoice, rising.
  private mutating func items(
    of invoice: PredecessorBooks.Invoice, user: Int, _ invoiced: inout Set<Int>
  ) -> [Int] {
    var items: [Int] = []
    for id in books.items[invoice.id] ?? [] {
      let problem: String
      if let number = source.usages[id] {
        if let refusal = refusal(ofUsage: number, user: user) {
          problem = refusal
        } else if !invoiced.insert(number).inserted {
          problem = "its usage stands on another invoice there"
        } else {
          items.append(number)
          continue
        }
      } else {
        problem = "its usage is not there or could not be taken"
      }
      report.refused.add("invoice_items", "\(id)", problem)
    }
    return items.sorted()
  }

  /// Why a usage cannot be put on an invoice of a user; nil when it can.
  private func refusal(ofUsage number: Int, user: Int) -> String? {
    let new = number - state.usages.newestNumber - 1
    if newUsages.indices.contains(new) {
      return Int(newUsages[new]) == user ? nil : "its usage is another user's"
    }
    guard let usage = state.usages.usage(number) else { return "its usage is in the archive here" }
    if usage.user != user { return "its usage is another user's" }
    if usage.isCancelled { return "its usage was taken back here" }
    return usage.invoice.map { "its usage stands on invoice \($0) here" }
  }
}
