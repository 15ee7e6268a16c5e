import PanelKit

/// What the part of a page reads that chooses the days to show.
struct PeriodPart {
  struct Choice {
    var address: String
    var title: String
    var isCurrent: Bool
  }

  var path: String
  var choices: [Choice]
  var isCustom: Bool
  var start: String
  var end: String
  /// Nil when what was asked for cannot be shown.
  var showing: String?

  init(_ period: ChartPeriod, path: String, words: ChartWords) {
    self.path = path
    choices = [
      Choice(
        address: path + "?period=7days", title: words.last7Days, isCurrent: period.choice == .last7Days),
      Choice(
        address: path + "?period=30days", title: words.last30Days,
        isCurrent: period.choice == .last30Days),
    ]
    isCustom = period.choice == .custom
    start = period.days?.lowerBound.description ?? ""
    end = period.days?.upperBound.description ?? ""
    showing = period.days.map { words.showing($0.lowerBound.description, $0.upperBound.description) }
  }
}
