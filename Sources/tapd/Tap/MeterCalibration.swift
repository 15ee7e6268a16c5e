/// How much flows per pulse, as an exact fraction.
struct MeterCalibration: Codable, Equatable, Sendable {
  /// Thousandths of a pulse per litre: 450 pulses a litre are 450,000.
  let millipulsesPerLitre: Int64

  /// - Returns: nil unless there are 1 to 100,000 pulses a litre.
  init?(millipulsesPerLitre: Int64) {
    guard (1000...100_000_000).contains(millipulsesPerLitre) else { return nil }
    self.millipulsesPerLitre = millipulsesPerLitre
  }

  private init(trusted: Int64) { millipulsesPerLitre = trusted }

  /// The YF-S201's data sheet: 450 pulses a litre.
  static let yfs201 = MeterCalibration(trusted: 450_000)

  /// The volume of so many pulses in microlitres, rounded down. Convert a pour's whole count, never its
  /// parts, so that nothing is lost to rounding.
  func microlitres(pulses: UInt64) -> Int64 {
    Int64(clamping: UInt128(pulses) * 1_000_000_000 / UInt128(millipulsesPerLitre))
  }
}
