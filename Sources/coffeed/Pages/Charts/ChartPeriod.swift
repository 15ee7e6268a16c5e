import DaemonKit

/// The days that leaderboard and history show, by the predecessor's names.
struct ChartPeriod: Sendable {
  enum Choice: String, Sendable {
    case last7Days = "7days"
    case last30Days = "30days"
    /// The present month and the eleven before it.
    case last12Months = "12months"
    case custom
  }

  var choice: Choice
  /// Nil when what was asked for cannot be shown.
  var days: ClosedRange<CivilDate>?
  /// The first and the last day as they were asked for: they stand in the form again.
  var typed = (start: "", end: "")

  /// Ten years.
  static let longest = 3653
  /// More of what is no day is not shown again.
  private static let longestTyped = 40
  /// A quarter of a year is shown by days, more by months.
  static let longestByDays = 92

  /// `period` is `7days`, `30days` (also when it is missing or unknown), `12months` or `custom`; then `date` is one
  /// day, or `start_date` and `end_date` are the first and the last one. One that is missing is today, or the other.
  init(_ query: PageQuery, today: CivilDate) {
    choice = Choice(rawValue: query.text("period")) ?? .last30Days
    if choice == .custom, ["date", "start_date", "end_date"].allSatisfy({ query.text($0).isEmpty }) {
      choice = .last30Days
    }
    switch choice {
    case .last7Days: days = today.adding(days: -6)...today
    case .last30Days: days = today.adding(days: -29)...today
    case .last12Months: days = today.firstOfMonth(back: 11)...today
    case .custom: days = Self.custom(query, today: today)
    }
    if let days {
      typed = (days.lowerBound.description, days.upperBound.description)
    } else {
      let date = query.text("date")
      let typed = date.isEmpty ? (query.text("start_date"), query.text("end_date")) : (date, date)
      self.typed = (String(typed.0.prefix(Self.longestTyped)), String(typed.1.prefix(Self.longestTyped)))
    }
  }

  private static func custom(_ query: PageQuery, today: CivilDate) -> ClosedRange<CivilDate>? {
    do throws(PageQueryError) {
      if let date = try query.date("date") { return date...date }
      let end = try query.date("end_date")
      let start = try query.date("start_date") ?? end ?? today
      let last = end ?? max(start, today)
      guard start <= last, last.number - start.number < longest else { return nil }
      return start...last
    } catch {
      return nil
    }
  }

  var isByMonths: Bool { dayCount > Self.longestByDays }

  var dayCount: Int { days.map { $0.upperBound.number - $0.lowerBound.number + 1 } ?? 0 }
}
