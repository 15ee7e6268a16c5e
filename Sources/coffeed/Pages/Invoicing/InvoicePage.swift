import DaemonKit
import PanelKit

/// What the template of one invoice reads.
struct InvoicePage {
  var words: InvoicingWords
  var text: TransactionsWords
  var mayWrite: Bool
  var number: Int
  var user: String
  var token: String
  var from: String
  var until: String
  var created: String
  var items: Int
  var price: String
  var total: String
  var paid: Bool
  var status: String
  var batch: Int?
  var batchTitle: String
  var mail: MailPart
  var back: String
  var rows: String
  var pages: PageLinks?

  static let rowsPerPage = 500

  init(
    _ invoice: InvoiceView, _ items: [InvoiceItemView], _ settings: SettingsView, page: Int,
    reader: PageReader, language: Language, calendar: LocalCalendar
  ) {
    words = InvoicingWords.in(language)
    text = TransactionsWords.in(language)
    let writer = InvoiceWriter(words: words, format: NumberFormat(language), calendar: calendar)
    mayWrite = reader.mayWrite
    number = invoice.number
    user = invoice.displayName
    token = invoice.token.text
    (from, until) = (writer.time(invoice.from), writer.time(invoice.until))
    created = writer.time(invoice.created)
    self.items = invoice.items
    price = writer.format.money(invoice.price, of: invoice)
    total = writer.format.money(invoice.total, of: invoice)
    paid = invoice.paid
    status = invoice.paid ? words.paid : words.unpaid
    batch = invoice.batch
    batchTitle = invoice.batch.map { InvoicingWords.in(language).batch($0) } ?? ""
    mail = MailPart(InvoiceMail(invoice, settings, calendar), words)
    back = CommonWords.in(language).back

    let part = ListPart(items, page: page, perPage: Self.rowsPerPage)
    var html = HTMLText(reserving: part.rows.count * 150)
    for (index, item) in zip(part.rows.indices, part.rows) {
      html.markup("<tr><td class=\"number index\">")
      html.number(index + 1)
      html.markup("</td><td class=\"number\">")
      html.number(item.usage)
      html.markup("</td><td class=\"time\">")
      html.text(writer.time(item.time))
      html.markup("</td><td>")
      if let name = item.drinkText {
        html.text(name)
      } else if item.drink != .unknown {
        html.text(text.drinks(item.drink))
      }
      html.markup("</td></tr>\n")
    }
    rows = html.string
    pages = PageLinks(page: part.page, of: part.pages, language: language) {
      "/invoicing/\(invoice.number)?page=\($0)"
    }
  }
}

/// What the part of a page reads that offers a mail.
struct MailPart {
  var address: String
  var text: String
  /// Whether the text is shown at once.
  var isLong: Bool
  var longHint: String?

  init(_ mail: InvoiceMail, _ words: InvoicingWords) {
    address = mail.address
    text = mail.text
    isLong = mail.isLong
    longHint = mail.isLong ? words.mailLong : nil
  }
}

/// What the template of a batch reads.
struct BatchPage {
  struct Row {
    var invoice: InvoicingPage.Invoice
    /// Opens the mail to its user.
    var mail: String
    var mailTo: String
  }

  var words: InvoicingWords
  var text: TransactionsWords
  var from: String
  var until: String
  var created: String
  var users: Int
  var items: Int
  var total: String
  var mail: MailPart
  var back: String
  var rows: [Row]

  init(
    _ batch: BatchView, _ invoices: [InvoiceView], _ settings: SettingsView, language: Language,
    calendar: LocalCalendar
  ) {
    words = InvoicingWords.in(language)
    text = TransactionsWords.in(language)
    let writer = InvoiceWriter(words: words, format: NumberFormat(language), calendar: calendar)
    (from, until) = (writer.time(batch.from), writer.time(batch.until))
    created = writer.time(batch.created)
    (users, items) = (batch.users, batch.items)
    total = writer.row(batch).total
    mail = MailPart(InvoiceMail(batch, invoices, settings, calendar), words)
    back = CommonWords.in(language).back
    rows = invoices.map { invoice in
      Row(
        invoice: writer.row(invoice), mail: InvoiceMail(invoice, settings, calendar).address,
        mailTo: writer.words.mailTo(invoice.displayName))
    }
  }
}
