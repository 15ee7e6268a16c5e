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
      (ChartPeriod.Choice.last7Days, words.last7Days), (.last30Days, words.last30Days),
      (.last12Months, words.last12Months),
    ].map { choice, title in
      Choice(
        address: path + "?period=" + choice.rawValue, title: title, isCurrent: period.choice == choice)
    }
    isCustom = period.choice == .custom
    (start, end) = period.typed
    showing = period.days.map { words.showing($0.lowerBound.description, $0.upperBound.description) }
  }
}
