import ArgumentParser

/// A decimal number as people type it, exactly: `6.5`, `6,50`.
public struct DecimalAmount: ExpressibleByArgument, Sendable {
  /// All digits, without the point.
  private let digits: Int64
  private let decimals: Int

  public init?(argument: String) {
    let text = argument.replacing(",", with: ".")
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
      let digits = Int64(parts.joined())
    else { return nil }
    self.digits = digits
    decimals = parts.count == 2 ? parts[1].count : 0
  }

  /// The number times ten to the power of `places`; nil when that is no whole number or too large.
  public func scaled(by places: Int) -> Int64? {
    guard decimals <= places else { return nil }
    var value = digits
    for _ in decimals..<places {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    return value
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

/// A number in units of its last decimal as people read it: 250 with 2 decimals is `2.50`.
public func decimalText(_ value: Int64, decimals: Int) -> String {
  let sign = value < 0 ? "-" : ""
  let digits = String(value.magnitude)
  guard decimals > 0 else { return sign + digits }
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}
