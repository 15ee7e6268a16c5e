import PanelKit

extension NumberFormat {
  func money(_ amount: Int64, of invoice: InvoiceView) -> String {
    money(amount, currency: invoice.currency, decimals: invoice.currencyDecimals)
  }
}

/// An amount of money as it is typed: `0.5`, `1,20`, `3`.
enum MoneyText {
  /// The amount in the currency's minor unit; nil when it is no number of 0 or more, has more decimals than the
  /// currency, or is beyond all reason.
  static func minorUnits(_ text: String, decimals: Int) -> Int64? {
    let parts = trimmed(text).split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "," })
    guard (1...2).contains(parts.count), parts.contains(where: { !$0.isEmpty }) else { return nil }
    var fraction = parts.count == 2 ? String(parts[1]) : ""
    while fraction.utf8.count > decimals, fraction.last == "0" { fraction.removeLast() }
    guard fraction.utf8.count <= decimals else { return nil }
    fraction += String(repeating: "0", count: decimals - fraction.utf8.count)
    let digits = parts[0] + fraction
    guard (1...15).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int64(digits)
  }

  /// The amount as it is typed, with a point.
  static func typed(_ minorUnits: Int64, decimals: Int) -> String {
    var digits = String(max(0, minorUnits))
    guard decimals > 0 else { return digits }
    digits = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
    return "\(digits.dropLast(decimals)).\(digits.suffix(decimals))"
  }
}
