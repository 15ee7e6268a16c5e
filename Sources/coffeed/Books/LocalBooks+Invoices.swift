import DaemonKit

extension LocalBooks {
  static func createInvoice(
    _ token: Token, until: WallTime?, in state: BooksState, at time: WallTime
  ) throws(BooksError) -> Draft {
    try check(until, at: time)
    // An erased user's coffees are in the books and may be put on an invoice.
    let number: Int
    switch state.users.find(token) {
    case .exact(let found), .possible(let found): number = found
    case nil, .ambiguous: number = try knownUser(token, in: state)
    }
    let items = openItems(until: until, of: number, in: state)[number] ?? []
    guard !items.isEmpty, let user = state.users[number] else {
      throw BooksError(
        kind: .nothing, place: "user \(token)", problem: "has no coffee to put on an invoice",
        reason: .nothingToInvoice)
    }
    let invoice = invoice(
      state.newestInvoice + 1, user: number, user, items, until: until, batch: nil, in: state, at: time)
    return Draft([.invoiceCreated(invoice)], .invoice(invoice.invoice))
  }

  static func createBatch(
    until: WallTime?, in state: BooksState, at time: WallTime
  ) throws(BooksError) -> Draft {
    try check(until, at: time)
    let open = openItems(until: until, of: nil, in: state)
    guard !open.isEmpty else {
      throw BooksError(
        kind: .nothing, place: "batch", problem: "has no coffee to put on an invoice",
        reason: .nothingToInvoice)
    }
    let batch = state.newestBatch + 1
    var events: [BooksEvent] = [.batchCreated(BooksEvent.BatchCreated(batch: batch, until: until ?? time))]
    for (number, items) in open.sorted(by: { $0.key < $1.key }) {
      guard let user = state.users[number] else { continue }
      events.append(
        .invoiceCreated(
          invoice(
            state.newestInvoice + events.count, user: number, user, items, until: until, batch: batch,
            in: state, at: time)))
    }
    return Draft(events, .batch(batch))
  }

  private static func check(_ until: WallTime?, at time: WallTime) throws(BooksError) {
    guard let until, until > time else { return }
    throw BooksError(
      kind: .invalid, place: "invoice end \(until)",
      problem: "is in the future: coffees that are not brewed yet cannot be charged", reason: .futureEnd)
  }

  /// The usages on no invoice, oldest first, by user.
  /// - Parameters:
  ///   - until: nil for all of them: a usage that was dated by a clock that ran ahead has been brewed all the
  ///     same.
  ///   - number: whose; nil for everybody's.
  private static func openItems(
    until: WallTime?, of number: Int?, in state: BooksState
  ) -> [Int: [Usage]] {
    var outstanding =
      number.map { state.users[$0]?.uninvoiced ?? 0 } ?? state.users.list.reduce(0) { $0 + $1.uninvoiced }
    var open: [Int: [Usage]] = [:]
    if outstanding == 0 { return open }
    state.usages.forEachFromNewest { usage in
      guard usage.invoice == nil, !usage.isCancelled, number == nil || usage.user == number else {
        return true
      }
      outstanding -= 1
      if until.map({ usage.time <= $0 }) ?? true { open[usage.user, default: []].append(usage) }
      return outstanding > 0
    }
    return open.mapValues { $0.reversed() }
  }

  private static func invoice(
    _ invoice: Int, user number: Int, _ user: BooksState.User, _ items: [Usage], until: WallTime?,
    batch: Int?,
    in state: BooksState, at time: WallTime
  ) -> BooksEvent.InvoiceCreated {
    // Coffees of before the last invoice may have been imported since, and the wall clock may have been put back.
    let end = until ?? max(time, items.lazy.map(\.time).max() ?? time)
    let first = items.lazy.map(\.time).min() ?? end
    let start = min(user.invoicedUntil ?? first, first, end)
    return BooksEvent.InvoiceCreated(
      invoice: invoice, user: number, from: start, until: end, price: state.settings.pricePerCoffee,
      currency: state.settings.currency, decimals: state.settings.currencyDecimals,
      items: NumberText.writeSteps(items.lazy.map { Int64($0.number) }), batch: batch)
  }
}
