/// Writes numbers, money and volumes as a reader of a language expects them.
///
/// It does without Foundation's formatters: their locale data is most of a small daemon's memory.
public struct NumberFormat: Sendable {
  public let language: Language

  public init(_ language: Language) { self.language = language }

  /// `value` divided by ten to the power of `decimals`, with all its decimals: (123456, 2) is `1,234.56`.
  ///
  /// - Parameter decimals: 0 to 18; others are taken as the nearer end.
  public func decimal(_ value: Int64, decimals: Int) -> String {
    decimal(value, decimals: decimals, separators: Separators(language))
  }

  private func decimal(_ value: Int64, decimals: Int, separators: Separators) -> String {
    let decimals = min(max(decimals, 0), 18)
    var digits = String(value.magnitude)
    digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let whole = digits.dropLast(decimals)
    var text = value < 0 ? "\u{2212}" : ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index).isMultiple(of: 3) { text += separators.group }
      text.append(digit)
    }
    if decimals > 0 { text += separators.decimal + digits.suffix(decimals) }
    return text
  }

  /// An amount of money.
  ///
  /// Swiss francs are written as in Switzerland, for it is there that one reads of them in German and French:
  /// with a point for the decimals, and in German in front of the amount.
  ///
  /// - Parameters:
  ///   - minorUnits: the amount in the currency's minor unit, cents for instance.
  ///   - currency: an ISO 4217 code or any other name, such as a festival's token.
  ///   - decimals: how many digits of the amount stand after the decimal point.
  public func money(_ minorUnits: Int64, currency: String, decimals: Int) -> String {
    let isSwiss = currency == Self.swissFranc
    let amount = amount(minorUnits, currency: currency, decimals: decimals)
    let sign = Self.signs[currency]
    switch language {
    case .english:
      if let sign {
        return minorUnits < 0 ? "\u{2212}\(sign)\(amount.dropFirst())" : "\(sign)\(amount)"
      }
      return Self.isCode(currency) ? "\(currency)\u{A0}\(amount)" : "\(amount)\u{A0}\(currency)"
    case .german where isSwiss:
      return "\(currency)\u{A0}\(amount)"
    case .german, .french:
      return "\(amount)\u{A0}\(sign ?? currency)"
    }
  }

  /// The digits of an amount of money, without its currency, as ``money(_:currency:decimals:)`` writes them.
  public func amount(_ minorUnits: Int64, currency: String, decimals: Int) -> String {
    decimal(minorUnits, decimals: decimals, separators: separators(of: currency))
  }

  /// The same as it is typed into a form, without groups of digits: `1234,50`.
  public func typedAmount(_ minorUnits: Int64, currency: String, decimals: Int) -> String {
    var separators = separators(of: currency)
    separators.group = ""
    return decimal(minorUnits, decimals: decimals, separators: separators)
  }

  /// What stands between the whole and the decimals of an amount: a point or a comma.
  public func decimalMark(of currency: String) -> String { separators(of: currency).decimal }

  private func separators(of currency: String) -> Separators {
    currency == Self.swissFranc ? Separators(swiss: language) : Separators(language)
  }

  private static let swissFranc = "CHF"

  /// How a value that falls between two steps is written.
  public enum Rounding: Sendable {
    /// To the nearer step, half away from zero.
    case nearest
    /// Towards zero: for what is left, which must not promise more than there is.
    case down
  }

  /// A volume as a bar writes it: `23.4 cl` below a litre, `1.05 L` from there on.
  ///
  /// - Parameter wholeCentilitres: leaves out the tenths of a centilitre.
  public func volume(
    microlitres: Int64, rounding: Rounding = .nearest, wholeCentilitres: Bool = false
  ) -> String {
    let step: Int64 = wholeCentilitres ? 10_000 : 1_000
    let rounded = Self.divide(microlitres, by: step, rounding)
    if rounded.magnitude < (wholeCentilitres ? 100 : 1_000) {
      return "\(decimal(rounded, decimals: wholeCentilitres ? 0 : 1))\u{A0}cl"
    }
    return litres(microlitres: microlitres, decimals: 2, rounding: rounding)
  }

  /// A volume in litres.
  ///
  /// - Parameter decimals: 0 to 3; others are taken as the nearer end.
  public func litres(microlitres: Int64, decimals: Int, rounding: Rounding = .nearest) -> String {
    let decimals = min(max(decimals, 0), 3)
    let step: Int64 = [1_000_000, 100_000, 10_000, 1_000][decimals]
    return "\(decimal(Self.divide(microlitres, by: step, rounding), decimals: decimals))\u{A0}L"
  }

  private static func divide(_ value: Int64, by step: Int64, _ rounding: Rounding) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: step)
    guard rounding == .nearest, remainder.magnitude * 2 >= step.magnitude else { return quotient }
    return quotient + (value < 0 ? -1 : 1)
  }

  /// Signs that stand for a currency wherever these languages are read.
  private static let signs = ["EUR": "€", "GBP": "£", "USD": "$"]

  private static func isCode(_ currency: String) -> Bool {
    currency.utf8.count == 3
      && currency.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }

  private struct Separators {
    let decimal: String
    var group: String

    init(_ language: Language) {
      (decimal, group) =
        switch language {
        case .english: (".", ",")
        case .german: (",", ".")
        // A narrow no-break space.
        case .french: (",", "\u{202F}")
        }
    }

    init(swiss language: Language) {
      decimal = "."
      group =
        switch language {
        case .english: ","
        case .german: "\u{2019}"
        case .french: "\u{202F}"
        }
    }
  }
}
