import DaemonKit
import HTTPTypes
import Hummingbird
import PanelKit

/// Every table as a file.
struct ExportRoutes: PanelRoutes {
  let site: CoffeeSite

  func add(to router: PanelRouter) {
    router.get("/export", .read, use: page)
    router.get("/export/:file", .read, use: file)
  }

  private func page(_ request: Request, _ context: PanelContext) async throws -> Response {
    let page = ExportPage(
      ExportQuery(PageQuery(request), calendar: site.calendar, language: context.language),
      language: context.language)
    return site.response(
      PageParts.shared.html(page, template: "export"), title: page.words.title, to: request, context)
  }

  private func file(_ request: Request, _ context: PanelContext) async throws -> Response {
    let parts = try context.parameter("file").split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let table = BooksTable(rawValue: String(parts[0])),
      let format = ExportFormat(rawValue: String(parts[1]))
    else { throw HTTPError(.notFound) }
    let query = PageQuery(request)
    let wanted = ExportQuery(query, calendar: site.calendar, language: context.language)
    if wanted.isUnreadable {
      throw SpokenError(.badRequest) { ExportWords.in($0).unreadable }
    }
    var options = ExportOptions(style: wanted.style)
    if table == .usages {
      options.filter = TransactionsQuery(query, isFull: true, calendar: site.calendar).filter
    }
    _ = options.restrict(toMonth: wanted.month, site.calendar)
    let export = site.books.reading.export(table, as: format, options, calendar: site.calendar)
    let name = ([table.rawValue] + (wanted.month.isEmpty ? [] : [wanted.month])).joined(separator: "-")
    let queue = site.queue
    return Response(
      status: .ok,
      headers: [
        .contentType: format == .csv ? "text/csv; charset=utf-8" : "application/json",
        .contentDisposition: "attachment; filename=\"\(name).\(format.rawValue)\"",
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

/// What is asked of an export, in the page and in the address of a file.
struct ExportQuery {
  var separatorText: String
  var month: String
  var style: CSVStyle
  /// Whether something cannot be read: a file with other rows than those that were meant is worse than none.
  var isUnreadable: Bool

  init(_ query: PageQuery, calendar: LocalCalendar, language: Language) {
    separatorText = query.text("separator")
    month = query.text("month")
    let separator = CSVSeparator(rawValue: separatorText)
    style = CSVStyle(language, separator: separator)
    var options = ExportOptions()
    let isMonth = month.isEmpty || options.restrict(toMonth: month, calendar)
    isUnreadable = !isMonth || (separator == nil && !separatorText.isEmpty)
  }
}

/// What the template of the export page reads.
struct ExportPage {
  struct Table {
    var title: String
    var csv: String
    var json: String
  }
  struct Choice {
    var value: String
    var label: String
    var isChosen: Bool
  }

  var words: ExportWords
  var problem: String?
  var month: String
  var separators: [Choice]
  var tables: [Table]

  init(_ query: ExportQuery, language: Language) {
    let words = ExportWords.in(language)
    self.words = words
    problem = query.isUnreadable ? words.unreadable : nil
    month = query.month
    let chosen = query.style.separator
    separators = CSVSeparator.allCases.map {
      Choice(value: $0.rawValue, label: words.separators($0), isChosen: $0 == chosen)
    }
    tables = BooksTable.allCases.map { table in
      // What is not restricted by it does not bear it.
      let month = query.isUnreadable || [.users, .settings].contains(table) ? "" : query.month
      let separator = chosen == CSVSeparator(language) ? "" : chosen.rawValue
      let path = "/export/\(table.rawValue)"
      return Table(
        title: words.title(of: table),
        csv: path + ".csv" + queryText([("separator", separator), ("month", month)]),
        json: path + ".json" + queryText([("month", month)]))
    }
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
