import DaemonKit
import Testing

@testable import coffeed

@Suite(.timeLimit(.minutes(15))) struct AdministrationPageTests {
  @Test func aScannedTokenIsNamedAndHasCoffee() async throws {
    let office = try await Office()
    try await office.visit { visit in
      let login = try await visit.logIn()
      let turned = try await visit.post("/scan-mode/toggle", [("enabled", "1")], as: login)
      #expect(turned.status == .found)
      office.board.show(LockView(phase: .ready, isScanMode: true))
      var page = try await visit.get("/administration", as: login)
      #expect(page.text.contains("Scan mode is on."))
      #expect(page.text.contains("Nobody is waiting for a name."))

      #expect(try await office.show("04a1b2c3d4e5f6") == nil)
      office.board.scanned(Token.of("04a1b2c3d4e5f6"))
      page = try await visit.get("/administration", as: login)
      #expect(page.text.contains("<code data-scan>04a1b2c3d4e5f6</code>"))
      #expect(page.text.contains(#"href="/administration/user/04a1b2c3d4e5f6""#))
      #expect(!page.text.contains("pending_"))

      let form = try await visit.get("/administration/user/04a1b2c3d4e5f6", as: login)
      #expect(form.text.contains(#"<option value="active" selected>"#))
      #expect(form.text.contains(#"name="user_name" value="""#))
      let named = try await visit.post(
        "/administration/user/04a1b2c3d4e5f6",
        [("user_name", " ada "), ("name", "Ada"), ("email_address", "ada@example.org"), ("state", "active")],
        as: login)
      #expect(named.status == .seeOther)
      page = try await visit.get("/administration", as: login)
      #expect(page.text.contains("Ada was saved."))
      #expect(!page.text.contains("<code data-scan>04a1b2c3d4e5f6</code>"))
      _ = try await visit.post("/scan-mode/toggle", [("enabled", "0")], as: login)
    }
    let user = try #require(office.books.reading.user(Token.of("04a1b2c3d4e5f6")))
    #expect(user.person.userName == "ada")
    #expect(user.active && !user.barred)
    #expect(try await office.show("04a1b2c3d4e5f6") != nil)
  }

  @Test(arguments: [("en", "not listed: 3."), ("de", "nicht stehen: 3."), ("fr", "non affichés\u{A0}: 3.")])
  func howManyMoreArePendingIsSaid(language: String, words: String) async throws {
    let office = try await Office()
    _ = try await office.command(.setScanMode(true))
    for number in 1...50 { try await office.show("a0b0c0\(9 + number)") }
    try await office.visit { visit in
      #expect(try await !visit.get("/administration?lang=\(language)").text.contains("coffeed user list"))
      for number in 51...53 { try await office.show("a0b0c0\(9 + number)") }
      let page = try await visit.get("/administration?lang=\(language)").text
      #expect(page.contains(words) && page.contains("coffeed user list"))
      #expect(page.contains("<code>a0b0c062</code>") && !page.contains("<code>a0b0c012</code>"))
    }
  }

  @Test func aUserIsAddedEditedBarredAndErased() async throws {
    let office = try await Office()
    let token = Token.of("a1b2c3d4")
    @Sendable func user() -> UserView? { office.books.reading.user(token) }
    try await office.visit { visit in
      let login = try await visit.logIn()
      let added = try await visit.post(
        "/administration/user",
        [
          ("token_id", "A1:B2:C3:D4"), ("user_name", "ada"), ("name", "Ada"), ("phone_number", "1"),
          ("nickname", "Bean"), ("hidden", "1"),
        ], as: login)
      #expect(added.status == .seeOther)
      #expect(user()?.person == Person(userName: "ada", name: "Ada", phoneNumber: "1", nickname: "Bean"))
      #expect(user()?.hidden == true)
      #expect(user()?.active == true)

      let twice = try await visit.post(
        "/administration/user", [("token_id", "a1b2c3d4"), ("user_name", "x"), ("name", "X")], as: login)
      #expect(twice.status == .conflict)
      #expect(twice.text.contains(#"name="name" value="X""#))
      let none = try await visit.post(
        "/administration/user", [("token_id", "card"), ("user_name", "x"), ("name", "X")], as: login)
      #expect(none.status == .badRequest)

      _ = try await visit.post("/administration/user/a1b2c3d4/bar", as: login)
      #expect(user()?.barred == true)
      #expect(try await visit.get("/administration", as: login).text.contains("/a1b2c3d4/unbar"))
      _ = try await visit.post("/administration/user/a1b2c3d4/unbar", as: login)
      #expect(user()?.barred == false)

      let edited = try await visit.post(
        "/administration/user/a1b2c3d4",
        [
          ("user_name", "ada"), ("name", "Ada L."), ("phone_number", ""), ("nickname", ""),
          ("state", "barred"),
        ],
        as: login)
      #expect(edited.status == .seeOther)
      #expect(user()?.person == Person(userName: "ada", name: "Ada L."))
      #expect(user()?.hidden == false)
      #expect(user()?.barred == true)
      let strange = try await visit.post(
        "/administration/user/a1b2c3d4", [("user_name", "a"), ("name", "b"), ("state", "god")], as: login)
      #expect(strange.status == .badRequest)

      let question = try await visit.get("/administration/user/a1b2c3d4/erase", as: login)
      #expect(question.heading == "Erase Ada L.?")
      #expect(user()?.isErased == false)
      let erased = try await visit.post("/administration/user/a1b2c3d4/erase", as: login)
      #expect(erased.status == .seeOther)
      #expect(user()?.isErased == true)
      #expect(try await visit.get("/administration/user/a1b2c3d4", as: login).status == .notFound)
      #expect(try await visit.post("/administration/user/a1b2c3d4/erase", as: login).status == .notFound)
      let page = try await visit.get("/administration", as: login)
      #expect(!page.text.contains("Ada"))
    }
  }

  @Test func whoIsNotAddedStaysInTheForm() async throws {
    let office = try await Office()
    try await office.user("a1b2c3d4", "ada", "Ada")
    try await office.visit { visit in
      let login = try await visit.logIn()
      for (token, name) in [
        ("card <1>", "Eve"), ("a1b2c3d4", "Eve"), ("01020304", String(repeating: "x", count: 201)),
      ] {
        let page = try await visit.post(
          "/administration/user?lang=de",
          [
            ("token_id", token), ("user_name", "eve"), ("name", name), ("email_address", "e@x"),
            ("phone_number", "1"), ("nickname", "E"), ("hidden", "1"),
          ], as: login)
        #expect(page.status != .ok && page.text.contains(#"role="alert""#))
        for (field, value) in [
          ("token_id", token.replacing("<", with: "&lt;").replacing(">", with: "&gt;")), ("user_name", "eve"),
          ("name", name), ("email_address", "e@x"), ("phone_number", "1"), ("nickname", "E"),
        ] {
          #expect(page.text.contains(#"name="\#(field)" value="\#(value)""#), "\(field)")
        }
        #expect(page.text.contains(#"name="hidden" value="1" checked"#))
        #expect(page.text.contains(#"href="/administration?lang=fr""#), "it can be read in another language")
      }
    }
  }

  /// Once somebody is erased nobody knows whom to ask.
  @Test(arguments: [("en", "Not settled"), ("de", "Noch nicht beglichen"), ("fr", "Pas encore réglé")])
  func erasingADebtorWarns(language: String, words: String) async throws {
    let office = try await Office()
    try await office.user("a1b2c3d4", "ada", "Ada")
    _ = try await office.command(.changeSettings(SettingsChange(pricePerCoffee: 50)))
    try await office.visit { visit in
      let login = try await visit.logIn()
      func page() async throws -> String {
        try await visit.get("/administration/user/a1b2c3d4/erase?lang=\(language)", as: login).text
      }
      #expect(try await !page().contains(words))
      try await office.show("a1b2c3d4")
      #expect(try await page().contains(words))
      _ = try await office.command(.createBatch(until: nil))
      let invoiced = try await page()
      #expect(invoiced.contains(words) && invoiced.contains("0.50"))
      _ = try await office.command(.setInvoicePaid(1, true))
      #expect(try await !page().contains(words))
    }
  }

  @Test func usersAreInTheOrderOfTheirNames() async throws {
    let office = try await Office()
    for (number, name) in ["Zoe", "Öz", "Oa", "Łukasz", "Ülker", "ul", "Élan", "Lena", "Ein"].enumerated() {
      try await office.user("a1b2c3d\(number)", "u\(number)", name)
    }
    try await office.visit { visit in
      let page = try await visit.get("/administration").text
      let names = page.matches(of: /class="title">(.*?)</).map { String($0.1) }
      #expect(names == ["Ein", "Élan", "Lena", "Łukasz", "Oa", "Öz", "ul", "Ülker", "Zoe"])
    }
  }

  /// By the page's own way: set to inactive, and then barred.
  @Test func whoIsInactiveAndBarredKeepsNameAndPlace() async throws {
    let office = try await Office()
    let token = Token.of("a1b2c3d4")
    try await office.user("a1b2c3d4", "ada", "Ada")
    try await office.visit { visit in
      let login = try await visit.logIn()
      _ = try await visit.post(
        "/administration/user/a1b2c3d4", [("user_name", "ada"), ("name", "Ada"), ("state", "inactive")],
        as: login)
      _ = try await visit.post("/administration/user/a1b2c3d4/bar", as: login)
      let page = try await visit.get("/administration", as: login)
      #expect(page.text.contains("Nobody is waiting for a name."))
      #expect(page.text.contains(#"class="title">Ada<"#) && page.text.contains("/a1b2c3d4/unbar"))
      let form = try await visit.get("/administration/user/a1b2c3d4", as: login)
      #expect(form.heading?.contains("Ada") == true)
      #expect(form.text.contains(#"name="user_name" value="ada""#))
      #expect(form.text.contains(#"name="name" value="Ada""#))
      #expect(form.text.contains(#"<option value="barred" selected>"#))
      // Saved as it stands there, it lets nobody in.
      _ = try await visit.post(
        "/administration/user/a1b2c3d4", [("user_name", "ada"), ("name", "Ada"), ("state", "barred")],
        as: login)
      let again = try await visit.post(
        "/administration/user", [("token_id", "a1b2c3d4"), ("user_name", "eve"), ("name", "Eve")], as: login)
      #expect(again.status == .conflict)
    }
    let user = try #require(office.books.reading.user(token))
    #expect(!user.active && user.barred && user.person.name == "Ada")
  }

  @Test func manyUsersArePaged() async throws {
    let office = try await Office()
    for number in 100..<230 { try await office.user("00000\(number)", "u\(number)", "User \(number)") }
    try await office.visit { visit in
      let first = try await visit.get("/administration")
      #expect(first.text.contains("User 100") && !first.text.contains("User 200"))
      #expect(first.text.contains(#"href="/administration?page=2#users""#))
      let second = try await visit.get("/administration?page=2")
      #expect(second.text.contains("User 200") && !second.text.contains("User 100"))
    }
  }
}
