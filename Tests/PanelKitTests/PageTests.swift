import Foundation
import HTTPTypes
import PageTesting
import Testing

@testable import PanelKit

@Suite(.timeLimit(.minutes(15))) struct PageTests {
  // MARK: Frame

  @Test func theFrameHasTheNavigationOfWhoAsks() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      let login = try await browser.get("/login?next=/books").text
      #expect(!login.contains("href=\"/books\"") && !login.contains("href=\"/wall\""))
      #expect(login.contains("href=\"#main\"") && login.contains("id=\"main\""))
      _ = try await browser.login()
      let page = try await browser.get("/page").text
      #expect(page.contains("href=\"/books\"") && page.contains("href=\"/wall\""))
      #expect(page.contains("action=\"/logout\""))
      #expect(page.contains("<title>Page · Site</title>"))
    }
  }

  @Test func theLanguageIsChosenOnceAndKept() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      #expect(try await browser.get("/login", headers: [.acceptLanguage: "fr"]).text.contains("Mot de passe"))
      let german = try await browser.get("/login?next=/books&lang=de")
      #expect(german.text.contains("<html lang=\"de\"") && german.text.contains("Passwort"))
      // The links to the other languages keep the rest of the address.
      #expect(german.text.contains("href=\"/login?next=/books&amp;lang=fr\""))
      #expect(try await browser.get("/login", headers: [.acceptLanguage: "fr"]).text.contains("Passwort"))
      #expect(browser.cookies["lang"] == "de")
      #expect(try await browser.get("/login?lang=xx").text.contains("Passwort"))
      #expect(try await browser.get("/nowhere").text.contains("Diese Seite gibt es nicht"))
    }
  }

  @Test func whatComesFromOutsideIsText() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      _ = try await browser.login()
      let attack = "\"><script>alert(1)</script>'&"
      for path in ["/page?name=", "/page?lang=de&x=", "/login?next=/", "/nowhere/"] {
        let page = try await browser.get(path + NextPage.encoded(attack)).text
        #expect(!page.contains("<script>alert"), "\(path)")
      }
      #expect(try await browser.get("/page?name=a+b%2B").text.contains("<p>a b+</p>"))
    }
  }

  @Test func nothingStandsInlineThatThePolicyForbids() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      var pages = [try await browser.get("/login").text, try await browser.get("/nowhere").text]
      _ = try await browser.login()
      pages.append(try await browser.get("/account").text)
      let chart = BarChart(title: "t", bars: [.init(label: "a", value: 1, text: "one")])
      pages += [chart.standing, chart.lying, chart.table(summary: "s", label: "l", value: "v")]
      for page in pages {
        #expect(!page.contains(" style=") && !page.contains("<style"))
        #expect(!page.contains(" onclick=") && !page.contains("<script>"))
      }
    }
  }

  @Test func aFormFromTheSamePageSaysWhereItComesFrom() async throws {
    // With `no-referrer` a browser would send the origin `null` with a form.
    let site = try await Site()
    try await site.serve { client async throws in
      let page = try await Browser(client).get("/login")
      #expect(page.headers[.named("Referrer-Policy")] == "same-origin")
      #expect(page.headers[.cacheControl] == "no-store")
    }
  }

  @Test func aFrameThatIsKeptGivesNobodyWhatIsAnothers() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let (first, second) = (Browser(client), Browser(client))
      _ = try await first.login()
      _ = try await second.login()
      let pages = [try await first.get("/page").text, try await second.get("/page").text]
      #expect(pages[0] != pages[1], "each has its own token")
      for (page, browser) in zip(pages, [first, second]) {
        // The token stands in both forms for the logout and in the page's own.
        let tokens = Set(page.matches(of: /name="csrf" value="([^"]+)"/).map { String($0.1) })
        #expect(tokens.count == 1 && page.contains("<p>banner</p>") && !page.contains("<!--"))
        #expect(try await browser.post("/tell", ["csrf": tokens.first ?? ""]).status == .seeOther)
      }
      // A message is told once, and to whom it is for.
      #expect(try await first.get("/page").text.contains("Stored &lt;b&gt;it&lt;/b&gt;"))
      #expect(!(try await first.get("/page").text.contains("Stored")))
      #expect(try await second.get("/page").text.contains("Stored"))
    }
  }

  @Test func aFrameThatIsKeptIsForThoseWhoMayGoToTheSamePlaces() async throws {
    var settings = AccessControl.Settings()
    settings.trustedNetworks = [try #require(AddressRange("127.0.0.0/8"))]
    let site = try await Site(settings: settings)
    let key = try await site.store.createKey(name: "reader", scopes: [.read], at: .distantPast).text
    try await site.serve { client async throws in
      let browser = Browser(client)
      let passerby = try await browser.get("/hall").text
      let reader = try await browser.get("/hall", headers: [.named("X-API-Key"): key]).text
      let german = try await browser.get("/hall", headers: [.acceptLanguage: "de"]).text
      _ = try await browser.login()
      let owner = try await browser.get("/hall").text
      #expect(passerby.contains("href=\"/wall\"") && !passerby.contains("href=\"/books\""))
      #expect(reader.contains("href=\"/books\"") && !reader.contains("/logout"))
      #expect(german.contains("<html lang=\"de\"") && german.contains("Anmelden"))
      #expect(owner.contains("action=\"/logout\"") && owner.contains("<html lang=\"en\""))
      #expect(try await browser.get("/hall?name=x").text.contains("href=\"/hall?name=x&amp;lang=fr\""))
    }
  }

  @Test func noTextMakesAHoleInTheFrame() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      _ = try await browser.login()
      let page = try await browser.get("/page?title=" + NextPage.encoded("<!-- main -->")).text
      #expect(page.contains("<h1>&lt;!-- main --&gt;</h1>"))
      #expect(page.components(separatedBy: "<p>nobody</p>").count == 2)
    }
  }

  /// A form that was refused leads to itself in another language, not to the start page.
  @Test(arguments: [("/login", "/login?next=/books"), ("/setup", "/setup")])
  func aRefusedFormHasAnAddress(path: String, address: String) async throws {
    let site = try await Site(password: path == "/setup" ? nil : Site.password)
    try await site.serve { client in
      let browser = Browser(client)
      let form = try await browser.get(path)
      let refused = try await browser.post(
        path,
        [
          "password": "wrong", "repeat": "else", "code": "AB<CD", "next": "/books",
          "csrf": form.hidden("csrf") ?? "",
        ])
      #expect(refused.status != .ok)
      let separator = address.contains("?") ? "&amp;" : "?"
      #expect(refused.text.contains("href=\"\(address)\(separator)lang=de\""))
    }
  }

  @Test func whatWasNotAskedForTheLongestMakesRoom() {
    var kept = RecentlyUsed<Int, String>(capacity: 30)
    for number in 1...3 { kept.insert("\(number)", for: number, size: 10) }
    #expect(kept.value(1) == "1" && kept.size == 30)
    kept.insert("4", for: 4, size: 10)
    #expect(kept.value(2) == nil && kept.value(1) == "1" && kept.size == 30)
    // In the place of another one, and one that is larger than all of the room.
    kept.insert("new", for: 1, size: 5)
    #expect(kept.value(1) == "new" && kept.size == 25)
    kept.insert("large", for: 5, size: 31)
    #expect(kept.value(5) == nil && kept.value(1) == "new" && kept.size == 25)
  }

  // MARK: Charts

  @Test func barsAreInProportion() throws {
    let chart = BarChart(
      title: "Coffees <3", bars: [0, 5, 10].map { .init(label: "\($0)&", value: $0, text: "\($0) coffees") })
    for svg in [chart.standing, chart.lying] {
      try Markup.check(svg)
      #expect(svg.contains("aria-label=\"Coffees &lt;3\""))
      #expect(svg.contains("<title>10&amp;: 10 coffees</title>"))
    }
    let heights = chart.standing.matches(of: /class="bar">.*?<rect x.*?height="([0-9.]+)"/).map {
      Double($0.1) ?? -1
    }
    #expect(heights == [0, 90, 180])
  }

  @Test(arguments: [[], [0], [-5], [Int64.max, 1], Array(repeating: 7, count: 400)] as [[Int64]])
  func everyChartCanBeDrawn(values: [Int64]) throws {
    let chart = BarChart(
      title: "t",
      bars: values.map { .init(label: String(repeating: "long ", count: 20), value: $0, text: "\($0)") })
    for svg in [chart.standing, chart.lying] {
      try Markup.check(svg)
      #expect(!svg.contains("nan") && !svg.contains("inf"))
    }
  }

  @Test(arguments: [
    (0, 1), (1, 1), (3, 3), (5, 5), (7, 8), (9, 10), (11, 20), (21, 30), (41, 50), (51, 60), (61, 80),
    (81, 100), (1001, 2000),
  ])
  func theScaleEndsRound(value: Int64, top: Int64) { #expect(BarChart.roundTop(value) == top) }

  // MARK: Dates

  @Test func daysOfAChartAreWrittenAsTheLanguageDoes() {
    #expect(DateFormat(.english).day("2026-03-05") == "5 Mar")
    #expect(DateFormat(.german).day("2026-03-05") == "5.3.")
    #expect(DateFormat(.french).day("2026-03-05") == "05/03")
    for text in ["", "2026", "2026-03", "2026-13-01", "a-b-c", "08"] {
      #expect(DateFormat(.english).day(text) == text)
    }
  }

  // MARK: Money

  @Test func anAmountIsWrittenAlikeWithAndWithoutItsCurrency() {
    for language in Language.allCases {
      let format = NumberFormat(language)
      for currency in ["CHF", "EUR", "XTS"] {
        let amount = format.amount(123_456_789, currency: currency, decimals: 2)
        #expect(format.money(123_456_789, currency: currency, decimals: 2).contains(amount))
        let mark = format.decimalMark(of: currency)
        #expect(amount.hasSuffix(mark + "89"))
        #expect(format.typedAmount(123_456_789, currency: currency, decimals: 2) == "1234567\(mark)89")
      }
    }
  }

  @Test func textIsEscaped() {
    #expect(HTML.escape("plain é") == "plain é")
    #expect(HTML.escape("<a href='x'>\"&amp;</a>") == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;amp;&lt;/a&gt;")
  }
}

/// Whether a text is well-formed: as many closing tags as opening ones, in their order.
private enum Markup {
  struct Unbalanced: Error { var at: String }

  static func check(_ text: String) throws {
    var open: [Substring] = []
    var count = 0
    for match in text.matches(of: /<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/) {
      count += 1
      if match.1 == "/" {
        guard open.popLast() == match.2 else { throw Unbalanced(at: String(match.0)) }
      } else if match.3.isEmpty {
        open.append(match.2)
      }
    }
    guard open.isEmpty, text.count(where: { $0 == "<" }) == count else { throw Unbalanced(at: "the end") }
  }
}
