/// A day of the calendar, wherever it is.
public struct CivilDate: Hashable, Comparable, Sendable, LosslessStringConvertible {
  /// Days since 1970-01-01.
  public var number: Int

  public init(number: Int) { self.number = number }

  /// A day of the Gregorian calendar, years 1 to 9999; nil when there is none, such as 30 February.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    // Years are counted from March, so that the leap day is a year's last.
    let marchYear = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
    number = marchYear * 365 + leapDays + dayOfYear - 719_468
    guard self.components == (year, month, day) else { return nil }
  }

  /// Reads `YYYY-MM-DD`.
  public init?(_ description: String) {
    let bytes = Array(description.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = decimal(bytes[0..<4]), let month = decimal(bytes[5..<7]), let day = decimal(bytes[8..<10])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  public var components: (year: Int, month: Int, day: Int) {
    let days = number + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1
    )
  }

  /// The day in UTC.
  public init(utc time: WallTime) {
    let (day, rest) = time.milliseconds.quotientAndRemainder(dividingBy: Self.milliseconds)
    number = Int(rest < 0 ? day - 1 : day)
  }

  /// When the day begins in UTC.
  public var startInUTC: WallTime { WallTime(milliseconds: Int64(number) * Self.milliseconds) }

  private static let milliseconds: Int64 = 86_400_000

  /// The day of the week, 0 for Monday.
  public var weekday: Int { ((number + 3) % 7 + 7) % 7 }

  public func adding(days: Int) -> CivilDate { CivilDate(number: number + days) }

  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }

  public var description: String { month + "-" + padded(components.day, 2) }

  /// `2026-11`.
  public var month: String {
    let (year, month, _) = components
    return padded(year, 4) + "-" + padded(month, 2)
  }
}

/// A date and time of day as a clock on the wall shows it; where the wall stands is not part of it.
public struct CivilTime: Hashable, Comparable, Sendable, LosslessStringConvertible {
  public var date: CivilDate
  /// 0 to 86,399.
  public var secondOfDay: Int

  public init(date: CivilDate, secondOfDay: Int = 0) {
    self.date = date
    self.secondOfDay = min(max(secondOfDay, 0), 86_399)
  }

  /// Reads `YYYY-MM-DD hh:mm:ss`, with a blank or a `T` between, with or without the seconds.
  public init?(_ description: String) {
    let bytes = Array(description.utf8)
    guard bytes.count == 16 || bytes.count == 19,
      bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T"),
      let date = CivilDate(String(decoding: bytes[..<10], as: UTF8.self)),
      let second = Self.secondOfDay(String(decoding: bytes[11...], as: UTF8.self))
    else { return nil }
    self.init(date: date, secondOfDay: second)
  }

  /// Reads `hh:mm` or `hh:mm:ss`.
  public static func secondOfDay(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5 || bytes.count == 8, bytes[2] == UInt8(ascii: ":"),
      let hour = decimal(bytes[0..<2]), hour < 24, let minute = decimal(bytes[3..<5]), minute < 60
    else { return nil }
    guard bytes.count == 8 else { return hour * 3600 + minute * 60 }
    guard bytes[5] == UInt8(ascii: ":"), let second = decimal(bytes[6..<8]), second < 60 else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.date, left.secondOfDay) < (right.date, right.secondOfDay)
  }

  /// `2026-11-25 08:03:09`.
  public var description: String {
    let (hour, minute, second) = (secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60)
    return "\(date) \(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
  }
}

private func decimal(_ bytes: ArraySlice<UInt8>) -> Int? {
  var value = 0
  for byte in bytes {
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    value = value * 10 + Int(byte - UInt8(ascii: "0"))
  }
  return value
}

private func padded(_ value: Int, _ digits: Int) -> String {
  let text = String(value)
  return text.utf8.count < digits ? String(repeating: "0", count: digits - text.utf8.count) + text : text
}
