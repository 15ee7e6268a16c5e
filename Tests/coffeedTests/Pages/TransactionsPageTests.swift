import DaemonKit
import Testing

@testable import coffeed

@Suite(.timeLimit(.minutes(15))) struct TransactionsPageTests {
  /// Three users; coffees at 9:00, 9:30 and 10:00 local time on the 25th and at 0:30 on the 26th.
  private func office(zone: String = "Europe/Zurich") async throws -> Office {
    let office = try await Office(zone: zone)
    try await office.user("a1b2c3d4", "ada", "Ada Lovelace", email: "ada@example.org")
    try await office.user("04a1b2c3d4e5f6", "bob", "Bob 100%", email: "bob@example.com")
    try await office.user("11223344", "Ünal", "Ünal Çelik")
    try await office.show("a1b2c3d4")
    office.time.pass(.seconds(1800))
    try await office.show("04a1b2c3d4e5f6")
    office.time.pass(.seconds(1800))
    try await office.show("11223344")
    office.time.set("2026-11-25T23:30:00Z")
    office.time.sleep(for: .seconds(3600))
    office.time.set("2026-11-25T23:30:00Z")
    try await office.show("a1b2c3d4")
    return office
  }

  private static func numbers(_ page: String) -> [Int] {
    page.matches(of: /<td class="number">(\d+)<\/td>/).compactMap { Int($0.1) }
  }

  @Test(arguments: [
    ("", [4, 3, 2, 1]), ("token_id=A1:B2", [4, 2, 1]), ("token_id=a1b2c3d4e5", [2]),
    ("user_name=ADA", [4, 1]),
    ("name=love", [4, 1]), ("name=Ada+Love", [4, 1]), ("name=Ada%2BLove", []), ("name=%25", [2]),
    ("name=_", []), ("email_address=example.com", [2]),
    ("user_name=%C3%BCnal", [3]), ("user_name=%C3%9CNAL", [3]), ("user_name=unal", [3]),
    ("name=u%CC%88nal", [3]), ("name=%C3%A7elik", [3]), ("name=%CC%88", []),
    ("start_date=2026-11-26", [4]), ("end_date=2026-11-25", [3, 2, 1]),
    ("start_date=2026-11-25&end_date=2026-11-25", [3, 2, 1]), ("start_date=2026-11-27", []),
    ("start_time=09:30", [3, 2]), ("end_time=09:30", [4, 2, 1]), ("start_time=09:15&end_time=09:45", [2]),
    ("start_time=10:00&end_time=09:00", []), ("start_date=garbage", []), ("end_date=2026-02-30", []),
    ("start_time=25:00", []), ("end_time=9", []), ("name=ada&start_date=2026-11-26", [4]),
    ("rows=2", [4, 3]), ("rows=2&page=2", [2, 1]), ("rows=2&page=99", [2, 1]), ("rows=0", [4, 3, 2, 1]),
    ("page=garbage", [4, 3, 2, 1]), ("name=ada&name=bob", [4, 1]),
  ])
  func filtersLeaveWhatTheySay(query: String, numbers: [Int]) async throws {
    let office = try await office()
    try await office.visit { visit in
      let page = try await visit.get("/transactions?\(query)")
      #expect(page.status == .ok)
      #expect(Self.numbers(page.text) == numbers)
      #expect(page.text.contains("No transactions found") == numbers.isEmpty)
    }
  }

  /// Days and times of day are those of the clock on the wall, wherever that is.
  @Test(arguments: [
    ("UTC", "2026-11-25 08:00:00", [4, 3, 2, 1]), ("Europe/Zurich", "2026-11-25 09:00:00", [3, 2, 1]),
    ("America/New_York", "2026-11-25 03:00:00", [4, 3, 2, 1]),
    ("Pacific/Auckland", "2026-11-25 21:00:00", [3, 2, 1]),
  ])
  func daysAreLocal(zone: String, first: String, onThe25th: [Int]) async throws {
    let office = try await office(zone: zone)
    try await office.visit { visit in
      let page = try await visit.get("/transactions?start_date=2026-11-25&end_date=2026-11-25")
      #expect(Self.numbers(page.text) == onThe25th)
      #expect(page.text.contains(first))
    }
  }

  @Test func whatWasAskedForStandsInTheFormAndInTheLinks() async throws {
    let office = try await office()
    try await office.visit { visit in
      let page = try await visit.get("/transactions?name=a&start_date=2026-11-25&rows=1&page=2")
      #expect(page.text.contains(#"name="name" value="a""#))
      #expect(page.text.contains(#"name="start_date" value="2026-11-25""#))
      #expect(
        page.text.contains(#"rel="prev" href="/transactions?name=a&amp;start_date=2026-11-25&amp;rows=1""#))
      #expect(page.text.contains("Page 2 of 3"))
    }
  }

  @Test func aCoffeeIsUndoneWithinFiveMinutes() async throws {
    let office = try await office()
    try await office.visit { visit in
      let login = try await visit.logIn()
      var page = try await visit.get("/transactions", as: login)
      #expect(page.text.contains(#"formaction="/transactions/4/undo""#))
      #expect(!page.text.contains(#"formaction="/transactions/3/undo""#))

      let undone = try await visit.post("/transactions/4/undo", as: login)
      #expect(undone.status == .seeOther)
      #expect(undone.location == "/transactions")
      page = try await visit.get("/transactions", as: login)
      #expect(page.text.contains("Transaction 4 was undone."))
      #expect(page.text.contains(#"<tr class="cancelled"><td class="number">4</td>"#))
      #expect(!page.text.contains("formaction=\"/transactions/4/undo"))
      page = try await visit.get("/transactions", as: login)
      #expect(!page.text.contains("Transaction 4 was undone."))

      let again = try await visit.post("/transactions/4/undo", as: login)
      #expect(again.status == .conflict)
      let old = try await visit.post("/transactions/1/undo", as: login)
      #expect(old.status == .conflict)
      #expect(try await visit.post("/transactions/99/undo", as: login).status == .notFound)
      #expect(try await visit.post("/transactions/x/undo", as: login).status == .notFound)
    }
    #expect(office.books.reading.user(Token.of("a1b2c3d4"))?.usages == 1)
  }

  /// A page that was drawn before is not shown when it is no longer true.
  @Test func theButtonGoesAwayInTime() async throws {
    let office = try await office()
    try await office.visit { visit in
      let login = try await visit.logIn()
      func hasButton() async throws -> Bool {
        try await visit.get("/transactions", as: login).text.contains("/transactions/4/undo")
      }
      #expect(try await hasButton())
      office.time.pass(.seconds(300))
      #expect(try await hasButton())
      office.time.pass(.milliseconds(1))
      #expect(try await !hasButton())
    }
  }

  /// The books go by the clock that counts since boot, and the button with them.
  @Test(arguments: ["2026-11-24T08:00:00Z", "2027-01-01T00:00:00Z"])
  func theButtonStaysWhenTheClockIsSet(to time: String) async throws {
    let office = try await office()
    try await office.visit { visit in
      let login = try await visit.logIn()
      func hasButton() async throws -> Bool {
        try await visit.get("/transactions", as: login).text.contains("/transactions/4/undo")
      }
      // Drawn before, and anew.
      for passes in [Duration.zero, .seconds(60), .seconds(240)] {
        office.time.pass(passes)
        #expect(try await hasButton())
        office.time.set(time)
      }
      #expect(try await hasButton())
      office.time.pass(.milliseconds(1))
      #expect(try await !hasButton())
      #expect(try await visit.post("/transactions/4/undo", as: login).status == .conflict)
    }
  }

  /// A coffee is taken back by an administrator, and not by whatever script may write.
  @Test func aKeyTakesNothingBack() async throws {
    let office = try await office()
    try await office.visit { visit in
      let login = try await visit.logIn()
      #expect(try await visit.get("/transactions", as: login).text.contains("/undo"))
      for key in [Sender.readKey, .writeKey] {
        #expect(try await !visit.get("/transactions", as: key).text.contains("formaction"))
        #expect(try await visit.post("/transactions/4/undo", as: key).status == .forbidden)
      }
      #expect(office.books.reading.user(Token.of("a1b2c3d4"))?.usages == 2)
    }
  }

  @Test func aNewCoffeeIsShownAtOnce() async throws {
    let office = try await office()
    try await office.visit { visit in
      #expect(try await Self.numbers(visit.get("/transactions").text) == [4, 3, 2, 1])
      try await office.show("11223344")
      #expect(try await Self.numbers(visit.get("/transactions").text) == [5, 4, 3, 2, 1])
    }
  }
}
