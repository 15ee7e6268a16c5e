import DaemonKit
import PanelKit
import Testing

@testable import coffeed

@Suite(.timeLimit(.minutes(15))) struct ChartPageTests {
  /// Ada: three coffees today and one 29 days ago; Bob: two six days ago, at half past eleven in the evening.
  private func office() async throws -> Office {
    let office = try await Office(at: "2026-10-27T08:00:00Z")
    try await office.user("a1b2c3d4", "ada", "Ada")
    try await office.user("11223344", "bob", "Bob")
    try await office.show("a1b2c3d4")
    office.time.set("2026-11-19T22:30:00Z")
    for _ in 0..<2 { try await office.show("11223344") }
    office.time.set("2026-11-25T08:00:00Z")
    for _ in 0..<3 { try await office.show("a1b2c3d4") }
    return office
  }

  private static func ranking(_ page: String) -> [String] {
    page.matches(
      of:
        /<tr><td class="number">(\d+)<\/td><td class="free">(.*?)<\/td><td class="number">(\d+)<\/td><td class="number">(.*?)<\/td>/
    ).map { "\($0.1) \($0.2) \($0.3) \($0.4)" }
  }

  @Test(arguments: [
    ("", ["1 Ada 4 0.1", "2 Bob 2 0.1"]), ("?period=7days", ["1 Ada 3 0.4", "2 Bob 2 0.3"]),
    ("?period=custom&date=2026-11-19", ["1 Bob 2 2.0"]), ("?period=custom&date=2026-11-20", []),
    ("?period=custom&start_date=2026-10-27&end_date=2026-11-19", ["1 Bob 2 0.1", "2 Ada 1 0.0"]),
    ("?period=custom&start_date=2026-11-20", ["1 Ada 3 0.5"]),
    ("?period=custom&end_date=2026-11-19", ["1 Bob 2 2.0"]),
    ("?period=custom&start_date=2026-11-25&end_date=2026-11-24", []),
    ("?period=custom&start_date=0001-01-01&end_date=9999-12-31", []),
  ])
  func theLeaderboardCountsLocalDays(query: String, rows: [String]) async throws {
    try await office().visit { visit in
      let page = try await visit.get("/leaderboard\(query)")
      #expect(page.status == .ok)
      #expect(Self.ranking(page.text) == rows)
      #expect(page.text.contains("<svg") == !rows.isEmpty)
    }
  }

  @Test func aNicknameStandsForTheNameAndWhoIsHiddenIsNotThere() async throws {
    let office = try await office()
    _ = try await office.command(
      .changeUser(Token.of("a1b2c3d4"), UserChange(nickname: "Bean Counter")))
    _ = try await office.command(.changeUser(Token.of("11223344"), UserChange(hidden: true)))
    try await office.visit { visit in
      let page = try await visit.get("/leaderboard")
      #expect(Self.ranking(page.text) == ["1 Bean Counter 4 0.1"])
      #expect(!page.text.contains("Bob"))
    }
  }

  @Test func historyCountsLocalDaysAndHours() async throws {
    try await office().visit { visit in
      let page = try await visit.get("/history?period=7days")
      #expect(page.text.contains("Total: 5"))
      #expect(page.text.contains("Showing 2026-11-19 to 2026-11-25"))
      #expect(page.text.contains(#"<a href="/history?period=7days" aria-current="true">"#))
      #expect(page.text.contains(#"name="start_date" value="2026-11-19""#))
      func count(_ label: String) -> String? {
        page.text.firstMatch(of: try! Regex(#"<th scope="row">\#(label)</th><td class="number">(\d+)"#))?[1]
          .substring.map(String.init)
      }
      #expect(count("19 Nov") == "2")
      #expect(count("20 Nov") == "0")
      #expect(count("25 Nov") == "3")
      #expect(count("23") == "2")
      #expect(count("09") == "3")
      #expect(count("08") == "0")
    }
  }

  @Test(arguments: [
    ("start_date=2010-01-01&end_date=2026-11-25", "2010-01-01", "2026-11-25"), ("start_date=x", "x", ""),
    ("date=99999-01-01", "99999-01-01", "99999-01-01"),
    ("start_date=2026-11-25&end_date=2026-11-01", "2026-11-25", "2026-11-01"),
  ])
  func daysThatCannotBeShownAreSaidSoAndStayInTheForm(query: String, start: String, end: String) async throws
  {
    try await office().visit { visit in
      let page = try await visit.get("/history?period=custom&\(query)")
      #expect(page.status == .ok)
      #expect(page.text.contains(#"role="alert""#))
      #expect(!page.text.contains("<svg"))
      #expect(page.text.contains(#"name="start_date" value="\#(start)""#))
      #expect(page.text.contains(#"name="end_date" value="\#(end)""#))
    }
  }

  /// A quarter of a year by days, more by months, which are whole where the period's ends are not.
  @Test(arguments: [
    ("period=custom&start_date=2026-08-26&end_date=2026-11-25", false, 92),
    ("period=custom&start_date=2026-08-25&end_date=2026-11-25", true, 4),
    ("period=custom&start_date=2020-01-15&end_date=2026-11-25", true, 83), ("period=12months", true, 12),
  ])
  func longerPeriodsAreShownByMonths(query: String, isByMonths: Bool, bars: Int) async throws {
    try await office().visit { visit in
      let page = try await visit.get("/history?\(query)")
      #expect(page.text.contains("Coffees per month") == isByMonths)
      let chart = try #require(page.text.firstMatch(of: /<svg class="chart standing".*?<\/svg>/)).output
      #expect(chart.matches(of: /class="bar"/).count == bars)
      #expect(page.text.contains("Total: 6"))
      if isByMonths {
        #expect(page.text.contains(#"<th scope="row">2026-10</th><td class="number">1</td>"#))
        #expect(page.text.contains(#"<th scope="row">2026-11</th><td class="number">5</td>"#))
      }
    }
  }

  @Test func theLeaderboardOrdersUmlautsAsPeopleDo() async throws {
    let office = try await Office()
    for (number, name) in ["Zoe", "ülker", "Özlem", "Oskar", "Émile", "Eva"].enumerated() {
      try await office.user("a1b2c3d\(number)", "u\(number)", name)
      try await office.show("a1b2c3d\(number)")
    }
    try await office.visit { visit in
      let names = try await Self.ranking(visit.get("/leaderboard").text).map { $0.split(separator: " ")[1] }
      #expect(names == ["Émile", "Eva", "Oskar", "Özlem", "ülker", "Zoe"])
    }
  }

  @Test(arguments: Language.allCases)
  func everyPageSpeaksItsLanguage(language: Language) async throws {
    try await office().visit { visit in
      let words = CommonWords.in(language)
      for (path, title) in [
        ("/transactions", TransactionsWords.in(language).title),
        ("/leaderboard", ChartWords.in(language).leaderboard),
        ("/history", ChartWords.in(language).history), ("/invoicing", InvoicingWords.in(language).title),
        ("/administration", AdministrationWords.in(language).title),
        ("/settings", SettingsWords.in(language).title),
        ("/export", ExportWords.in(language).title),
      ] {
        let page = try await visit.get("\(path)?lang=\(language.rawValue)")
        #expect(page.heading == title)
        #expect(page.text.contains(#"<html lang="\#(language.rawValue)""#))
        #expect(page.text.contains(">\(words.transactions)</a>"))
      }
    }
  }

  /// Yesterday's page is not shown today.
  @Test func thePeriodMovesOnAtMidnight() async throws {
    let office = try await office()
    try await office.visit { visit in
      for (time, count) in [(nil, 2), ("2026-11-25T22:59:59Z", 2), ("2026-11-25T23:00:00Z", 1)]
        as [(String?, Int)]
      {
        if let time { office.time.set(time) }
        let page = try await visit.get("/leaderboard?period=7days")
        #expect(Self.ranking(page.text).count == count)
      }
    }
  }
}
