import DaemonKit
import PanelKit

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
  case export(BooksTable, ExportFormat, ExportOptions, part: Int)
  /// Take in the predecessor's database that the daemon finds at a path.
  case takeDatabase(path: String, timeZone: String, options: ImportOptions)
  case setPassword(String)
  case hasPassword
  /// Make a key for scripts.
  case createKey(name: String, scopes: Set<APIKey.Scope>)
  case keys
  /// By name.
  case revokeKey(String)
  /// Read every byte of the books, and of the files beside them.
  case verify
  /// What does not work?
  case devices
}

/// The answer to each request of ``ControlRequest``.
enum ControlAnswer: Codable, Sendable {
  case outcome(BooksOutcome)
  /// What the daemon's pages call themselves.
  case pong(pages: String?)
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
  /// What the script sends: it is not shown again.
  case newKey(String)
  /// Oldest first.
  case keys([KeyView])
  case verified(VerificationReport)
  /// Problems by the device's name.
  case devices([String: String])
}

/// A key for scripts, as people look at it.
struct KeyView: Codable, Equatable, Sendable {
  var name: String
  var scopes: [APIKey.Scope]
  var created: WallTime
  /// To the hour.
  var lastUsed: WallTime?

  init(_ key: APIKey) {
    name = key.name
    scopes = APIKey.Scope.allCases.filter(key.scopes.contains)
    created = WallTime(key.created)
    lastUsed = key.lastUsed.map { WallTime($0) }
  }
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
