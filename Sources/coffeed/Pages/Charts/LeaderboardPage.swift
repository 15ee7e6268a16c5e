import DaemonKit
import PanelKit

/// What the template of the leaderboard reads.
struct LeaderboardPage {
  struct Row {
    var rank: Int
    var name: String
    var count: Int
    var average: String
  }

  var words: ChartWords
  var period: PeriodPart
  var hasRows: Bool
  var chart: String
  var rows: [Row]
  var pages: PageLinks?

  /// How many are in the chart.
  static let charted = 20
  static let rowsPerPage = 100

  init(_ board: [LeaderboardRow], _ period: ChartPeriod, page: Int, language: Language) {
    let words = ChartWords.in(language)
    let format = NumberFormat(language)
    self.words = words
    self.period = PeriodPart(period, path: "/leaderboard", words: words)
    hasRows = !board.isEmpty
    let part = ListPart(board, page: page, perPage: Self.rowsPerPage)
    rows = part.rows.map { row in
      let tenths = (row.count * 20 + period.dayCount) / (2 * max(1, period.dayCount))
      return Row(
        rank: row.rank, name: row.name, count: row.count,
        average: format.decimal(Int64(tenths), decimals: 1))
    }
    pages = PageLinks(page: part.page, of: part.pages, language: language) {
      LeaderboardRoutes.address("/leaderboard", period, page: $0)
    }
    chart =
      BarChart(
        title: words.rankings,
        bars: board.prefix(Self.charted).map {
          BarChart.Bar(label: $0.name, value: Int64($0.count), text: "\($0.count)")
        }
      ).lying
  }
}

/// One page of a list.
struct ListPart<Row> {
  var rows: ArraySlice<Row>
  /// From 1.
  var page: Int
  var pages: Int

  /// A page that is not there is the nearest one.
  init(_ rows: some RandomAccessCollection<Row>, page: Int, perPage: Int) {
    pages = max(1, (rows.count + perPage - 1) / perPage)
    self.page = min(max(1, page), pages)
    self.rows = ArraySlice(rows.dropFirst((self.page - 1) * perPage).prefix(perPage))
  }
}
