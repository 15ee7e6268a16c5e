import DaemonKit
import Hummingbird
import PanelKit

/// Leaderboard and history.
struct LeaderboardRoutes: PanelRoutes {
  let site: CoffeeSite

  func add(to router: PanelRouter) {
    router.get("/leaderboard", .trusted, use: leaderboard)
    router.get("/history", .trusted, use: history)
  }

  private func leaderboard(_ request: Request, _ context: PanelContext) async throws -> Response {
    let query = PageQuery(request)
    let period = ChartPeriod(query, today: site.today)
    let page = query.number("page", default: 1, upTo: 100_000)
    let language = context.language
    let calendar = site.calendar
    return await site.keptPage(
      Self.address("/leaderboard", period, page: page), title: ChartWords.in(language).leaderboard,
      to: request, context
    ) { books, _, _ in
      let board = period.times(calendar).map { books.leaderboard(from: $0.from, until: $0.until) }
      let page = LeaderboardPage(board ?? [], period, page: page, language: language)
      return PageCache.Drawing(html: PageParts.shared.html(page, template: "leaderboard"))
    }
  }

  private func history(_ request: Request, _ context: PanelContext) async throws -> Response {
    let period = ChartPeriod(PageQuery(request), today: site.today)
    let language = context.language
    let calendar = site.calendar
    return await site.keptPage(
      Self.address("/history", period, page: 1), title: ChartWords.in(language).history, to: request, context
    ) { books, _, _ in
      let histogram = period.times(calendar).map {
        books.histogram(from: $0.from, until: $0.until, byMonths: period.isByMonths, calendar: calendar)
      }
      let page = HistoryPage(histogram, period, language: language)
      return PageCache.Drawing(html: PageParts.shared.html(page, template: "history"))
    }
  }

  /// One address for each look of a page, however it was asked for.
  static func address(_ path: String, _ period: ChartPeriod, page: Int) -> String {
    var pairs = [(name: "period", value: period.choice.rawValue)]
    if period.choice == .custom {
      // What cannot be read stands in the page as it was typed.
      pairs.append(("start_date", period.days?.lowerBound.description ?? "none \(period.typed.start)"))
      pairs.append(("end_date", period.days?.upperBound.description ?? "none \(period.typed.end)"))
    }
    if page > 1 { pairs.append(("page", String(page))) }
    return path + queryText(pairs)
  }
}

extension ChartPeriod {
  /// From the first day's beginning up to the end of the last one.
  func times(_ calendar: LocalCalendar) -> (from: WallTime, until: WallTime)? {
    days.map { (calendar.start(of: $0.lowerBound), calendar.start(of: $0.upperBound.adding(days: 1))) }
  }
}
