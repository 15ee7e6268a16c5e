import DaemonKit

/// A table of the books.
enum BooksTable: String, Codable, Sendable, CaseIterable {
  case users, usages, invoices, invoiceItems, batches, settings
}

enum ExportFormat: String, Codable, Sendable, CaseIterable {
  /// RFC 4180, with a header, for spreadsheets: see `ExportWriter`.
  case csv
  /// A list of objects. Times are in UTC, amounts are whole numbers of the currency's smallest unit.
  case json
}

extension BooksReading {
  /// A table, piece by piece: a million rows need no more memory than a page.
  /// - Parameter calendar: whose times of day a filter means, and a CSV shows.
  func export(
    _ table: BooksTable, as format: ExportFormat, _ options: ExportOptions = ExportOptions(),
    calendar: LocalCalendar = .system
  ) -> BooksExport {
    BooksExport(books: self, table: table, format: format, options: options, calendar: calendar)
  }
}

/// The text of an exported table in UTF-8, in pieces of some kilobytes. Usages, invoices and batches are in the order
/// of their times, users in that of their numbers; invoice items in that of the usages.
struct BooksExport: Sequence, Sendable {
  let books: BooksReading
  let table: BooksTable
  let format: ExportFormat
  let options: ExportOptions
  let calendar: LocalCalendar

  func makeIterator() -> Iterator { Iterator(self) }

  struct Iterator: IteratorProtocol {
    private static let pieceSize = 32 << 10

    private var writer: ExportWriter
    private var rows: any IteratorProtocol<[ExportCell]>
    private var isAtEnd = false

    fileprivate init(_ export: BooksExport) {
      writer = export.writer
      rows = export.rows
      writer.begin()
    }

    mutating func next() -> [UInt8]? {
      if isAtEnd { return nil }
      while writer.bytes.count < Self.pieceSize {
        guard let row = rows.next() else {
          isAtEnd = true
          writer.end()
          break
        }
        writer.append(row)
      }
      return writer.takeBytes()
    }
  }

  /// How many usages, or rows of another table, a part has. Rows with the longest names still make no more than
  /// 4 MB.
  private static let partSize = 1000

  /// The rows of a part, for one who fetches the table piece by piece and puts it together with ``ExportJoin``.
  ///
  /// Usages come by their times: what is recorded meanwhile comes last.
  /// - Parameter index: from 0.
  func part(_ index: Int) -> ExportPart {
    var writer = writer
    if index == 0, format == .csv { writer.begin() }
    let first = Swift.min(Swift.max(0, index), 1_000_000) * Self.partSize
    let isLast: Bool
    if let cells = usageCells {
      let names = NameCache(books)
      var sieve = UsageSieve(self)
      let log = books.state.usages
      var usages = UsagesByTime(log, .oldestFirst)
      var toSkip = first - usages.skip(atMost: first)
      while toSkip > 0, usages.next() != nil { toSkip -= 1 }
      var number = 0
      while number < Self.partSize, let (index, row) = usages.next() {
        let usage = log.pieces[index].usage(row, first: UsageLog.firstNumber(ofPiece: index))
        if sieve.includes(usage), let row = cells(usage, names) { writer.append(row) }
        number += 1
      }
      isLast = number < Self.partSize
    } else {
      var rows = rows
      var number = 0
      while number < first, rows.next() != nil { number += 1 }
      while number < first + Self.partSize, let row = rows.next() {
        writer.append(row)
        number += 1
      }
      isLast = number < first + Self.partSize
    }
    return ExportPart(text: String(decoding: writer.takeBytes(), as: UTF8.self), isLast: isLast)
  }

  private var writer: ExportWriter {
    ExportWriter(
      format, columns: columns, hasTimes: table != .settings, style: options.style, calendar: calendar)
  }

  private var columns: [String] {
    switch table {
    case .users:
      [
        "token_id", "user_name", "name", "email_address", "phone_number", "nickname", "active", "barred",
        "hidden", "erased", "created_at", "last_seen", "usages", "uninvoiced",
      ]
    case .usages:
      [
        "id", "timestamp", "token_id", "user_name", "name", "email_address", "coffee_type", "invoice_id",
        "cancelled",
      ]
    case .invoices:
      [
        "id", "token_id", "user_name", "name", "email_address", "period_start", "period_end", "total_items",
        "price", "total", "currency", "currency_decimals", "paid", "created_at", "batch_id",
      ]
    case .invoiceItems: ["invoice_id", "usage_id", "timestamp", "coffee_type"]
    case .batches:
      [
        "id", "created_at", "period_start", "period_end", "total_users", "total_items", "total", "currency",
        "currency_decimals",
      ]
    case .settings: ["key", "value"]
    }
  }

  /// Makes a row of a usage, or none, for the tables whose rows are usages.
  private var usageCells: ((Usage, NameCache) -> [ExportCell]?)? {
    switch table {
    case .usages: { usage, names in Self.cells(names.view(usage)) }
    case .invoiceItems:
      { usage, names in
        usage.invoice.map { invoice in
          [
            .number(invoice), .number(usage.number), .time(usage.time), .text(names.view(usage).drinkName),
          ]
        }
      }
    default: nil
    }
  }

  private var rows: any IteratorProtocol<[ExportCell]> {
    switch table {
    case .users: books.users().reversed().lazy.map(Self.cells).makeIterator()
    case .usages, .invoiceItems: UsageRows(self, usageCells ?? { _, _ in nil })
    case .invoices:
      books.invoices().reversed().lazy.filter { options.filter.includes($0.created) }.map { Self.cells($0) }
        .makeIterator()
    case .batches:
      books.batches().reversed().lazy.filter { options.filter.includes($0.created) }.map(Self.cells)
        .makeIterator()
    case .settings: Self.cells(books.settings).makeIterator()
    }
  }

  // MARK: Rows

  private static func cells(_ user: UserView) -> [ExportCell] {
    [
      .text(user.token.text), .text(user.person.userName), .text(user.person.name),
      .optional(user.person.emailAddress), .optional(user.person.phoneNumber),
      .optional(user.person.nickname), .flag(user.active), .flag(user.barred), .flag(user.hidden),
      .flag(user.isErased), .time(user.created), user.lastSeen.map { .time($0) } ?? .none,
      .number(user.usages), .number(user.uninvoiced),
    ]
  }

  private static func cells(_ usage: UsageView) -> [ExportCell] {
    [
      .number(usage.number), .time(usage.time), .text(usage.token.text), .text(usage.userName),
      .text(usage.name), .optional(usage.emailAddress), .text(usage.drinkName),
      usage.invoice.map { .number($0) } ?? .none, .flag(usage.isCancelled),
    ]
  }

  private static func cells(_ invoice: InvoiceView) -> [ExportCell] {
    [
      .number(invoice.number), .text(invoice.token.text), .text(invoice.userName), .text(invoice.name),
      .optional(invoice.emailAddress), .time(invoice.from), .time(invoice.until), .number(invoice.items),
      .amount(invoice.price, decimals: invoice.currencyDecimals, currency: invoice.currency),
      .amount(invoice.total, decimals: invoice.currencyDecimals, currency: invoice.currency),
      .text(invoice.currency),
      .number(invoice.currencyDecimals), .flag(invoice.paid), .time(invoice.created),
      invoice.batch.map { .number($0) } ?? .none,
    ]
  }

  private static func cells(_ batch: BatchView) -> [ExportCell] {
    [
      .number(batch.number), .time(batch.created), .time(batch.from), .time(batch.until),
      .number(batch.users), .number(batch.items),
      .amount(batch.total, decimals: batch.currencyDecimals, currency: batch.currency), .text(batch.currency),
      .number(batch.currencyDecimals),
    ]
  }

  /// All but the master token, which opens the machine.
  private static func cells(_ settings: SettingsView) -> [[ExportCell]] {
    [
      (
        "price_per_coffee",
        .amount(
          settings.pricePerCoffee, decimals: settings.currencyDecimals, currency: settings.currency)
      ),
      ("currency", .text(settings.currency)), ("currency_decimals", .number(settings.currencyDecimals)),
      ("invoice_subject", .text(settings.invoiceSubject)), ("invoice_body", .text(settings.invoiceBody)),
      ("activation_seconds", .number(settings.activationSeconds)),
      ("cold_activation_seconds", .number(settings.coldActivationSeconds)),
      ("cold_after_minutes", .number(settings.coldAfterMinutes)),
      ("lock_out_seconds", .number(settings.lockOutSeconds)),
      ("charges_drinks", .flag(settings.chargesDrinks)), ("language", .text(settings.language)),
      ("retention_years", .number(settings.retentionYears)), ("scan_mode", .flag(settings.isScanMode)),
    ].map { (key: String, value: ExportCell) in [.text(key), value] }
  }
}

/// Which usages an export has.
private struct UsageSieve {
  private var scan: UsageScan?
  private let filter: UsageFilter

  init(_ export: BooksExport) {
    var filter = export.options.filter
    // What is on an invoice is asked for by its time alone.
    if export.table != .usages {
      filter = UsageFilter(from: filter.from, until: filter.until, isNothing: filter.isNothing)
    }
    self.filter = filter
    if filter != UsageFilter() { scan = UsageScan(filter, in: export.books, export.calendar) }
  }

  mutating func includes(_ usage: Usage) -> Bool {
    !filter.isNothing && scan?.holds(user: usage.user, time: usage.time.milliseconds) ?? true
  }
}

/// The usages, oldest first, as rows; those that have none are passed over.
private struct UsageRows: IteratorProtocol {
  private let log: UsageLog
  private let names: NameCache
  private let cells: (Usage, NameCache) -> [ExportCell]?
  private var usages: UsagesByTime
  private var sieve: UsageSieve

  init(_ export: BooksExport, _ cells: @escaping (Usage, NameCache) -> [ExportCell]?) {
    log = export.books.state.usages
    names = NameCache(export.books)
    sieve = UsageSieve(export)
    self.cells = cells
    usages = UsagesByTime(log, .oldestFirst)
  }

  mutating func next() -> [ExportCell]? {
    while let (piece, row) = usages.next() {
      let usage = log.pieces[piece].usage(row, first: UsageLog.firstNumber(ofPiece: piece))
      if sieve.includes(usage), let cells = cells(usage, names) { return cells }
    }
    return nil
  }
}
