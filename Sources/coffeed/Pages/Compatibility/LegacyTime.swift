import DaemonKit

/// Times as the predecessor writes them.
extension WallTime {
  /// `2026-11-25 08:03:09`, in UTC.
  var legacyText: String { LocalCalendar.utc.civil(self).description }

  /// `2026-11-25T08:03:09.123000`, on the clocks of a zone.
  func isoText(in calendar: LocalCalendar) -> String {
    let fraction = String(((milliseconds % 1000) + 1000) % 1000)
    let zeros = String(repeating: "0", count: 3 - fraction.count)
    return calendar.civil(self).description.replacing(" ", with: "T") + ".\(zeros)\(fraction)000"
  }
}
