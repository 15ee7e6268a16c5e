/// How many pulses a flow meter gives for a volume: an exact fraction, so that sums never drift.
///
/// The volume of a count is a function of the whole count, rounded down once:
/// `microlitres(fromPulses: p) = floor(p × volume / pulses)`. Take differences of volumes, never volumes of
/// differences: then the parts of a keg add up to the keg, however often somebody looked.
///
/// ```swift
/// let sensor = FlowCalibration.yfS201                              // 450 pulses per litre
/// let old = try FlowCalibration(hertzPerLitrePerMinute: "6.5")     // 390 pulses per litre
/// let measured = try FlowCalibration(pulses: 437, microlitres: 1_000_000)
/// ```
public struct FlowCalibration: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Pulses per litre that any flow meter for taps and pipes gives: the bounds of what is accepted.
  public static let pulsesPerLitreRange: ClosedRange<UInt64> = 1...100_000

  /// ``pulses`` pulses are ``microlitres`` microlitres, in lowest terms; both above zero.
  public let pulses: UInt64
  /// The volume of ``pulses`` pulses.
  public let microlitres: UInt64

  /// YF-S201: f [Hz] = 7.5 × Q [L/min], so 450 pulses per litre; 1 to 30 L/min, ±10 % until measured.
  public static let yfS201 = FlowCalibration(pulses: 450, perMicrolitres: 1_000_000)

  /// From a measured volume, the best calibration there is: let some litres through, weigh them, read the
  /// count.
  /// - Parameters:
  ///   - pulses: what the meter counted.
  ///   - microlitres: what came out; at most 1,000,000 litres.
  /// - Throws: ``FlowControlError`` with kind `outOfRange` unless that makes 1 to 100,000 pulses per litre.
  public init(pulses: UInt64, microlitres: UInt64) throws(FlowControlError) {
    let litre = UInt128(1_000_000)
    let range = Self.pulsesPerLitreRange
    let scaledPulses = UInt128(pulses) * litre
    guard pulses > 0, (1...1_000_000_000_000).contains(microlitres),
      scaledPulses >= UInt128(range.lowerBound) * UInt128(microlitres),
      scaledPulses <= UInt128(range.upperBound) * UInt128(microlitres)
    else {
      throw FlowControlError(
        .outOfRange, place: "flow meter calibration",
        problem: "of \(pulses) pulses in \(microlitres) µL is not between \(range.lowerBound) and "
          + "\(range.upperBound) pulses per litre",
        remedy: "a YF-S201 gives 450 pulses per litre")
    }
    self.init(pulses: pulses, perMicrolitres: microlitres)
  }

  /// From a data sheet's pulses per litre, as a decimal figure of at most six decimals: `"450"`, `"437.5"`.
  /// - Throws: ``FlowControlError`` with kind `outOfRange` unless it is a figure from 1 to 100,000.
  public init(pulsesPerLitre text: String) throws(FlowControlError) {
    let figure = DecimalFigure(text)
    guard let figure, let exact = try? Self(pulses: figure.digits, microlitres: 1_000_000 * figure.scale)
    else {
      throw FlowControlError(
        .outOfRange, place: "pulses per litre", problem: "of '\(text)' is not a figure from 1 to 100000",
        remedy: "a YF-S201 gives 450")
    }
    self = exact
  }

  /// From a data sheet's factor in f [Hz] = factor × Q [L/min], as a decimal figure of at most six decimals:
  /// `"7.5"`. A litre is 60 × factor pulses.
  /// - Throws: ``FlowControlError`` with kind `outOfRange` unless that makes 1 to 100,000 pulses per litre.
  public init(hertzPerLitrePerMinute text: String) throws(FlowControlError) {
    let figure = DecimalFigure(text)
    guard let figure, let exact = try? Self(pulses: 60 * figure.digits, microlitres: 1_000_000 * figure.scale)
    else {
      throw FlowControlError(
        .outOfRange, place: "hertz per litre per minute",
        problem: "of '\(text)' is not a figure that makes 1 to 100000 pulses per litre (60 times the factor)",
        remedy: "a YF-S201 has 7.5")
    }
    self = exact
  }

  private init(pulses: UInt64, perMicrolitres microlitres: UInt64) {
    var (larger, smaller) = (pulses, microlitres)
    while smaller > 0 { (larger, smaller) = (smaller, larger % smaller) }
    self.pulses = pulses / larger
    self.microlitres = microlitres / larger
  }

  private enum CodingKeys: String, CodingKey { case pulses, microlitres }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      pulses: container.decode(UInt64.self, forKey: .pulses),
      microlitres: container.decode(UInt64.self, forKey: .microlitres))
  }

  /// The volume of a count since the meter's zero, rounded down to a whole microlitre; stops at `Int64.max`.
  public func microlitres(fromPulses count: UInt64) -> Int64 {
    Int64(clamping: UInt128(count) * UInt128(microlitres) / UInt128(pulses))
  }

  /// The volume between two counts of one meter; negative when `end` is the smaller one.
  ///
  /// Volumes of adjoining stretches add up exactly.
  public func microlitres(fromPulses start: UInt64, to end: UInt64) -> Int64 {
    microlitres(fromPulses: end) - microlitres(fromPulses: start)
  }

  /// The fewest pulses that make at least this volume; zero for a volume that is not above zero.
  public func pulses(reachingMicrolitres volume: Int64) -> UInt64 {
    guard volume > 0 else { return 0 }
    return UInt64(clamping: Self.dividedUp(UInt128(volume) * UInt128(pulses), by: UInt128(microlitres)))
  }

  /// The most pulses that do not make more than this volume; zero for a negative volume.
  public func pulses(withinMicrolitres volume: Int64) -> UInt64 {
    guard volume >= 0 else { return 0 }
    let tooMany = Self.dividedUp((UInt128(volume) + 1) * UInt128(pulses), by: UInt128(microlitres))
    return UInt64(clamping: tooMany - 1)
  }

  private static func dividedUp(_ dividend: UInt128, by divisor: UInt128) -> UInt128 {
    dividend / divisor + (dividend.isMultiple(of: divisor) ? 0 : 1)
  }

  /// Such as `450 pulses per litre`; rounded down to three decimals, for people only.
  public var description: String {
    let thousandths = UInt128(pulses) * 1_000_000_000 / UInt128(microlitres)
    let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
    if rest == 0 { return "\(whole) pulses per litre" }
    var decimals = String(String(rest + 1000).dropFirst())
    while decimals.last == "0" { decimals.removeLast() }
    return "\(whole).\(decimals) pulses per litre"
  }
}

/// A decimal figure as written, without the detour through binary fractions: `digits / scale`.
struct DecimalFigure: Equatable {
  let digits: UInt64
  let scale: UInt64

  /// - Returns: nil unless there are 1 to 9 digits, then, after a point, 1 to 6 more.
  init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, (1...9).contains(whole.utf8.count) else { return nil }
    let decimals = parts.count == 2 ? parts[1] : ""
    guard parts.count == 1 || (1...6).contains(decimals.utf8.count) else { return nil }
    var digits: UInt64 = 0
    for byte in whole.utf8 + Array(decimals.utf8) {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      digits = digits * 10 + UInt64(byte - UInt8(ascii: "0"))
    }
    self.digits = digits
    self.scale = decimals.utf8.reduce(into: 1) { scale, _ in scale *= 10 }
  }
}
