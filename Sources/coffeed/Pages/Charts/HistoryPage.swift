import DaemonKit
import PanelKit

/// What the template of the history charts reads.
struct HistoryPage {
  var words: ChartWords
  var period: PeriodPart
  var hasDays: Bool
  var total: Int
  /// Of the chart of days, or of months.
  var title: String
  var days: String
  var dayTable: String
  var hours: String
  var hourTable: String

  init(_ histogram: UsageHistogram?, _ period: ChartPeriod, language: Language) {
    let words = ChartWords.in(language)
    let format = DateFormat(language)
    self.words = words
    self.period = PeriodPart(period, path: "/history", words: words)
    hasDays = histogram != nil
    let histogram = histogram ?? UsageHistogram(days: [], hours: [])
    total = histogram.days.reduce(0) { $0 + $1.count }
    title = period.isByMonths ? words.perMonth : words.perDay
    let dayChart = BarChart(
      title: title,
      bars: histogram.days.map { Self.bar($0, label: format.day($0.label)) })
    let hourChart = BarChart(
      title: words.perHour, bars: histogram.hours.map { Self.bar($0, label: $0.label) })
    days = dayChart.standing
    dayTable = dayChart.table(
      summary: words.asTable, label: period.isByMonths ? words.month : words.day, value: words.coffees)
    hours = hourChart.standing
    hourTable = hourChart.table(summary: words.asTable, label: words.hour, value: words.coffees)
  }

  private static func bar(_ bucket: UsageHistogram.Bucket, label: String) -> BarChart.Bar {
    BarChart.Bar(label: label, value: Int64(bucket.count), text: "\(bucket.count)")
  }
}
