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
  var masterProblem: String?
  var newMaster: String
  var removesMaster: Bool
  var languages: [Choice]
  var retentionYears: String
  var localTime: String
  var save: String

  /// - Parameters:
  ///   - form: what was typed, where the page is shown again; else the settings as they stand.
  ///   - showsPreview: whether the mail is shown as it would be.
  ///   - tellsMaster: whether its reader may know whose card the master token is: it opens the machine.
  init(
    _ books: BooksReading, form: Form? = nil, problem: String? = nil, showsPreview: Bool = false,
    fixedMasterToken: Token?, tellsMaster: Bool, hasBrewInputs: Bool, csrf: String, language: Language,
    calendar: LocalCalendar,
    now: WallTime
  ) {
    let words = SettingsWords.in(language)
    let settings = books.settings
    self.words = words
    self.csrf = csrf
    self.problem = problem
    func typed(_ name: String, _ value: String) -> String { form.map { $0[name] ?? "" } ?? value }

    let mailLanguage = Language(tag: typed("language", settings.language)) ?? settings.mailLanguage
    let mail = MailWords.in(mailLanguage)
    price = typed(
      "price",
      NumberFormat(language).typedAmount(
        settings.pricePerCoffee, currency: settings.currency, decimals: settings.currencyDecimals))
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
    hasMaster = settings.masterToken != nil && fixedMasterToken == nil
    masterProblem = tellsMaster ? Self.masterProblem(books, fixedMasterToken: fixedMasterToken, words) : nil
    // What a refused form asks for is not there yet.
    newMaster = form == nil ? "" : typed("master_token", "")
    removesMaster = form?.isTicked("remove_master") == true
    master =
      fixedMasterToken != nil
      ? words.masterFromEnvironment : settings.masterToken == nil ? words.masterNone : words.masterSet
    let chosen = typed("language", settings.language)
    languages = Language.allCases.map {
      Choice(value: $0.rawValue, label: $0.ownName, isChosen: $0.rawValue == chosen)
    }
    retentionYears = typed("retention_years", String(settings.retentionYears))
    localTime = "\(calendar.civil(now)) (\(calendar.name))"
    save = CommonWords.in(language).save
  }

  /// What is saved and most likely not what was meant.
  static func warnings(
    _ books: BooksReading, fixedMasterToken: Token?, tellsMaster: Bool, language: Language
  ) -> [String] {
    let words = SettingsWords.in(language)
    let settings = books.settings
    let placeholders = InvoiceMail.unknownPlaceholders(
      subject: settings.invoiceSubject, body: settings.invoiceBody)
    return [
      placeholders.map(words.unknownPlaceholders),
      tellsMaster ? masterProblem(books, fixedMasterToken: fixedMasterToken, words) : nil,
    ].compactMap(\.self)
  }

  private static func masterProblem(
    _ books: BooksReading, fixedMasterToken: Token?, _ words: SettingsWords
  ) -> String? {
    (fixedMasterToken ?? books.settings.masterToken).flatMap(books.problem(ofMasterToken:))
      .map(words.masterProblem)
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
