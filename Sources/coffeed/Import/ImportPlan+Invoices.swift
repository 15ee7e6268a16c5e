import DaemonKit

extension ImportPlan {
  mutating func addInvoices(at time: WallTime) {
    let price = invoicePrice
    report.invoicePrice = price
    report.currency = state.settings.currency
    report.currencyDecimals = state.settings.currencyDecimals
    var invoiced: Set<Int> = []
    var numbers = NumberRuns()
    var (inPart, partStart, leftOut) = (0, 0, 0)
    addBatches(at: time)
    for invoice in books.invoices {
      if let total = invoice.totalItems, total != books.items[invoice.id]?.count ?? 0 {
        report.differences.add(
          "invoices", "\(invoice.id)", "it says that it has more or fewer coffees than stand on it there")
      }
      if let number = source.invoices[invoice.id] {
        if isSame(invoice, number) {
          updatePayment(of: invoice, number)
          compareItems(of: invoice, number, &invoiced)
          numbers.insert(from: invoice.id, to: number)
          report.invoices.known += 1
          continue
        }
        report.differences.add(
          "invoices", "\(invoice.id)", "its number was another invoice's when it was taken")
        if !options.acceptsDifferences {
          leftOut += 1
          if invoice.paid { report.paidInvoices.refused += 1 }
          for usage in books.items[invoice.id] ?? [] {
            report.refused.add("invoice_items", "\(usage)", "its invoice could not be taken")
          }
          continue
        }
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
      add(
        .invoiceCreated(
          BooksEvent.InvoiceCreated(
            invoice: number, user: user, from: min(invoice.from ?? until, until), until: until, price: price,
            currency: state.settings.currency, decimals: state.settings.currencyDecimals,
            items: NumberText.writeSteps(items.map { Int64($0) }),
            batch: invoice.batch.flatMap { done.batches[$0] ?? source.batches[$0] },
            created: invoice.created ?? until, paid: invoice.paid)))
      numbers.insert(from: invoice.id, to: number)
      done.invoices.append((invoice.id, number))
      if invoice.paid {
        done.paidInvoices += 1
        report.paidInvoices.taken += 1
      }
      if !items.isEmpty { report.lacksPrice = price == 0 && options.price == nil }
      inPart += items.count + 1
      if inPart >= UsageLog.pieceSize {
        // Known from then on, should the import not come to its end.
        let part = DoneNumbers(invoices: Array(done.invoices[partStart...]), batches: done.batches)
        add(.importDone(part.event(source: books.source, isPart: true)))
        endPart()
        (inPart, partStart) = (0, done.invoices.count)
      }
    }
    let invoices = Set(books.invoices.map(\.id))
    for (invoice, usages) in books.items where !invoices.contains(invoice) {
      for usage in usages { report.refused.add("invoice_items", "\(usage)", "its invoice is not there") }
    }
    report.invoices.taken = done.invoices.count
    report.invoices.refused = report.refused.count(in: "invoices") + leftOut
    report.invoiceItems.taken = invoiced.count
    report.invoiceItems.refused = report.refused.count(in: "invoice_items")
    report.invoiceNumbers = numbers.runs.map {
      ImportReport.NumberRun(there: $0.from, here: $0.to, count: $0.count)
    }
  }

  /// Whether an invoice is the one that was taken under its number. In the archive it cannot be looked at.
  private func isSame(_ invoice: PredecessorBooks.Invoice, _ number: Int) -> Bool {
    guard let here = state.invoice(number) else { return true }
    if let user = invoice.user.flatMap({ userNumbers[$0] }), !isSameUser(user, here.user) { return false }
    guard let created = invoice.created, created != here.created else { return true }
    return (books.items[invoice.id] ?? []).contains { item in
      source.usages[item].flatMap { state.usages.usage($0) }?.invoice == number
    }
  }

  /// Puts on a known invoice what stands on it there and is on none here: it could not be taken before.
  private mutating func compareItems(
    of invoice: PredecessorBooks.Invoice, _ number: Int, _ invoiced: inout Set<Int>
  ) {
    let items = books.items[invoice.id] ?? []
    guard let here = state.invoice(number) else {
      report.invoiceItems.known += items.count
      return
    }
    var (standing, late): (Int, [Int]) = (0, [])
    for id in items {
      let problem: String
      if let usage = source.usages[id] {
        let known = state.usages.usage(usage)
        if known?.invoice == number || (known == nil && usage <= state.usages.newestNumber) {
          standing += 1
          continue
        }
        if let refusal = refusal(ofUsage: usage, user: here.user) {
          problem = refusal
        } else if invoiced.insert(usage).inserted {
          late.append(usage)
          continue
        } else {
          problem = "its usage stands on another invoice there"
        }
      } else {
        problem = "its usage is not there or could not be taken"
      }
      report.refused.add("invoice_items", "\(id)", problem)
    }
    report.invoiceItems.known += standing
    if !late.isEmpty {
      add(
        .invoiceItemsImported(
          BooksEvent.InvoiceItemsImported(
            invoice: number, items: NumberText.writeSteps(late.sorted().map { Int64($0) }))))
      report.changed.add("invoices", "\(invoice.id)", "coffees that stand on it there were put on it")
    }
    if standing < here.items {
      report.kept.add("invoices", "\(invoice.id)", "coffees that stand on it here do not stand on it there")
    }
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
      add(.invoicePaid(BooksEvent.InvoicePaid(invoice: number, paid: invoice.paid)))
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

  /// The price that was said, the one there, or the one here.
  private var invoicePrice: Int64 {
    if let price = options.price { return price }
    guard state.settings.currencyDecimals == 2 else { return state.settings.pricePerCoffee }
    return books.settings.pricePerCoffee ?? state.settings.pricePerCoffee
  }

  /// The predecessor stored empty batches too; those are not worth a number.
  private mutating func addBatches(at time: WallTime) {
    let new = books.invoices.filter { invoice in
      source.invoices[invoice.id].map { !isSame(invoice, $0) } ?? true
    }
    let used = Set(new.compactMap(\.batch))
    var leftOut = 0
    for batch in books.batches {
      if let number = source.batches[batch.id] {
        let here = state.batch(number)
        if here == nil || batch.created == nil || here?.created == batch.created {
          report.batches.known += 1
          continue
        }
        report.differences.add(
          "batch_invoices", "\(batch.id)", "its number was another batch's when it was taken")
        if !options.acceptsDifferences {
          leftOut += 1
          continue
        }
      }
      if used.contains(batch.id) {
        let number = state.newestBatch + done.batches.count + 1
        let until = batch.until ?? batch.created ?? time
        add(
          .batchCreated(
            BooksEvent.BatchCreated(batch: number, until: until, created: batch.created ?? until)))
        done.batches[batch.id] = number
        report.batches.taken += 1
      } else {
        report.refused.add("batch_invoices", "\(batch.id)", "there is no invoice in it")
      }
    }
    report.batches.refused = report.refused.count(in: "batch_invoices") + leftOut
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
