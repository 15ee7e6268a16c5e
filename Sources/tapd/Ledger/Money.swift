/// An amount in the currency's minor unit (cents, say). In JSON it is a bare integer.
struct Money: Hashable, Comparable, Sendable, Codable {
  var minorUnits: Int64

  init(_ minorUnits: Int64) { self.minorUnits = minorUnits }

  static let zero = Money(0)
  /// The largest amount that a command may name: far above any bar's, far below what could overflow a sum.
  static let maximum = Money(1_000_000_000_000)

  init(from decoder: any Decoder) throws {
    minorUnits = try decoder.singleValueContainer().decode(Int64.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(minorUnits)
  }

  static func < (left: Self, right: Self) -> Bool { left.minorUnits < right.minorUnits }

  /// The sum; stops at the ends of `Int64` rather than trapping.
  static func + (left: Self, right: Self) -> Self {
    Money(left.minorUnits.addingClamped(right.minorUnits))
  }

  /// The difference; stops at the ends of `Int64` rather than trapping.
  static func - (left: Self, right: Self) -> Self {
    Money(left.minorUnits.subtractingClamped(right.minorUnits))
  }
}

/// What a volume costs. The price is per litre, volumes are in microlitres; the only rounding is here.
enum Pricing {
  private static let microlitresPerLitre: Int128 = 1_000_000

  /// What `microlitres` cost: rounded once, half up.
  static func charge(microlitres: Int64, pricePerLitre: Money) -> Money {
    let product = Int128(max(0, microlitres)) * Int128(max(0, pricePerLitre.minorUnits))
    return Money(Int64(clamping: (product + microlitresPerLitre / 2) / microlitresPerLitre))
  }

  /// The largest volume that costs no more than `amount`; nil when the price is zero: any volume does.
  static func largestVolume(for amount: Money, pricePerLitre: Money) -> Int64? {
    guard pricePerLitre > .zero else { return nil }
    guard amount > .zero else { return 0 }
    // charge(v) <= amount  <=>  v * price + half < (amount + 1) litres' worth.
    let bound = (Int128(amount.minorUnits) + 1) * microlitresPerLitre - microlitresPerLitre / 2 - 1
    return Int64(clamping: bound / Int128(pricePerLitre.minorUnits))
  }
}

extension Int64 {
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
