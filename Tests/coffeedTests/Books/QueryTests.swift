import DaemonKit
import DaemonTesting
import Foundation
import PiHAL
import Testing

@testable import coffeed

@Suite struct UsageQueryTests {
  /// Ada, Bob and Cyd in turn, an hour apart.
  private func desk(_ count: Int = 30) throws -> Desk {
    var desk = Desk()
    for (token, name) in [(Token.ada, "Ada"), (.bob, "Bob"), (.cyd, "Cyd")] {
      try desk.carryOut(
        .addUser(token, UserChange(userName: "u_" + name, name: name, emailAddress: name + "@Example.org")))
    }
    for number in 0..<count {
      _ = desk.show([Token.ada, .bob, .cyd][number % 3])
      desk.wait(3600)
    }
    return desk
  }

  @Test func pagesCountFromTheNewest() throws {
    let books = try desk().reading
    let first = books.usages(pageSize: 20)
    #expect(first.rows.map(\.number) == Array((11...30).reversed()))
    #expect(first.page == 1 && first.pages == 2 && first.total == 30)
    #expect(books.usages(page: 2, pageSize: 20).rows.map(\.number) == Array((1...10).reversed()))
    #expect(books.usages(page: 99, pageSize: 20).page == 2)
    #expect(books.usages(page: -5, pageSize: 0).rows.map(\.number) == [30])
    #expect(Desk().reading.usages() == UsagePage(rows: [], page: 1, pages: 1, total: 0))
  }

  @Test(arguments: [
    (UsageFilter(token: "04:A1"), [Token.ada]), (UsageFilter(userName: "U_B"), [.bob]),
    (UsageFilter(name: "d"), [.ada, .cyd]), (UsageFilter(emailAddress: "cyd@example"), [.cyd]),
    (UsageFilter(name: "ada", emailAddress: "bob"), []), (UsageFilter(name: "%"), []),
    (UsageFilter(name: ""), [.ada, .bob, .cyd]), (UsageFilter(isNothing: true), []),
  ])
  func textsMatchAnyPart(filter: UsageFilter, tokens: [Token]) throws {
    let page = try desk().reading.usages(filter, pageSize: 100)
    #expect(Set(page.rows.map(\.token)) == Set(tokens))
    #expect(page.total == page.rows.count && page.total == tokens.count * 10)
  }

  /// Whatever the case, and however a letter and its mark were typed.
  @Test(arguments: [
    ("özlem", "Özlem"), ("ÖZLEM", "özlem"), ("ozlem", "Özlem"), ("o\u{308}zlem", "Özlem"),
    ("özlem", "O\u{308}ZLEM"),
    ("strasse", "Straße"), ("STRAẞE", "strasse"), ("yilmaz", "Yılmaz"), ("YILMAZ", "Yılmaz"),
    ("ines", "İnês"),
    ("lukasz", "Łukasz"), ("soren", "Søren"), ("ÆRØ", "aero"), ("o'neill", "O’Neill"), ("σοφος", "ΣΟΦΟΣ"),
    ("%", "100 %"),
  ])
  func umlautsAreFound(wanted: String, name: String) throws {
    var desk = Desk()
    try desk.carryOut(.addUser(.ada, UserChange(userName: name, name: name, emailAddress: name)))
    desk.brew(.ada)
    for filter in [
      UsageFilter(name: wanted), UsageFilter(userName: wanted), UsageFilter(emailAddress: wanted),
    ] {
      #expect(desk.reading.usages(filter).total == 1)
    }
    #expect(desk.reading.usages(UsageFilter(name: wanted + "x")).total == 0)
  }

  @Test func timesIncludeTheFirstAndNotTheLast() throws {
    let books = try desk().reading
    let from = try #require(WallTime("2026-11-02T10:00:00Z"))
    let until = try #require(WallTime("2026-11-02T13:00:00Z"))
    #expect(books.usages(UsageFilter(from: from, until: until)).rows.map(\.number) == [5, 4, 3])
    #expect(books.usages(UsageFilter(token: "04a1", from: from, until: until)).rows.map(\.number) == [4])
    #expect(books.usages(UsageFilter(from: until, until: from)).total == 0)
  }

  @Test func aFilterFindsTheSameAsReadingEverything() throws {
    var desk = Desk()
    for (token, name) in [(Token.ada, "Ada"), (.bob, "Bob"), (.cyd, "Cyd")] { desk.add(token, name) }
    var dice = Dice(seed: 5)
    for _ in 0..<(UsageLog.pieceSize * 2 + 100) {
      let user = Int.random(in: 1...3, using: &dice)
      // The clock jumps.
      let time = WallTime(milliseconds: Int64.random(in: 0..<1_000_000_000_000, using: &dice))
      desk.state.usages.append(user: user, time: time, drink: .single)
    }
    let books = desk.reading
    let all = books.usages(pageSize: .max).rows
    #expect(all.count == UsageLog.pieceSize * 2 + 100)
    for _ in 0..<10 {
      let from = WallTime(milliseconds: Int64.random(in: 0..<1_000_000_000_000, using: &dice))
      let until = WallTime(milliseconds: from.milliseconds + 300_000_000_000)
      let name = ["Ada", "B", "d"].randomElement(using: &dice)
      let expected = all.filter {
        $0.time >= from && $0.time < until && $0.name.lowercased().contains(name!.lowercased())
      }
      let filter = UsageFilter(name: name, from: from, until: until)
      let page = books.usages(filter, page: 2, pageSize: 37)
      #expect(page.total == expected.count)
      #expect(page.rows == Array(expected.dropFirst(37).prefix(37)))
    }
  }
}

@Suite struct HistoryQueryTests {
  private static let zurich = LocalCalendar(zone: "Europe/Zurich")!

  private func desk(_ times: [(Token, String)]) throws -> Desk {
    var desk = Desk()
    desk.add(.ada, "Ada")
    desk.add(.bob, "Bob")
    desk.add(.cyd, "Cyd")
    for (token, time) in times {
      desk.time = try #require(WallTime(time))
      _ = desk.show(token)
    }
    return desk
  }

  @Test func theLeaderboardSkipsWhoIsHiddenErasedAndWhatWasCancelled() throws {
    var desk = try desk(
      [(.bob, "2026-11-01T10:00:00Z"), (.ada, "2026-11-02T10:00:00Z"), (.ada, "2026-11-02T12:00:00Z")]
        + [(.cyd, "2026-11-03T10:00:00Z"), (.bob, "2026-11-04T10:00:00Z"), (.bob, "2026-11-05T10:00:00Z")])
    try desk.carryOut(.changeUser(.cyd, UserChange(nickname: "Zed")))
    let from = WallTime("2026-11-01T10:00:00Z")!
    let until = WallTime("2026-11-05T10:00:00Z")!
    #expect(
      desk.reading.leaderboard(from: from, until: until) == [
        LeaderboardRow(rank: 1, name: "Ada", count: 2), LeaderboardRow(rank: 1, name: "Bob", count: 2),
        LeaderboardRow(rank: 3, name: "Zed", count: 1),
      ])
    #expect(desk.reading.leaderboard(from: nil, until: nil).first?.count == 3)
    try desk.carryOut(.undo(usage: 6))
    try desk.carryOut(.changeUser(.ada, UserChange(hidden: true)))
    try desk.carryOut(.eraseUser(.cyd))
    #expect(
      desk.reading.leaderboard(from: nil, until: nil) == [LeaderboardRow(rank: 1, name: "Bob", count: 2)])
  }

  @Test func daysAndHoursAreLocal() throws {
    // Midnight in Zurich is 22:00 or 23:00 in UTC; summer time ends on 2026-10-25 at 01:00 UTC.
    let desk = try desk([
      (.ada, "2026-10-24T21:59:59Z"), (.ada, "2026-10-24T22:00:00Z"), (.ada, "2026-10-25T00:30:00Z"),
      (.ada, "2026-10-25T01:30:00Z"), (.ada, "2026-10-25T22:59:59Z"), (.ada, "2026-10-25T23:00:00Z"),
      (.ada, "2026-10-28T12:00:00Z"),
    ])
    let histogram = desk.reading.histogram(
      from: WallTime("2026-10-23T22:00:00Z")!, until: WallTime("2026-10-27T23:00:00Z")!, calendar: Self.zurich
    )
    #expect(histogram.days.map(\.label) == ["2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27"])
    #expect(histogram.days.map(\.count) == [1, 4, 1, 0])
    #expect(histogram.hours.map(\.count).enumerated().filter { $0.element > 0 }.map(\.offset) == [0, 2, 23])
    #expect(histogram.hours.map(\.count)[2] == 2 && histogram.hours.count == 24)
    #expect(histogram.hours[7].label == "07")
  }

  @Test func anEmptyOrEndlessRangeIsNoDanger() throws {
    let books = try desk([(.ada, "2026-10-24T21:59:59Z")]).reading
    let time = WallTime("2026-10-24T00:00:00Z")!
    #expect(books.histogram(from: time, until: time, calendar: Self.zurich).days.isEmpty)
    let all = books.histogram(
      from: WallTime(milliseconds: 0), until: WallTime(milliseconds: .max), calendar: Self.zurich)
    #expect(Int64(all.days.count) == BooksReading.longestHistogram)
    _ = books.histogram(
      from: WallTime(milliseconds: .min), until: WallTime(milliseconds: .max), calendar: Self.zurich)
  }

  @Test(arguments: ["Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])
  func theLocalClockAgreesWithTheCalendar(name: String) throws {
    let zone = try #require(TimeZone(identifier: name))
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    var clock = LocalClock(try #require(LocalCalendar(zone: name)))
    for hour in 0..<(24 * 370) {
      let time = 1_760_000_000 + Int64(hour) * 3600
      let (day, second) = clock.local(time * 1000)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour], from: Date(timeIntervalSince1970: Double(time)))
      let date = CivilDate(year: parts.year!, month: parts.month!, day: parts.day!)
      if date?.number != Int(day) || parts.hour != second / 3600 { Issue.record("\(name) at \(time)") }
    }
  }
}
