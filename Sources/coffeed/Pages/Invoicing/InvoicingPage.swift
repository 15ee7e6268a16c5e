import DaemonKit
import PanelKit

/// What the template of the invoicing page reads.
struct InvoicingPage {
  struct User {
    var token: String
    var userName: String
    var name: String
    var email: String
    var uninvoiced: Int
    var hasItems: Bool
    var createOne: String
  }
  struct Invoice {
    var number: Int
    var user: String
    var name: String
    var token: String
    var period: String
    var items: Int
    var total: String
    var paid: Bool
    var status: String
    var created: String
  }
  struct Batch {
    var number: Int
    var created: String
    var period: String
    var users: Int
    var items: Int
    var total: String
  }
  /// Which page of each of the three lists.
  struct Places: Hashable {
    var users = 1
    var invoices = 1
    var batches = 1

    init(_ query: PageQuery) {
      users = query.number("users", default: 1, upTo: 100_000)
      invoices = query.number("invoices", default: 1, upTo: 100_000)
      batches = query.number("batches", default: 1, upTo: 100_000)
    }

    var address: String {
      func value(_ page: Int) -> String { page > 1 ? String(page) : "" }
      return "/invoicing"
        + queryText([("users", value(users)), ("invoices", value(invoices)), ("batches", value(batches))])
    }

    func at(_ path: WritableKeyPath<Places, Int>, _ page: Int) -> Places {
      var other = self
      other[keyPath: path] = page
      return other
    }
  }

  var words: InvoicingWords
  var text: TransactionsWords
  var mayWrite: Bool
  /// What to say while a coffee costs nothing.
  var noPrice: String?
  var hasUsers: Bool
  var users: [User]
  var userPages: PageLinks?
  var hasInvoices: Bool
  var invoices: [Invoice]
  var invoicePages: PageLinks?
  var hasBatches: Bool
  var batches: [Batch]
  var batchPages: PageLinks?

  static let rowsPerPage = 100

  init(
    _ books: BooksReading, _ places: Places, reader: PageReader, language: Language, calendar: LocalCalendar
  ) {
    let words = InvoicingWords.in(language)
    let writer = InvoiceWriter(words: words, format: NumberFormat(language), calendar: calendar)
    self.words = words
    text = TransactionsWords.in(language)
    mayWrite = reader.mayWrite
    noPrice = mayWrite && books.settings.pricePerCoffee == 0 ? words.noPrice : nil

    let users = ListPart(
      books.uninvoiced().filter { !$0.isPending || $0.uninvoiced > 0 }, page: places.users,
      perPage: Self.rowsPerPage)
    hasUsers = !users.rows.isEmpty
    self.users = users.rows.map { user in
      User(
        token: user.token.text, userName: user.person.userName, name: user.person.name,
        email: user.person.emailAddress ?? "", uninvoiced: user.uninvoiced, hasItems: user.uninvoiced > 0,
        createOne: words.createOne(user.person.name))
    }
    userPages = PageLinks(page: users.page, of: users.pages, language: language) {
      places.at(\.users, $0).address
    }

    let invoices = ListPart(books.invoices(), page: places.invoices, perPage: Self.rowsPerPage)
    hasInvoices = !invoices.rows.isEmpty
    self.invoices = invoices.rows.map(writer.row)
    invoicePages = PageLinks(page: invoices.page, of: invoices.pages, language: language) {
      places.at(\.invoices, $0).address + "#invoices"
    }

    let batches = ListPart(books.batches(), page: places.batches, perPage: Self.rowsPerPage)
    hasBatches = !batches.rows.isEmpty
    self.batches = batches.rows.map(writer.row)
    batchPages = PageLinks(page: batches.page, of: batches.pages, language: language) {
      places.at(\.batches, $0).address + "#batches"
    }
  }
}

/// Writes invoices and batches as a row of a table.
struct InvoiceWriter {
  let words: InvoicingWords
  let format: NumberFormat
  let calendar: LocalCalendar

  func row(_ invoice: InvoiceView) -> InvoicingPage.Invoice {
    InvoicingPage.Invoice(
      number: invoice.number, user: "\(invoice.displayName) (\(invoice.token))", name: invoice.displayName,
      token: invoice.token.text, period: days(invoice.from, invoice.until), items: invoice.items,
      total: format.money(invoice.total, of: invoice), paid: invoice.paid,
      status: invoice.paid ? words.paid : words.unpaid, created: day(invoice.created))
  }

  func row(_ batch: BatchView) -> InvoicingPage.Batch {
    InvoicingPage.Batch(
      number: batch.number, created: day(batch.created), period: days(batch.from, batch.until),
      users: batch.users, items: batch.items,
      total: format.money(batch.total, currency: batch.currency, decimals: batch.currencyDecimals))
  }

  /// Lists name days only: there are many in a row.
  private func days(_ from: WallTime, _ until: WallTime) -> String { "\(day(from)) – \(day(until))" }

  private func day(_ time: WallTime) -> String { calendar.date(time).description }

  func time(_ time: WallTime) -> String { calendar.civil(time).description }
}
