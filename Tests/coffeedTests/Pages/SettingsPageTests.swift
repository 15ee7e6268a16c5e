import DaemonKit
import PanelKit
import Testing

@testable import coffeed

@Suite(.timeLimit(.minutes(15))) struct SettingsPageTests {
  private static let form = [
    ("price", "1,20"), ("currency", "EUR"), ("currency_decimals", "2"), ("subject", "S"), ("body", "a\r\nb"),
    ("activation_seconds", "40"), ("cold_activation_seconds", "120"), ("cold_after_minutes", "60"),
    ("lock_out_seconds", "600"), ("charges_drinks", "1"), ("master_token", "DE:AD:BE:EF"), ("language", "de"),
    ("retention_years", "7"),
  ]

  private static func form(_ changed: (String, String)) -> [(String, String)] {
    form.filter { $0.0 != changed.0 } + [changed]
  }

  @Test func theWholeFormIsSaved() async throws {
    let office = try await Office()
    try await office.visit { visit in
      let login = try await visit.logIn()
      let saved = try await visit.postAndFollow("/settings", Self.form, as: login)
      #expect(saved.status == .ok && saved.text.contains("Settings were saved."))
      #expect(
        office.books.reading.settings
          == SettingsView(
            pricePerCoffee: 120, currency: "EUR", currencyDecimals: 2, invoiceSubject: "S",
            invoiceBody: "a\nb",
            activationSeconds: 40, coldActivationSeconds: 120, coldAfterMinutes: 60, lockOutSeconds: 600,
            chargesDrinks: true, masterToken: Token("deadbeef"), language: "de", retentionYears: 7,
            isScanMode: false))
      let page = try await visit.get("/settings", as: login)
      #expect(page.text.contains(#"name="price" value="1,20""#))
      #expect(!page.text.contains("deadbeef"), "the master token opens the machine")

      // What is not ticked is off; the master token stays unless it is to go.
      let fewer = Self.form.filter { !["charges_drinks", "master_token"].contains($0.0) }
      _ = try await visit.post("/settings", fewer, as: login)
      #expect(office.books.reading.settings.chargesDrinks == false)
      #expect(office.books.reading.settings.masterToken == Token("deadbeef"))
      _ = try await visit.post("/settings", fewer + [("remove_master", "1")], as: login)
      #expect(office.books.reading.settings.masterToken == nil)
    }
  }

  @Test(arguments: [false, true])
  func aMasterTokenOfTheConfigurationIsTold(isFixed: Bool) async throws {
    let office = try await Office(masterTokenIsFixed: isFixed)
    _ = try await office.command(.changeSettings(SettingsChange(masterToken: "deadbeef")))
    try await office.visit { visit in
      let page = try await visit.get("/settings?lang=en", as: try await visit.logIn())
      #expect(page.text.contains("It comes from MASTER_TOKEN_ID") == isFixed)
      #expect(page.text.contains("remove_master") == !isFixed, "that one cannot be removed here")
    }
  }

  @Test(arguments: [false, true])
  func thatNoDrinkCanBeSeenIsToldWhereDrinksAreCharged(hasBrewInputs: Bool) async throws {
    let office = try await Office(hasBrewInputs: hasBrewInputs)
    try await office.visit { visit in
      let login = try await visit.logIn()
      func isTold() async throws -> Bool {
        try await visit.get("/settings?lang=en", as: login).text.contains("No drink input is wired")
      }
      #expect(try await !isTold())
      _ = try await visit.post("/settings", Self.form, as: login)
      #expect(try await isTold() == !hasBrewInputs)
    }
  }

  @Test(arguments: [
    ("price", "-1"), ("price", "1.234"), ("currency", ""), ("currency", "a very long name"),
    ("currency_decimals", "9"), ("currency_decimals", "x"), ("activation_seconds", "0"),
    ("activation_seconds", "1.5"), ("cold_activation_seconds", "99999"), ("lock_out_seconds", ""),
    ("language", "xx"), ("retention_years", "0"), ("master_token", "my card"),
    ("subject", String(repeating: "s", count: 300)), ("body", String(repeating: "b", count: 6000)),
  ])
  func whatDoesNotFitIsRefusedAndStaysInTheForm(field: String, value: String) async throws {
    let office = try await Office()
    let before = office.books.reading.settings
    try await office.visit { visit in
      let login = try await visit.logIn()
      let answer = try await visit.post("/settings", Self.form((field, value)), as: login)
      #expect(answer.status == .badRequest)
      #expect(answer.text.contains(#"role="alert""#))
      if field != "currency" { #expect(answer.text.contains(#"name="currency" value="EUR""#)) }
    }
    #expect(office.books.reading.settings == before)
  }

  @Test func thePreviewShowsTheMailAndSavesNothing() async throws {
    let office = try await Office()
    let before = office.books.reading.settings
    try await office.visit { visit in
      let login = try await visit.logIn()
      let fields = Self.form(
        ("body", "{user_display}: {total_items} × {price_per_coffee} = {total_price} {sum}"))
      let page = try await visit.post("/settings", fields + [("preview", "1")], as: login)
      #expect(page.status == .ok)
      // In the mails' language.
      #expect(page.text.contains("<pre>Ada Lovelace: 23 × 1,20 = 27,60 {sum}</pre>"))
      #expect(page.text.contains("Nothing is filled in for {sum}"))
    }
    #expect(office.books.reading.settings == before)
  }

  /// Saved all the same, for somebody may know better.
  @Test(arguments: [
    ("de:ad:be:ef", nil), ("a1b2c3d4", "the card of Ada"), ("A1B2C3D4C0", "No card can have"),
    ("a1b2c3d404", "the card of Ada"), ("8804a1b29f", "only three bytes"),
  ])
  func aMasterTokenThatWillNotDoIsWarnedOf(token: String, warning: String?) async throws {
    let office = try await Office()
    try await office.user("a1b2c3d4", "ada", "Ada")
    try await office.visit { visit in
      let login = try await visit.logIn()
      // One that only was scanned is nobody's.
      _ = try await office.command(.setScanMode(true))
      try await office.show("deadbeef")
      let answer = try await visit.post("/settings?lang=en", Self.form(("master_token", token)), as: login)
      guard answer.status != .badRequest else { return #expect(warning == "No card can have") }
      for path in [answer.location ?? "", "/settings"] {
        let page = try await visit.get(path + "?lang=en", as: login).text
        #expect(page.contains("The master token") == (warning != nil) || warning == "No card can have")
        #expect(page.contains(warning ?? "is set"))
      }
      // A script must not learn which card opens the machine.
      #expect(try await !visit.get("/settings?lang=en", as: .readKey).text.contains("is the card of"))
    }
  }

  @Test(arguments: [
    ("{total_prise}", "{total_prise}"), ("{Total_price}", "{Total_price}"), ("{total_price", "{total_price"),
    ("total_price}", "total_price}"), ("{ total_price }", "{ total_price }"),
    ("{{total_price}}", "{{total_price}}"), ("{total_price:.2f} {user_display!r} :-} {{x}} {", nil),
  ])
  func aMisspeltPlaceholderIsWarnedOf(body: String, suspect: String?) async throws {
    let office = try await Office()
    try await office.visit { visit in
      let login = try await visit.logIn()
      let page = try await visit.postAndFollow("/settings", Self.form(("body", body)), as: login).text
      #expect(page.contains("wird nichts eingesetzt") == (suspect != nil))
      if let suspect { #expect(page.contains("Für \(suspect) wird nichts eingesetzt")) }
      #expect(office.books.reading.settings.invoiceBody == body)
      let script = try await visit.post("/settings", [("body", body), ("price", "1")])
      #expect(script.text.contains("wird nichts eingesetzt") == (suspect != nil))
    }
  }

  /// A default text goes with the language of the mails.
  @Test func aTextThatIsTheDefaultIsNotKept() async throws {
    let office = try await Office()
    try await office.visit { visit in
      let login = try await visit.logIn()
      var fields = Self.form(("subject", MailWords.english.subject)).filter { $0.0 != "body" }
      fields.append(("body", MailWords.english.body.replacing("\n", with: "\r\n")))
      _ = try await visit.post("/settings", fields, as: login)
      #expect(office.books.reading.settings.invoiceSubject == "")
      #expect(office.books.reading.settings.invoiceBody == "")
      let page = try await visit.get("/settings", as: login)
      #expect(page.text.contains("Guten Tag {user_display}"))
    }
  }

  @Test func retentionIsAppliedWithAReport() async throws {
    let office = try await Office(at: "2019-01-01T08:00:00Z")
    try await office.user("a1b2c3d4", "ada", "Ada")
    try await office.show("a1b2c3d4")
    _ = try await office.command(.createBatch(until: nil))
    _ = try await office.command(.setInvoicePaid(1, true))
    office.time.set("2026-11-25T08:00:00Z")
    try await office.visit { visit in
      let login = try await visit.logIn()
      #expect(try await visit.post("/settings/retention", as: login).status == .seeOther)
      #expect(
        try await visit.get("/settings", as: login).text.contains("Archived: 1 coffees and 1 invoices."))
    }
    #expect(office.books.reading.usages().total == 0)
  }

  @Test(arguments: [
    ("0", 0), ("0.5", 50), (".5", 50), ("5.", 500), ("0,50", 50), (" 1.20 ", 120), ("0.500", 50),
    ("12", 1200),
    ("", nil), (".", nil), ("-1", nil), ("1 000", nil), ("１", nil), ("0x10", nil), ("1.2.3", nil),
    ("0.501", nil),
    ("9999999999999999", nil), ("+1", nil), ("nan", nil),
  ])
  func aPriceIsRead(text: String, amount: Int64?) {
    #expect(MoneyText.minorUnits(text, decimals: 2) == amount)
  }

  @Test func aPriceIsWrittenAsItIsRead() {
    for decimals in 0...4 {
      for amount: Int64 in [0, 1, 9, 10, 99, 100, 12345, 1_000_000] {
        #expect(
          MoneyText.minorUnits(decimalText(amount, decimals: decimals), decimals: decimals) == amount)
      }
    }
  }
}
