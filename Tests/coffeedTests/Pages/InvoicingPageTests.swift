import DaemonKit
import Foundation
import Testing

@testable import coffeed

@Suite(.timeLimit(.minutes(15))) struct InvoicingPageTests {
  private func office(zone: String = "Europe/Zurich") async throws -> Office {
    let office = try await Office(zone: zone)
    try await office.user("a1b2c3d4", "ada", "Ada", email: "ada@example.org")
    try await office.user("11223344", "bob", "Bob")
    _ = try await office.command(.changeSettings(SettingsChange(pricePerCoffee: 50)))
    return office
  }

  private static func mail(_ page: String) throws -> String {
    let link = try #require(page.firstMatch(of: /href="(mailto:[^"]*)"/)).1
    return try #require(String(link).replacing("&amp;", with: "&").removingPercentEncoding)
  }

  /// The predecessor invoices nobody with its first batch, and never those coffees afterwards.
  @Test func theFirstBatchInvoicesEverybody() async throws {
    let office = try await office()
    for _ in 0..<3 { try await office.show("a1b2c3d4") }
    try await office.show("11223344")
    try await office.visit { visit in
      let page = try await visit.post("/invoicing/batch")
      #expect(page.heading == "Batch Invoice #1")
      // The predecessor's total is 0 at all times.
      let footer = try #require(page.text.firstMatch(of: /<tfoot>(.*?)<\/tfoot>/)).1
      #expect(footer.contains(#"class="number">4<"#))
      #expect(footer.contains("CHF\u{A0}2.00"))
      let mail = try Self.mail(page.text)
      #expect(mail.contains("Ada: 3 × 0.50 = CHF 1.50\r\nBob: 1 × 0.50 = CHF 0.50"))
      #expect(mail.contains("Total: 4 coffees, CHF 2.00"))
    }
    #expect(office.books.reading.invoices().map(\.items).sorted() == [1, 3])
  }

  @Test func eachInvoiceOfABatchHasItsMailFromTheTemplates() async throws {
    let office = try await office()
    _ = try await office.command(
      .changeSettings(
        SettingsChange(
          invoiceSubject: "Coffee of {user_display}", invoiceBody: "{total_items} × {price_per_coffee}")))
    for token in ["a1b2c3d4", "11223344", "11223344"] { try await office.show(token) }
    try await office.visit { visit in
      let page = try await visit.post("/invoicing/batch")
      let mails = page.text.matches(of: /aria-label="Mail to (\w+)"/).map(\.1)
      #expect(mails == ["Ada", "Bob"])
      let links = page.text.matches(of: /href="(mailto:[^"]*)" aria-label/).map {
        String($0.1).replacing("&amp;", with: "&").removingPercentEncoding
      }
      #expect(
        links == [
          "mailto:ada@example.org?subject=Coffee of Ada&body=1 × 0.50",
          "mailto:?subject=Coffee of Bob&body=2 × 0.50",
        ])
    }
  }

  /// The predecessor loses what comes in the hours by which its zone is ahead of UTC.
  @Test(arguments: ["UTC", "Europe/Zurich", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu"])
  func nothingIsLostBetweenInvoices(zone: String) async throws {
    let office = try await office(zone: zone)
    let calendar = try #require(LocalCalendar(zone: zone))
    try await office.visit { visit in
      var invoiced = 0
      for round in 0..<6 {
        for _ in 0..<2 {
          try await office.show("a1b2c3d4")
          office.time.pass(.seconds(1))
        }
        // Every other time with the end that the page's own clock shows.
        let end = calendar.civil(office.time.wall).description
        let page = try await visit.post(
          "/invoicing/create/a1b2c3d4", round.isMultiple(of: 2) ? [("to_ts", end)] : [])
        #expect(page.text.contains("2 × CHF\u{A0}0.50"), "\(zone) \(round)")
        invoiced += 2
        office.time.pass(.seconds(1800))
      }
      #expect(invoiced == 12)
    }
    #expect(office.books.reading.user(Token.of("a1b2c3d4"))?.uninvoiced == 0)
  }

  @Test(arguments: [
    "garbage", "2026-13-01 00:00:00", "2026-11-25", "99999999", "<script>", "2026-11-25 25:00:00",
  ])
  func anEndThatIsNoTimeIsRefused(end: String) async throws {
    let office = try await office()
    try await office.show("a1b2c3d4")
    try await office.visit { visit in
      let refused = try await visit.post("/invoicing/create/a1b2c3d4", [("to_ts", end)])
      #expect(refused.status == .badRequest)
      #expect(refused.heading == "Invalid Time")
      #expect(office.books.reading.invoices().isEmpty)
      // The predecessor never invoices that user again.
      #expect(try await visit.post("/invoicing/create/a1b2c3d4").heading == "Invoice #1")
    }
  }

  @Test func anEndFarAheadTakesWhatThereIsAndHarmsNothing() async throws {
    let office = try await office()
    try await office.show("a1b2c3d4")
    try await office.visit { visit in
      let first = try await visit.post("/invoicing/create/a1b2c3d4", [("to_ts", "9999-12-31 23:59:59")])
      #expect(first.heading == "Invoice #1")
      try await office.show("a1b2c3d4")
      #expect(try await visit.post("/invoicing/create/a1b2c3d4").heading == "Invoice #2")
    }
  }

  /// With the predecessor such a template makes every invoice page answer 500, after it has been paid.
  @Test(arguments: [
    ("{unknown} {period_start", "{unknown} {period_start"), ("{", "{"), ("{}", "{}"), ("}{", "}{"),
    ("{user_display.__class__}", "{user_display.__class__}"), ("{0}", "{0}"),
    ("{{total_items}}", "{total_items}"),
    ("{total_items:>10}", "1"), ("{total_price:.2f} {currency}", "0.50 CHF"), ("{user_display!r}", "Ada"),
  ])
  func aTemplateHarmsNothing(template: String, filled: String) async throws {
    let office = try await office()
    try await office.show("a1b2c3d4")
    try await office.visit { visit in
      let saved = try await visit.post(
        "/settings", [("subject", template), ("body", template), ("price", "0.5")])
      #expect(saved.heading == "Saved")
      let page = try await visit.post("/invoicing/create/a1b2c3d4")
      #expect(page.status == .ok)
      #expect(try Self.mail(page.text) == "mailto:ada@example.org?subject=\(filled)&body=\(filled)")
      #expect(try await visit.send(.post, "/invoicing/1/toggle", as: .writeKey).status == .ok)
    }
  }

  @Test func anAddressCannotAddToTheMail() async throws {
    let office = try await office()
    _ = try await office.command(
      .changeUser(
        Token.of("a1b2c3d4"),
        UserChange(name: "Eve {total_price}", emailAddress: "a@b?bcc=all@example.org&body=x")))
    try await office.show("a1b2c3d4")
    try await office.visit { visit in
      let page = try await visit.post("/invoicing/create/a1b2c3d4")
      let link = try #require(page.text.firstMatch(of: /href="mailto:([^"?]*)\?/)).1
      #expect(link == "a@b%3Fbcc%3Dall@example.org%26body%3Dx")
      #expect(try Self.mail(page.text).contains("Dear Eve {total_price}"))
    }
  }

  @Test func anInvoiceKeepsItsPriceAndItsCurrency() async throws {
    let office = try await office()
    try await office.show("a1b2c3d4")
    try await office.visit { visit in
      _ = try await visit.post("/invoicing/create/a1b2c3d4")
      _ = try await office.command(
        .changeSettings(SettingsChange(pricePerCoffee: 300, currency: "EUR", currencyDecimals: 1)))
      #expect(try await visit.get("/invoicing/1").text.contains("1 × CHF\u{A0}0.50"))
      #expect(try await visit.get("/invoicing").text.contains("CHF\u{A0}0.50"))
    }
  }

  /// The page's own buttons say what they want: sent twice they do the same.
  @Test func aButtonPressedTwiceIsHarmless() async throws {
    let office = try await office()
    try await office.show("a1b2c3d4")
    try await office.visit { visit in
      let login = try await visit.logIn()
      let page = try await visit.postAndFollow("/invoicing/create/a1b2c3d4", as: login)
      #expect(page.text.contains(#"formaction="/invoicing/1/toggle?paid=1""#))
      for _ in 0..<2 {
        let paid = try await visit.postAndFollow("/invoicing/1/toggle?paid=1", as: login)
        #expect(paid.text.contains(">Paid<"))
        #expect(paid.text.contains(#"formaction="/invoicing/1/toggle?paid=0""#))
      }
      let again = try await visit.postAndFollow("/invoicing/create/a1b2c3d4", as: login)
      #expect(again.text.contains("No uninvoiced usage in the period."))
    }
  }

  /// What was made can be loaded again and read in another language.
  @Test(arguments: [
    ("/invoicing/create/a1b2c3d4", "/invoicing/2"), ("/invoicing/batch", "/invoicing/batch/1"),
    ("/invoicing/1/toggle", "/invoicing/1"), ("/invoicing/create/deadbeef", "/invoicing"),
    ("/invoicing/9/toggle", "/invoicing"),
  ])
  func aBrowserIsLedToAPageWithAnAddress(path: String, address: String) async throws {
    let office = try await office()
    try await office.show("a1b2c3d4")
    _ = try await office.command(.createInvoice(Token.of("a1b2c3d4"), until: nil))
    try await office.show("a1b2c3d4")
    try await office.visit { visit in
      let login = try await visit.logIn()
      let answer = try await visit.post(path, as: login)
      #expect(answer.status == .seeOther && answer.location == address)
      let page = try await visit.get(address, as: login)
      #expect(page.status == .ok && page.text.contains(#"href="\#(address)?lang=de""#))
      // A script gets it at once.
      #expect(try await visit.post(path).status == .ok)
    }
  }

  /// The card was handed on, and its old invoices are not the new holder's.
  @Test func whoIsOnAnInvoiceStaysOnIt() async throws {
    let office = try await office()
    try await office.show("a1b2c3d4")
    try await office.visit { visit in
      let login = try await visit.logIn()
      _ = try await visit.post("/invoicing/batch", as: login)
      _ = try await office.command(
        .changeUser(Token.of("a1b2c3d4"), UserChange(emailAddress: "new@example.org")))
      var page = try await visit.get("/invoicing/1", as: login)
      #expect(page.text.contains("<dd>Ada</dd>") && page.text.contains("mailto:new@example.org"))
      _ = try await visit.post(
        "/administration/user/a1b2c3d4",
        [
          ("user_name", "cleo"), ("name", "Cleo"), ("email_address", "cleo@example.org"), ("state", "active"),
        ],
        as: login)
      // The message names her; it is shown once.
      #expect(try await visit.get("/administration", as: login).text.contains("Cleo was saved."))
      try await office.show("a1b2c3d4")
      _ = try await visit.post("/invoicing/create/a1b2c3d4", as: login)
      page = try await visit.get("/invoicing/1", as: login)
      #expect(page.text.contains("<dd>Ada</dd>") && !page.text.contains("leo"))
      #expect(page.text.contains("mailto:ada@example.org"))
      #expect(try await visit.get("/invoicing/batch/1", as: login).text.contains("Ada"))
      #expect(try await visit.get("/invoicing/2", as: login).text.contains("<dd>Cleo</dd>"))
      let file = try await visit.get("/export/invoices.csv", as: login).text.split(separator: "\r\n")
      #expect(file.count == 3 && file[1].contains(",ada,Ada,") && file[2].contains(",cleo,Cleo,"))
      // Who is erased is nowhere.
      _ = try await office.command(.eraseUser(Token.of("a1b2c3d4")))
      for path in ["/invoicing", "/invoicing/1", "/invoicing/batch/1", "/export/invoices.json"] {
        let text = try await visit.get(path, as: login).text
        #expect(!text.contains("Ada") && !text.contains("leo"), "\(path)")
      }
    }
  }

  /// Some mail programs take 2,083 characters of an address.
  @Test(arguments: [1, 60])
  func aMailIsOfferedAsTextToo(users: Int) async throws {
    let office = try await Office()
    _ = try await office.command(.changeSettings(SettingsChange(pricePerCoffee: 60)))
    for number in 0..<users {
      let token = "a1b2c3\(number + 10)"
      try await office.user(token, "u\(number)", "Ada <\(number)> & Co.")
      try await office.show(token)
    }
    try await office.visit { visit in
      let page = try await visit.post("/invoicing/batch").text
      let text = String(
        try #require(page.firstMatch(of: /(?s)<textarea readonly[^>]*>\n(.*?)<\/textarea>/)).1
      )
      .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
      let mail = try Self.mail(page)
      let body = mail[try #require(mail.range(of: "&body=")).upperBound...].replacing("\r\n", with: "\n")
      #expect(text.hasSuffix("\n\n" + body) && text.hasPrefix("Coffee invoices 2026-11-25"))
      #expect(text.contains("Ada <\(users - 1)> & Co.: 1 × 0.60 = CHF 0.60"))
      #expect(page.contains(#"class="mail-text no-print" open"#) == (users > 1))
      #expect(page.contains("copy the text.") == (users > 1))
      #expect(try await visit.get("/invoicing/1").text.contains("Dear Ada &lt;0&gt; &amp; Co."))
    }
  }

  /// One mark between the whole and the decimals in page and mail, whatever currency and language.
  @Test(arguments: [
    ("CHF", "de", "0.50"), ("EUR", "de", "0,50"), ("EUR", "en", "0.50"), ("CHF", "fr", "0.50"),
    ("EUR", "fr", "0,50"),
  ])
  func mailAndPageWriteAmountsAlike(currency: String, language: String, amount: String) async throws {
    let office = try await office()
    _ = try await office.command(.changeSettings(SettingsChange(currency: currency, language: language)))
    for _ in 0..<3 { try await office.show("a1b2c3d4") }
    try await office.visit { visit in
      _ = try await visit.post("/invoicing/batch")
      let total = amount.replacing("0", with: "1", maxReplacements: 1)
      for path in ["/invoicing/1", "/invoicing/batch/1"] {
        let page = try await visit.get("\(path)?lang=\(language)").text
        let mail = try Self.mail(page)
        for text in [mail, page.replacing(/<textarea.*?<\/textarea>/.dotMatchesNewlines(), with: "")] {
          let amounts = text.matches(of: /\b[01][.,]50\b/).map { String($0.output) }
          #expect(!amounts.isEmpty && Set(amounts).isSubset(of: [amount, total]), "\(path): \(amounts)")
        }
      }
      let settings = try await visit.get("/settings?lang=\(language)").text
      #expect(settings.contains(#"name="price" value="\#(amount)""#))
    }
  }

  @Test func listsArePaged() async throws {
    let office = try await office()
    for number in 0..<105 {
      try await office.show("a1b2c3d4")
      _ = try await office.command(.createInvoice(Token.of("a1b2c3d4"), until: nil))
      if number == 0 { _ = try await office.command(.changeSettings(SettingsChange(pricePerCoffee: 70))) }
    }
    try await office.visit { visit in
      let first = try await visit.get("/invoicing")
      #expect(first.text.contains(#"href="/invoicing/105""#))
      #expect(!first.text.contains(#"href="/invoicing/5""#))
      #expect(first.text.contains(#"href="/invoicing?invoices=2#invoices""#))
      let second = try await visit.get("/invoicing?invoices=2")
      #expect(second.text.contains(#"href="/invoicing/5""#))
    }
  }
}
