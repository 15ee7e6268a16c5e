/// A date and time of day, for records and validity only: a Pi's wall clock jumps, so no duration is ever
/// computed from it. In JSON it is ISO 8601 text in UTC, such as `2026-11-21T19:30:00.000Z`.
struct WallTime: Hashable, Comparable, Sendable, Codable, LosslessStringConvertible {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  var milliseconds: Int64

  init(milliseconds: Int64) { self.milliseconds = milliseconds }

  static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let time = WallTime(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no time like 2026-11-21T19:30:00.000Z")
    }
    self = time
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Reads `YYYY-MM-DDThh:mm:ssZ`, with or without three digits of milliseconds.
  init?(_ description: String) {
    let bytes = Array(description.utf8)
    guard bytes.count == 20 || bytes.count == 24, bytes.last == UInt8(ascii: "Z") else { return nil }
    for (position, separator) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")] {
      guard bytes[position] == separator.utf8.first else { return nil }
    }
    func number(_ range: Range<Int>) -> Int64? {
      var value: Int64 = 0
      for byte in bytes[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    var fraction: Int64 = 0
    if bytes.count == 24 {
      guard bytes[19] == UInt8(ascii: "."), let digits = number(20..<23) else { return nil }
      fraction = digits
    }
    let days = CalendarDay.daysSince1970(year: year, month: month, day: day)
    guard CalendarDay(daysSince1970: days).day == day else { return nil }
    milliseconds = ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction
  }

  var description: String {
    // Four digits of year: what lies outside is shown at the ends.
    let shown = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
    let days = shown.dividedDown(by: 86_400_000)
    let rest = shown - days * 86_400_000
    let date = CalendarDay(daysSince1970: days)
    func digits(_ number: Int64, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return "\(digits(date.year, 4))-\(digits(date.month, 2))-\(digits(date.day, 2))T"
      + "\(digits(rest / 3_600_000, 2)):\(digits(rest / 60_000 % 60, 2)):\(digits(rest / 1000 % 60, 2))"
      + ".\(digits(rest % 1000, 3))Z"
  }
}

/// A day of the proleptic Gregorian calendar. The year is taken to start in March, so that the leap day
/// comes last, and 400 years always have 146,097 days.
private struct CalendarDay {
  let year, month, day: Int64

  init(daysSince1970: Int64) {
    let sinceMarch0000 = daysSince1970 + 719_468
    let era = sinceMarch0000.dividedDown(by: 146_097)
    let dayOfEra = sinceMarch0000 - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear.dividedDown(by: 400)
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

extension Int64 {
  /// The quotient, rounded towards minus infinity. `divisor` is positive.
  fileprivate func dividedDown(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
