import DaemonKit
import PanelKit

/// What the form of the settings page asks to change. A field that was not sent stays as it is, but for the
/// predecessor's three: there a text that is missing is the default text, and a missing price is 0.
struct SettingsForm {
  /// Why a form is refused, with the title and the text of the page that says so.
  struct Refusal: Error {
    var title: String
    var text: String
  }

  struct Time {
    var name: String
    var label: String
    var unit: String
    var value: Int
    var range: ClosedRange<Int>
    var change: WritableKeyPath<SettingsChange, Int?>
  }

  /// The fields that scripts send.
  static let predecessorFields: Set = ["subject", "body", "price", "system_time", "csrf"]

  static func times(_ settings: SettingsView, _ words: SettingsWords) -> [Time] {
    [
      Time(
        name: "activation_seconds", label: words.activation, unit: words.seconds,
        value: settings.activationSeconds, range: 1...3600, change: \.activationSeconds),
      Time(
        name: "cold_activation_seconds", label: words.coldActivation, unit: words.seconds,
        value: settings.coldActivationSeconds, range: 1...3600, change: \.coldActivationSeconds),
      Time(
        name: "cold_after_minutes", label: words.coldAfter, unit: words.minutes,
        value: settings.coldAfterMinutes, range: 0...100_000, change: \.coldAfterMinutes),
      Time(
        name: "lock_out_seconds", label: words.lockOut, unit: words.seconds, value: settings.lockOutSeconds,
        range: 1...86_400, change: \.lockOutSeconds),
    ]
  }

  let form: Form
  let settings: SettingsView
  let words: SettingsWords

  /// Whether it is the page's own form and not a script's.
  private var isWhole: Bool { form["language"] != nil }

  func change() throws(Refusal) -> SettingsChange {
    var change = SettingsChange()
    let decimals = try number("currency_decimals", words.decimals)
    change.currencyDecimals = decimals
    let price = trimmed(form["price"] ?? "")
    let places = max(0, min(4, decimals ?? settings.currencyDecimals))
    guard let amount = MoneyText.minorUnits(price.isEmpty ? "0" : price, decimals: places),
      LocalBooks.prices.contains(amount)
    else {
      let most = decimalText(LocalBooks.prices.upperBound, decimals: places)
      throw Refusal(title: words.invalidPriceTitle, text: words.invalidPrice(most))
    }
    change.pricePerCoffee = amount
    change.invoiceSubject = template("subject", \.subject)
    change.invoiceBody = template("body", \.body)
    if let currency = form["currency"] { change.currency = trimmed(currency) }
    for time in Self.times(settings, words) {
      change[keyPath: time.change] = try number(time.name, time.label)
    }
    change.retentionYears = try number("retention_years", words.retention)
    change.language = form["language"]
    // A checkbox that is not ticked is not sent.
    if isWhole { change.chargesDrinks = form.isTicked("charges_drinks") }
    if form.isTicked("remove_master") {
      change.masterToken = ""
    } else if let token = form["master_token"].map(trimmed), !token.isEmpty {
      change.masterToken = token
    }
    return change
  }

  /// A text that is the default text of the mails' language is not kept, so that it goes with the language.
  private func template(_ name: String, _ standard: KeyPath<MailWords, String>) -> String {
    let text = (form[name] ?? "").replacing("\r\n", with: "\n")
    return Language.allCases.contains { MailWords.in($0)[keyPath: standard] == text } ? "" : text
  }

  private func number(_ name: String, _ label: String) throws(Refusal) -> Int? {
    guard let text = form[name] else { return nil }
    guard let number = Int(trimmed(text)) else {
      throw Refusal(title: words.invalidTitle, text: words.invalidNumber(label))
    }
    return number
  }
}
