import DaemonKit
import PanelKit

extension NumberFormat {
  func money(_ amount: Int64, of invoice: InvoiceView) -> String {
    money(amount, currency: invoice.currency, decimals: invoice.currencyDecimals)
  }

  func amount(_ amount: Int64, of invoice: InvoiceView) -> String {
    self.amount(amount, currency: invoice.currency, decimals: invoice.currencyDecimals)
  }
}

/// An amount of money as it is typed: `0.5`, `1,20`, `3`.
enum MoneyText {
  /// A million times any coffee's price, far below what could overflow a sum.
  private static let largest: Int64 = 1_000_000_000_000

  /// The amount in the currency's minor unit; nil when it is no number of 0 or more, has more decimals than the
  /// currency, or is beyond all reason.
  static func minorUnits(_ text: String, decimals: Int) -> Int64? {
    var text = trimmed(text).replacing(",", with: ".")
    guard text.contains(where: \.isNumber) else { return nil }
    // As the predecessor took them: `.5`, `5.` and `0.500`.
    if text.hasPrefix(".") { text = "0" + text }
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    let amount = DecimalAmount(argument: text)?.scaled(by: decimals)
    return amount.flatMap { $0 <= largest ? $0 : nil }
  }
}
