import DaemonKit

/// A day of the Gregorian calendar, computed by hand: of a million usages each has one.
struct CalendarDate: Equatable, Sendable {
  var year: Int
  var month: Int
  var day: Int

  static let millisecondsPerDay: Int64 = 86_400_000

  /// The day in UTC.
  init(_ time: WallTime) { self.init(daysSince1970: Self.dayNumber(of: time)) }

  /// Years are counted from March here, so that the leap day comes last: 719,468 days lie between the first of
  /// March of year 0 and 1970, and 400 years have 146,097.
  init(daysSince1970 number: Int64) {
    let days = number + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
  }

  init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Days since 1970-01-01; the day need not exist: the 30th of February is the 1st or 2nd of March.
  var daysSince1970: Int64 {
    let marchYear = Int64(month <= 2 ? year - 1 : year)
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = Int64((153 * (month <= 2 ? month + 9 : month - 3) + 2) / 5 + day - 1)
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func dayNumber(of time: WallTime) -> Int64 {
    let (day, rest) = time.milliseconds.quotientAndRemainder(dividingBy: millisecondsPerDay)
    return rest < 0 ? day - 1 : day
  }

  /// `2026-11-25`.
  var description: String { monthText + "-" + Self.twoDigits(day) }

  /// `2026-11`.
  var monthText: String {
    let digits = String(max(0, year))
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "-" + Self.twoDigits(month)
  }

  static func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
}

/// In which month's file of the archive entries stand: the journal goes to the next month with the clock, and
/// never back.
struct ArchiveMonths: Codable, Equatable, Sendable {
  /// The month of the newest entry, such as `2026-11`.
  private(set) var current = ""
  /// From which usage on they stand in which month.
  private(set) var starts: [Start] = []

  struct Start: Codable, Equatable, Sendable {
    var usage: Int
    var month: String
  }

  mutating func note(entryAt time: WallTime) {
    let month = CalendarDate(time).monthText
    if month > current { current = month }
  }

  mutating func note(usage: Int) {
    if starts.last?.month != current { starts.append(Start(usage: usage, month: current)) }
  }

  /// Where a usage stands, and the first one that stands there.
  func start(ofUsage number: Int) -> Start? { starts.last { $0.usage <= number } }
}
