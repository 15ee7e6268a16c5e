/// What runs on after the order to close the valve: the line's pressure, the valve's travel and the delay of
/// the reading. Learned for each tap, so that the valve can be closed that much early.
///
/// Too small an estimate gives beer away, too large a one keeps a sip from the guest: it grows to a larger
/// measurement at once and shrinks slowly.
struct AfterFlow: Codable, Equatable, Sendable {
  /// More is not believed: that is a leaking valve and not its after-flow.
  static let maximumMicrolitres: Int64 = 200_000

  private(set) var microlitres: Int64

  init(microlitres: Int64) { self.microlitres = min(max(0, microlitres), Self.maximumMicrolitres) }

  /// Takes in what flowed after the order to close in a pour that was flowing freely.
  mutating func learn(_ measured: Int64) {
    let measured = min(max(0, measured), Self.maximumMicrolitres)
    microlitres = measured >= microlitres ? measured : microlitres - (microlitres - measured) / 8
  }
}
