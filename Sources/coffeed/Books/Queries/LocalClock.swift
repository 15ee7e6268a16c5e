import DaemonKit

/// Local days and times of day of many times. Asks the calendar twice a day rather than for each.
struct LocalClock {
  private let calendar: LocalCalendar
  private var day: Int64 = .min
  /// Seconds from UTC over the whole of `day`; nil when it changes within it.
  private var offset: Int64?

  init(_ calendar: LocalCalendar) { self.calendar = calendar }

  /// The local day, counted from 1970, and the second of it.
  mutating func local(_ milliseconds: Int64) -> (day: Int64, second: Int) {
    let seconds = floorDivide(milliseconds, 1000)
    let utcDay = floorDivide(seconds, 86_400)
    if utcDay != day {
      day = utcDay
      let start = self.seconds(at: utcDay * 86_400)
      offset = start == self.seconds(at: (utcDay + 1) * 86_400) ? start : nil
    }
    let local = seconds + (offset ?? self.seconds(at: seconds))
    let localDay = floorDivide(local, 86_400)
    return (localDay, Int(local - localDay * 86_400))
  }

  private func seconds(at time: Int64) -> Int64 { Int64(calendar.secondsFromUTC(atSecond: time)) }

  private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }
}
