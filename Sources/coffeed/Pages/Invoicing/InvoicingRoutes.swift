import DaemonKit
import Hummingbird
import PanelKit

/// Invoices of one user and of all, whether they are paid, and the mails that go with them.
///
/// What was changed has a page with an address of its own, and a browser is led there. A script gets that page at once,
/// as from the predecessor.
struct InvoicingRoutes: PanelRoutes {
  let site: CoffeeSite

  func add(to router: PanelRouter) {
    router.get("/invoicing", .read, use: list)
    router.get("/invoicing/:invoice", .read) { request, context in
      try await invoice(try Self.number("invoice", context), request, context)
    }
    router.post("/invoicing/create/:token", .write, use: create)
    router.post("/invoicing/:invoice/toggle", .write, use: toggle)
    router.post("/invoicing/batch", .write, use: createBatch)
    router.get("/invoicing/batch/:batch", .read) { request, context in
      try await batch(try Self.number("batch", context), request, context)
    }
  }

  private static func number(_ name: String, _ context: PanelContext) throws -> Int {
    guard let number = Int(try context.parameter(name)), number >= 0 else { throw HTTPError(.notFound) }
    return number
  }

  private func list(_ request: Request, _ context: PanelContext) async throws -> Response {
    let places = InvoicingPage.Places(PageQuery(request))
    let (language, calendar) = (context.language, site.calendar)
    return await site.keptPage(
      places.address, title: InvoicingWords.in(language).title, to: request, context
    ) { books, reader, _ in
      let page = InvoicingPage(books, places, reader: reader, language: language, calendar: calendar)
      return PageCache.Drawing(html: PageParts.shared.html(page, template: "invoicing"))
    }
  }

  private func invoice(
    _ number: Int, _ request: Request, _ context: PanelContext
  ) async throws -> Response {
    let words = InvoicingWords.in(context.language)
    let books = site.books.reading
    guard let invoice = books.invoice(number) else {
      return notice(words.notFoundTitle, words.invoiceNotFound, to: request, context)
    }
    let page = PageQuery(request).number("page", default: 1, upTo: 100_000)
    let (language, calendar, reader) = (context.language, site.calendar, PageReader(context.visitor))
    let html = await site.queue.draw {
      let content = InvoicePage(
        invoice, books.items(ofInvoice: number), books.settings, page: page, reader: reader,
        language: language, calendar: calendar)
      return PageParts.shared.html(content, template: "invoice")
    }
    return site.response(html, title: words.invoice(number), to: request, context)
  }

  private func batch(
    _ number: Int, _ request: Request, _ context: PanelContext
  ) async throws -> Response {
    let words = InvoicingWords.in(context.language)
    let books = site.books.reading
    guard let batch = books.batch(number) else {
      return notice(words.notFoundTitle, words.batchNotFound, to: request, context)
    }
    let (language, calendar) = (context.language, site.calendar)
    let html = await site.queue.draw {
      let content = BatchPage(
        batch.batch, batch.invoices, books.settings, language: language, calendar: calendar)
      return PageParts.shared.html(content, template: "batch")
    }
    return site.response(html, title: words.batch(number), to: request, context)
  }

  private func create(_ request: Request, _ context: PanelContext) async throws -> Response {
    let words = InvoicingWords.in(context.language)
    guard let token = Token(try context.parameter("token")),
      let user = site.books.reading.user(token), user.usages > 0
    else { return notice(words.noUsageTitle, words.noUsage, to: request, context) }
    let text = try await Self.form(request, context)["to_ts"]
    let until: WallTime?
    do throws(PageQueryError) {
      until = try end(text)
    } catch {
      return notice(
        words.invalidTimeTitle, words.invalidTime, to: request, context, status: .badRequest)
    }
    do {
      guard case .invoice(let number) = try await site.carryOut(.createInvoice(token, until: until)) else {
        throw HTTPError(.internalServerError)
      }
      return try await made("/invoicing/\(number)", context) {
        try await invoice(number, request, context)
      }
    } catch let error as BooksError {
      guard error.kind == .nothing else {
        return site.refusal(error, back: "/invoicing", to: request, context)
      }
      return notice(words.noItemsTitle, words.noItems, to: request, context)
    }
  }

  /// The end of a period as it was sent; nil for now. What lies ahead is now as well: what was not brewed yet
  /// cannot be invoiced.
  private func end(_ text: String?) throws(PageQueryError) -> WallTime? {
    let text = trimmed(text ?? "")
    guard !text.isEmpty else { return nil }
    guard let civil = CivilTime(text) else { throw PageQueryError() }
    // Usages are dated to the millisecond, the period to the second: all of its last second belongs to it.
    let end = WallTime(milliseconds: site.calendar.time(civil).milliseconds + 999)
    return end < site.now() ? end : nil
  }

  private func createBatch(_ request: Request, _ context: PanelContext) async throws -> Response {
    let words = InvoicingWords.in(context.language)
    do {
      guard case .batch(let number) = try await site.carryOut(.createBatch(until: nil)) else {
        throw HTTPError(.internalServerError)
      }
      return try await made("/invoicing/batch/\(number)", context) {
        try await batch(number, request, context)
      }
    } catch let error as BooksError {
      guard error.kind == .nothing else {
        return site.refusal(error, back: "/invoicing", to: request, context)
      }
      return notice(words.noUsageTitle, words.noUsageAtAll, to: request, context)
    }
  }

  /// Flips the state; the page's own buttons say which one they want, so that sending one twice is harmless.
  private func toggle(_ request: Request, _ context: PanelContext) async throws -> Response {
    let number = try Self.number("invoice", context)
    let words = InvoicingWords.in(context.language)
    guard let known = site.books.reading.invoice(number) else {
      return notice(words.notFoundTitle, words.invoiceNotFound, to: request, context)
    }
    let paid: Bool
    switch PageQuery(request).text("paid") {
    case "1": paid = true
    case "0": paid = false
    default: paid = !known.paid
    }
    do {
      _ = try await site.carryOut(.setInvoicePaid(number, paid))
    } catch let error as BooksError {
      return site.refusal(error, back: "/invoicing", to: request, context)
    }
    return try await made("/invoicing/\(number)", context) { try await invoice(number, request, context) }
  }

  private func made(
    _ address: String, _ context: PanelContext, page: () async throws -> Response
  ) async throws -> Response {
    context.visitor.isLoggedIn ? CoffeeSite.redirect(address) : try await page()
  }

  private func notice(
    _ title: String, _ text: String, to request: Request, _ context: PanelContext,
    status: HTTPResponse.Status = .ok
  ) -> Response {
    if request.method == .post, context.visitor.isLoggedIn {
      context.tell(.problem, text)
      return CoffeeSite.redirect("/invoicing")
    }
    return site.message(
      MessagePage(
        text: text, isProblem: true, backAddress: "/invoicing",
        back: CommonWords.in(context.language).back),
      title: title, to: request, context, status: status)
  }

  /// The form that was sent; no form is an empty one.
  private static func form(_ request: Request, _ context: PanelContext) async throws -> [String: String] {
    guard request.headers[.contentType] != nil else { return [:] }
    return try await context.form(request).fields
  }
}
