import Hummingbird
import PanelKit

/// Who had which coffee when.
struct TransactionsRoutes: PanelRoutes {
  let site: CoffeeSite

  func add(to router: PanelRouter) {
    router.get("/", .trusted, use: page)
    router.get("/transactions", .trusted, use: page)
    router.post("/transactions/:usage/undo", .administration, use: undo)
  }

  private func page(_ request: Request, _ context: PanelContext) async throws -> Response {
    let query = TransactionsQuery(
      PageQuery(request), isFull: PageReader(context.visitor).seesAll, calendar: site.calendar)
    let language = context.language
    let calendar = site.calendar
    return await site.keptPage(
      query.address(page: query.page), title: TransactionsWords.in(language).title, to: request, context
    ) { books, reader, now in
      let usages = books.usages(query.filter, page: query.page, pageSize: query.rows, calendar: calendar)
      let table = TransactionsTable(reader: reader, language: language, calendar: calendar) { number in
        LocalBooks.undoEnd(of: number, in: books.state, at: now)
      }
      return TransactionsPage.drawing(usages, query, table, .shared)
    }
  }

  private func undo(_ request: Request, _ context: PanelContext) async throws -> Response {
    guard let number = Int(try context.parameter("usage")) else { throw HTTPError(.notFound) }
    do {
      _ = try await site.carryOut(.undo(usage: number))
    } catch let error as BooksError {
      return site.refusal(error, back: "/transactions", to: request, context)
    }
    context.tell(.done, TransactionsWords.in(context.language).undone(number))
    return CoffeeSite.redirect("/transactions")
  }
}
