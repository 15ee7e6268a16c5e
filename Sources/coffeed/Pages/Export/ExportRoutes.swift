import HTTPTypes
import Hummingbird
import PanelKit

/// Every table as a file.
struct ExportRoutes: PanelRoutes {
  let site: CoffeeSite

  /// What the template reads.
  private struct Page {
    struct Table {
      var name: String
      var title: String
    }
    var words: ExportWords
    var tables: [Table]
  }

  func add(to router: PanelRouter) {
    router.get("/export", .read, use: page)
    router.get("/export/:file", .read, use: file)
  }

  private func page(_ request: Request, _ context: PanelContext) async throws -> Response {
    let words = ExportWords.in(context.language)
    let page = Page(
      words: words,
      tables: BooksTable.allCases.map { Page.Table(name: $0.rawValue, title: words.title(of: $0)) })
    return site.response(
      PageParts.shared.html(page, template: "export"), title: words.title, to: request, context)
  }

  private func file(_ request: Request, _ context: PanelContext) async throws -> Response {
    let parts = try context.parameter("file").split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let table = BooksTable(rawValue: String(parts[0])),
      let format = ExportFormat(rawValue: String(parts[1]))
    else { throw HTTPError(.notFound) }
    let export = site.books.reading.export(table, as: format)
    let queue = site.queue
    return Response(
      status: .ok,
      headers: [
        .contentType: format == .csv ? "text/csv; charset=utf-8" : "application/json",
        .contentDisposition: "attachment; filename=\"\(table.rawValue).\(format.rawValue)\"",
      ],
      body: ResponseBody { writer in
        let source = ExportSource(export)
        while let piece = await queue.draw({ source.next() }) {
          try await writer.write(ByteBuffer(bytes: piece))
        }
        try await writer.finish(nil)
      })
  }
}

extension ExportWords {
  fileprivate func title(of table: BooksTable) -> String {
    switch table {
    case .users: users
    case .usages: usage
    case .invoices: invoices
    case .invoiceItems: items
    case .batches: batches
    case .settings: settings
    }
  }
}
