import DaemonKit
import PanelKit

/// What the template of the transactions page reads.
struct TransactionsPage {
  struct Field {
    var name: String
    var label: String
    var type: String
    var value: String
  }

  var words: TransactionsWords
  var fields: [Field]
  var rows: String
  var hasRows: Bool
  var rowsPerPage: Int
  var hasOwnRowsPerPage: Bool
  var total: String
  var columns: [String]
  var pages: PageLinks?
  var isFiltered: Bool
  /// Nil for readers who may not have it.
  var exportAddress: String?

  static func drawing(
    _ usages: UsagePage, _ query: TransactionsQuery, _ table: TransactionsTable, _ parts: PageParts
  ) -> PageCache.Drawing {
    let rows = table.rows(usages.rows)
    let page = TransactionsPage(usages, query, table, rows: rows.html)
    return PageCache.Drawing(html: parts.html(page, template: "transactions"), until: rows.until)
  }

  private init(_ usages: UsagePage, _ query: TransactionsQuery, _ table: TransactionsTable, rows: String) {
    let words = TransactionsWords.in(table.language)
    let sees = table.reader.seesAll
    self.words = words
    let all: [(name: String, label: String, type: String, isPersonal: Bool)] = [
      ("token_id", words.tokenID, "text", true), ("user_name", words.userName, "text", true),
      ("name", words.name, "text", false), ("email_address", words.email, "text", true),
      ("start_date", words.startDate, "date", false), ("end_date", words.endDate, "date", false),
      ("start_time", words.startTime, "time", false), ("end_time", words.endTime, "time", false),
    ]
    fields = all.filter { sees || !$0.isPersonal }.map {
      Field(name: $0.name, label: $0.label, type: $0.type, value: query.texts[$0.name] ?? "")
    }
    isFiltered = !query.texts.isEmpty
    exportAddress = sees ? query.exportAddress : nil
    self.rows = rows
    hasRows = !usages.rows.isEmpty
    rowsPerPage = query.rows
    hasOwnRowsPerPage = query.rows != TransactionsQuery.defaultRows
    total = words.total(usages.total)
    columns =
      sees
      ? [
        words.timestamp, words.tokenID, words.userName, words.name, words.email, words.drink, words.invoice,
      ]
      : [words.timestamp, words.name, words.drink]
    pages = PageLinks(page: usages.page, of: usages.pages, language: table.language, query.address(page:))
  }
}
