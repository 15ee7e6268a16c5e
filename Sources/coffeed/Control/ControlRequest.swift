import DaemonKit

/// What the command line asks of the daemon, or of the state itself when none is running. Lists come in parts, so
/// that every answer fits into a message of the control socket.
enum ControlRequest: Codable, Sendable {
  /// The id makes it safe to send the command again.
  case carryOut(BooksCommand, id: CommandID)
  /// Is anybody there?
  case ping
  case settings
  /// By any form of the token.
  case user(Token)
  /// Newest first, as all lists. Pages count from 1.
  case users(page: Int)
  case usages(UsageFilter, page: Int, pageSize: Int)
  /// Whose; nil for everybody's.
  case invoices(of: Token?, page: Int)
  case invoice(Int)
  case invoiceItems(Int, page: Int)
  case batches(page: Int)
  /// Parts count from 0.
  case export(BooksTable, ExportFormat, part: Int)
  /// Take in the predecessor's database that the daemon finds at a path.
  case takeDatabase(path: String, timeZone: String)
  case setPassword(String)
  case hasPassword
  /// Read every byte of the books.
  case verify
}

/// The answer to each request of ``ControlRequest``.
enum ControlAnswer: Codable, Sendable {
  case outcome(BooksOutcome)
  case pong
  case settings(SettingsView)
  /// nil when nobody has the token.
  case user(UserView?)
  case users(ListPage<UserView>)
  case usages(UsagePage)
  case invoices(ListPage<InvoiceView>)
  case invoice(InvoiceView?)
  case invoiceItems(ListPage<InvoiceItemView>)
  case batches(ListPage<BatchView>)
  case export(ExportPart)
  case imported(ImportReport)
  case done
  case hasPassword(Bool)
  case verified(VerificationReport)
}

/// Some rows of a list.
struct ListPage<Row: Codable & Sendable>: Codable, Sendable {
  var rows: [Row]
  var isLast: Bool

  /// The rows of a page; none when it is beyond the end.
  init(of all: some RandomAccessCollection<Row>, page: Int, size: Int) {
    let start = min(all.count, (max(1, page) - 1).multipliedReportingOverflow(by: size).partialValue)
    let from = max(0, start)
    rows = Array(all.dropFirst(from).prefix(size))
    isLast = from + rows.count >= all.count
  }
}
