import DaemonKit
import PanelKit

/// What the template of the settings page reads.
struct SettingsPage {
  struct Placeholder {
    var name: String
    var text: String
  }
  struct Number {
    var name: String
    var label: String
    var unit: String
    var value: String
    var least: Int
    var most: Int
  }
  struct Choice {
    var value: String
    var label: String
    var isChosen: Bool
  }
  struct Preview {
    var subject: String
    var body: String
  }

  var words: SettingsWords
  var csrf: String
  var problem: String?
  var price: String
  var currency: String
  var decimals: String
  var subject: String
  var body: String
  var placeholders: [Placeholder]
  var unknown: String?
  var preview: Preview?
  var times: [Number]
  var chargesDrinks: Bool
  /// That nothing is wired to see them.
  var missingInputs: String?
  var master: String
  var hasMaster: Bool
  var languages: [Choice]
  var retentionYears: String
  var localTime: String
  var save: String

  /// - Parameters:
  ///   - form: what was typed, where the page is shown again; else the settings as they stand.
  ///   - showsPreview: whether the mail is shown as it would be.
  init(
    _ settings: SettingsView, form: Form? = nil, problem: String? = nil, showsPreview: Bool = false,
    masterTokenIsFixed: Bool, hasBrewInputs: Bool, csrf: String, language: Language, calendar: LocalCalendar,
    now: WallTime
  ) {
    let words = SettingsWords.in(language)
    self.words = words
    self.csrf = csrf
    self.problem = problem
    func typed(_ name: String, _ value: String) -> String { form.map { $0[name] ?? "" } ?? value }

    let mailLanguage = Language(tag: typed("language", settings.language)) ?? settings.mailLanguage
    let mail = MailWords.in(mailLanguage)
    price = typed(
      "price", decimalText(settings.pricePerCoffee, decimals: settings.currencyDecimals))
    currency = typed("currency", settings.currency)
    decimals = typed("currency_decimals", String(settings.currencyDecimals))
    subject = typed("subject", settings.invoiceSubject.isEmpty ? mail.subject : settings.invoiceSubject)
    body = typed("body", settings.invoiceBody.isEmpty ? mail.body : settings.invoiceBody)
    placeholders = zip(InvoiceMail.placeholders, MailWords.in(language).explanations).map {
      Placeholder(name: $0, text: $1)
    }
    unknown = InvoiceMail.unknownPlaceholders(subject: subject, body: body).map(words.unknownPlaceholders)
    if showsPreview {
      let sample = Self.sample(settings, price: price, currency: currency, decimals: decimals, at: now)
      let mail = InvoiceMail(sample, subject: subject, body: body, language: mailLanguage, calendar)
      preview = Preview(subject: mail.subject, body: mail.body)
    }
    times = SettingsForm.times(settings, words).map { time in
      Number(
        name: time.name, label: time.label, unit: time.unit, value: typed(time.name, String(time.value)),
        least: time.range.lowerBound, most: time.range.upperBound)
    }
    chargesDrinks = form.map { $0.isTicked("charges_drinks") } ?? settings.chargesDrinks
    missingInputs = chargesDrinks && !hasBrewInputs ? words.missingInputs : nil
    hasMaster = settings.masterToken != nil && !masterTokenIsFixed
    master =
      masterTokenIsFixed
      ? words.masterFromEnvironment : settings.masterToken == nil ? words.masterNone : words.masterSet
    let chosen = typed("language", settings.language)
    languages = Language.allCases.map {
      Choice(value: $0.rawValue, label: $0.ownName, isChosen: $0.rawValue == chosen)
    }
    retentionYears = typed("retention_years", String(settings.retentionYears))
    localTime = "\(calendar.civil(now)) (\(calendar.name))"
    save = CommonWords.in(language).save
  }

  /// An invoice that nobody has.
  private static func sample(
    _ settings: SettingsView, price: String, currency: String, decimals: String, at now: WallTime
  ) -> InvoiceView {
    let decimals = Int(decimals).flatMap { (0...4).contains($0) ? $0 : nil } ?? settings.currencyDecimals
    let price = MoneyText.minorUnits(price, decimals: decimals) ?? settings.pricePerCoffee
    return InvoiceView(
      number: 1, token: settings.masterToken ?? .sample, userName: "ada", name: "Ada Lovelace",
      emailAddress: "ada@example.org", from: WallTime(milliseconds: now.milliseconds - 30 * 86_400_000),
      until: now, items: 23, price: price, total: price * 23, currency: currency, currencyDecimals: decimals,
      paid: false, created: now, batch: nil)
  }
}

extension Token {
  fileprivate static var sample: Token {
    guard let token = Token("a1b2c3d4") else { preconditionFailure("a1b2c3d4 is a token") }
    return token
  }
}
