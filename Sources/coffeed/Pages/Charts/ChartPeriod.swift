import DaemonKit

/// The days that leaderboard and history show, by the predecessor's names.
struct ChartPeriod: Hashable, Sendable {
  enum Choice: String, Sendable {
    case last7Days = "7days"
    case last30Days = "30days"
    case custom
  }

  var choice: Choice
  /// Nil when what was asked for cannot be shown.
  var days: ClosedRange<CivilDate>?

  /// Ten years.
  static let longest = 3653
  /// A year and a day: more bars than that cannot be told apart.
  static let longestChart = 366

  /// `period` is `7days`, `30days` (also when it is missing or unknown) or `custom`; then `date` is one day, or
  /// `start_date` and `end_date` are the first and the last one. One that is missing is today, or the other.
  /// - Parameter longest: how many days are shown at most.
  init(_ query: PageQuery, today: CivilDate, longest: Int = ChartPeriod.longest) {
    choice = Choice(rawValue: query.text("period")) ?? .last30Days
    if choice == .custom, ["date", "start_date", "end_date"].allSatisfy({ query.text($0).isEmpty }) {
      choice = .last30Days
    }
    switch choice {
    case .last7Days: days = today.adding(days: -6)...today
    case .last30Days: days = today.adding(days: -29)...today
    case .custom: days = Self.custom(query, today: today, longest)
    }
  }

  private static func custom(
    _ query: PageQuery, today: CivilDate, _ longest: Int
  ) -> ClosedRange<CivilDate>? {
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

  var dayCount: Int { days.map { $0.upperBound.number - $0.lowerBound.number + 1 } ?? 0 }
}
