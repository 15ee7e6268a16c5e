import DaemonKit
import PanelKit

/// The mail that goes with an invoice, made from the templates in the settings.
struct InvoiceMail: Sendable {
  /// The names that a template may use, in the order of `MailWords.explanations`.
  static let placeholders = [
    "user_display", "period_start", "period_end", "total_items", "price_per_coffee", "total_price",
    "currency",
  ]

  /// What looks like a gap in a mail's templates and is never filled, with commas between; nil when there is nothing.
  static func unknownPlaceholders(subject: String, body: String) -> String? {
    let suspects = [subject, body].flatMap { MailTemplate($0).suspects(among: placeholders) }
    var known: Set<String> = []
    let shown = suspects.filter { known.insert($0).inserted }.prefix(10).map { $0.prefix(bytes: 60) }
    return shown.isEmpty ? nil : shown.joined(separator: ", ")
  }

  let subject: String
  let body: String
  private let recipient: String

  /// Subject and text as they are copied by hand: not every mail program takes a long address.
  var text: String { subject + "\n\n" + body }
  /// Whether a mail program may cut the address off. Windows hands over 2,083 characters at most.
  var isLong: Bool { address.utf8.count > 2000 }

  /// A `mailto:` address.
  var address: String { MailLink.address(to: recipient, subject: subject, body: body) }

  init(_ invoice: InvoiceView, _ settings: SettingsView, _ calendar: LocalCalendar) {
    self.init(
      invoice, subject: settings.invoiceSubject, body: settings.invoiceBody, language: settings.mailLanguage,
      calendar)
  }

  /// - Parameters:
  ///   - subject: a template; empty is the default text.
  ///   - body: the same.
  init(
    _ invoice: InvoiceView, subject: String, body: String, language: Language, _ calendar: LocalCalendar
  ) {
    let words = MailWords.in(language)
    let format = NumberFormat(language)
    let values = [
      "user_display": invoice.displayName,
      "period_start": calendar.civil(invoice.from).description,
      "period_end": calendar.civil(invoice.until).description,
      "total_items": String(invoice.items),
      "price_per_coffee": format.amount(invoice.price, of: invoice),
      "total_price": format.amount(invoice.total, of: invoice),
      "currency": invoice.currency,
    ]
    self.subject = MailTemplate(subject.isEmpty ? words.subject : subject).filled(values)
    self.body = MailTemplate(body.isEmpty ? words.body : body).filled(values)
    recipient = invoice.emailAddress ?? ""
  }

  /// The mail about a whole batch: to nobody in particular.
  init(
    _ batch: BatchView, _ invoices: [InvoiceView], _ settings: SettingsView, _ calendar: LocalCalendar
  ) {
    let words = MailWords.in(settings.mailLanguage)
    let format = NumberFormat(settings.mailLanguage)
    let table = invoices.map { invoice in
      let price = format.amount(invoice.price, of: invoice)
      let total = format.amount(invoice.total, of: invoice)
      return "\(invoice.displayName): \(invoice.items) × \(price) = \(invoice.currency) \(total)"
    }
    let values = [
      "period_start": calendar.civil(batch.from).description,
      "period_end": calendar.civil(batch.until).description,
      "total_items": String(batch.items),
      "total_price": format.amount(
        batch.total, currency: batch.currency, decimals: batch.currencyDecimals),
      "currency": batch.currency,
      "table": table.joined(separator: "\n"),
    ]
    subject = MailTemplate(words.batchSubject).filled(values)
    body = MailTemplate(words.batchBody).filled(values)
    recipient = ""
  }
}

extension InvoiceView {
  /// What the user is called in mails and lists.
  var displayName: String {
    for text in [name, userName] where !text.isEmpty { return text }
    return token.text
  }
}

extension SettingsView {
  var mailLanguage: Language { Language(tag: language) ?? .english }
}
