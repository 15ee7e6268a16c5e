import DaemonKit
import HTTPTypes
import Hummingbird
import Testing

@testable import coffeed

/// The predecessor's routes, row by row, as scripts use them: with a key instead of nothing at all.
@Suite(.timeLimit(.minutes(15))) struct CompatibilityTests {
  /// Ada, who has had two coffees, and a token that was only scanned, a minute later.
  private func office(zone: String = "Europe/Zurich") async throws -> Office {
    let office = try await Office(zone: zone)
    try await office.user("a1b2c3d4", "ada", "Ada Lovelace", email: "ada@example.org")
    office.time.pass(.seconds(60))
    _ = try await office.command(.setScanMode(true))
    try await office.show("04a1b2c3d4e5f6")
    _ = try await office.command(.setScanMode(false))
    office.time.pass(.seconds(60))
    try await office.show("a1b2c3d4")
    office.time.pass(.seconds(600))
    try await office.show("a1b2c3d4")
    return office
  }

  // MARK: JSON

  @Test func aListOfUsersIsNewestFirstWithoutLastSeen() async throws {
    try await office().visit { visit in
      let answer = try await visit.get("/api/admin/users")
      #expect(answer.status == .ok)
      #expect(answer.type == "application/json")
      #expect(
        answer.text == #"[{"active":0,"barred":1,"created_at":"2026-11-25 08:01:00","email_address":null,"#
          + #""name":"Pending","phone_number":null,"token_id":"04a1b2c3d4e5f6","#
          + #""user_name":"pending_04a1b2c3d4e5f6"},{"active":1,"barred":0,"created_at":"2026-11-25 08:00:00","#
          + #""email_address":"ada@example.org","name":"Ada Lovelace","phone_number":null,"#
          + #""token_id":"a1b2c3d4","user_name":"ada"}]"# + "\n")
    }
  }

  @Test func savingAUserAddsItPendingAndThenChangesIt() async throws {
    let office = try await office()
    try await office.visit { visit in
      let added = try await visit.json(
        "/api/admin/user", #"{"token_id": " 11:22-33:44 "}"#, type: "text/plain")
      #expect(added.status == .ok)
      #expect(added.type == "application/json")
      #expect(
        added.text == #"{"ok":true,"user":{"active":0,"barred":1,"created_at":"2026-11-25 08:12:00","#
          + #""email_address":null,"last_seen":null,"name":"Pending","phone_number":null,"#
          + #""token_id":"11223344","user_name":"pending_11223344"}}"# + "\n")

      let named = try await visit.json(
        "/api/admin/user",
        #"{"token_id":"11223344","user_name":"bob","name":"Bob Ö","phone_number":"+41 1"}"#,
        type: nil)
      #expect(
        named.text == #"{"ok":true,"user":{"active":1,"barred":0,"created_at":"2026-11-25 08:12:00","#
          + #""email_address":null,"last_seen":null,"name":"Bob \u00d6","phone_number":"+41 1","#
          + #""token_id":"11223344","user_name":"bob"}}"# + "\n")

      let seen = try await visit.json("/api/admin/user", #"{"token_id":"a1b2c3d4"}"#)
      #expect(seen.text.contains(#""last_seen":"2026-11-25 08:12:00""#))
    }
  }

  @Test(arguments: [
    ("", "token_id required"), ("{", "token_id required"), ("[]", "token_id required"),
    ("{}", "token_id required"), (#"{"token_id":""}"#, "token_id required"),
    (#"{"token_id":null}"#, "token_id required"), (#"{"token_id":"  "}"#, "token_id required"),
    (#"{"token_id":[]}"#, "token_id must be text"), (#"{"token_id":7}"#, "token_id must be text"),
    (#"{"token_id":"<b>"}"#, "token_id is no card's number: that \(Token.shape)"),
    (
      #"{"token_id":"136-4-110-81-179","user_name":"a","name":"A"}"#,
      "token_id is no card's number: that \(Token.shape)"
    ),
    (
      #"{"token_id":"0008617284","user_name":"a","name":"A"}"#,
      "token 0008617284 is no card's number: that \(Token.shape). Scan mode shows a card's"
    ),
    (#"{"token_id":"a1b2c3d4","active":"banana"}"#, "active must be 0 or 1"),
    (#"{"token_id":"a1b2c3d4","barred":{}}"#, "barred must be 0 or 1"),
    (#"{"token_id":"a1b2c3d4","name":5}"#, "name must be text"),
    (#"{"token_id":"a1b2c3d4","email_address":["x"]}"#, "email_address must be text"),
    (#"{"token_id":"a1b2c3d4","user_name":null}"#, "user_name must be text"),
  ])
  func whatCannotBeSavedIsRefusedAndChangesNothing(body: String, reason: String) async throws {
    let office = try await office()
    let before = office.books.reading.users()
    try await office.visit { visit in
      let answer = try await visit.json("/api/admin/user", body)
      #expect(answer.status == .badRequest)
      #expect(answer.type == "application/json")
      #expect(answer.text == #"{"error":"\#(reason)","ok":false}"# + "\n")
    }
    #expect(office.books.reading.users() == before)
  }

  @Test func aFieldThatIsTooLongIsRefused() async throws {
    let office = try await office()
    try await office.visit { visit in
      let name = String(repeating: "x", count: 5000)
      let answer = try await visit.json("/api/admin/user", #"{"token_id":"a1b2c3d4","name":"\#(name)"}"#)
      #expect(answer.status == .badRequest)
      #expect(answer.text.hasPrefix(#"{"error":"name must have"#))
    }
  }

  @Test(arguments: [
    (#"{"user_name":"ada","name":"Ada"}"#, 1, 0), (#"{"user_name":"ada","name":"Ada","barred":1}"#, 1, 1),
    (#"{"user_name":"ada","name":"Ada","active":false}"#, 0, 0), (#"{"phone_number":"1"}"#, 0, 1),
    (#"{"active":"1","barred":"0"}"#, 1, 0), (#"{"user_name":"ada","name":""}"#, 0, 1),
  ])
  func changingAUserByItsToken(body: String, active: Int, barred: Int) async throws {
    let office = try await office()
    try await office.visit { visit in
      let answer = try await visit.json("/api/scan-mode/user/04a1b2c3d4e5f6", body, type: "text/plain")
      #expect(answer.status == .ok)
      #expect(answer.text.hasPrefix(#"{"ok":true,"user":{"active":\#(active),"barred":\#(barred),"#))
    }
  }

  @Test(arguments: [
    ("/api/scan-mode/user/deadbeef", #"{"name":"x"}"#), ("/api/scan-mode/user/A1B2C3D4", #"{"name":"x"}"#),
    ("/api/scan-mode/user/a1b2c3d4", "{}"), ("/api/scan-mode/user/a1b2c3d4", "garbage"),
    ("/api/scan-mode/user/a1b2c3d4", #"{"token_id":"00000000"}"#),
    ("/api/scan-mode/user/%3Cscript%3E", #"{"name":"x"}"#),
  ])
  func aChangeThatCannotBeIsRefusedWithoutAReason(path: String, body: String) async throws {
    let office = try await office()
    try await office.visit { visit in
      let answer = try await visit.json(path, body)
      #expect(answer.status == .badRequest)
      #expect(answer.text == #"{"ok":false}"# + "\n")
    }
  }

  /// The predecessor says that it deletes, and never does.
  @Test func deletingAUserErasesIt() async throws {
    let office = try await office()
    try await office.visit { visit in
      let answer = try await visit.send(.delete, "/api/admin/user/a1b2c3d4", as: .writeKey)
      #expect(answer.status == .ok)
      #expect(answer.text == #"{"ok":true}"# + "\n")
      let again = try await visit.send(.delete, "/api/admin/user/a1b2c3d4", as: .writeKey)
      #expect(again.status == .badRequest)
      #expect(again.text == #"{"error":"User not found or deletion failed","ok":false}"# + "\n")
      let users = try await visit.get("/api/admin/users")
      #expect(!users.text.contains(#""token_id":"a1b2c3d4""#))
      let coffees = try await visit.get("/transactions")
      #expect(!coffees.text.contains("Ada"))
      #expect(!coffees.text.contains("ada@example.org"))
    }
    #expect(office.books.reading.usages().total == 2)
    #expect(try await office.show("a1b2c3d4") == nil)
  }

  @Test(arguments: ["deadbeef", "x", "%00", "%F0%9F%98%80"])
  func anUnknownUserCannotBeDeleted(token: String) async throws {
    try await office().visit { visit in
      let answer = try await visit.send(.delete, "/api/admin/user/\(token)", as: .writeKey)
      #expect(answer.status == .badRequest)
      #expect(answer.text == #"{"error":"User not found or deletion failed","ok":false}"# + "\n")
    }
  }

  // MARK: Scan mode

  @Test func scanModeIsAskedForAndTurned() async throws {
    let office = try await office()
    try await office.visit { visit in
      func status() async throws -> String { try await visit.get("/api/scan-mode/status").text }
      #expect(try await status() == #"{"scan_mode":false}"# + "\n")
      for (enabled, isOn) in [
        ("1", true), ("0", false), ("on", true), ("off", false), ("true", true),
        ("TRUE", false), ("True", true), ("", false),
      ] {
        let answer = try await visit.post("/scan-mode/toggle", [("enabled", enabled)])
        #expect(answer.status == .found)
        #expect(answer.location == "/scan-mode")
        #expect(try await status() == #"{"scan_mode":\#(isOn)}"# + "\n")
      }
      for (body, isOn) in [
        (#"{"enabled":true}"#, true), ("{}", false), (#"{"enabled":1}"#, true), ("x", false),
        (#"{"enabled":"on"}"#, true), (#"{"enabled":2}"#, false),
      ] {
        let answer = try await visit.send(
          .post, "/scan-mode/toggle", as: .writeKey,
          headers: [.contentType: "application/json", .accept: "application/json"], body: body)
        #expect(answer.status == .ok)
        #expect(answer.text == #"{"scan_mode":\#(isOn)}"# + "\n")
        #expect(try await status() == answer.text)
      }
      let mixed = try await visit.post(
        "/scan-mode/toggle", [("enabled", "1")], accept: "text/html, application/json;q=0.9")
      #expect(mixed.status == .found)
      let redirect = try await visit.get("/scan-mode")
      #expect(redirect.status == .found)
      #expect(redirect.location == "/administration")
    }
  }

  @Test func theLastScanIsToldForFiveSecondsInScanMode() async throws {
    let office = try await office()
    let nothing = #"{"timestamp":"","token":""}"# + "\n"
    try await office.visit { visit in
      func last() async throws -> String { try await visit.get("/api/scan-mode/last").text }
      let token = Token.of("04a1b2c3d4e5f6")
      office.board.scanned(token)
      #expect(try await last() == nothing)

      _ = try await office.command(.setScanMode(true))
      office.board.show(LockView(phase: .ready, isScanMode: true))
      office.time.pass(.milliseconds(6001))
      #expect(try await last() == nothing)
      office.board.scanned(token)
      let told = #"{"timestamp":"2026-11-25T09:12:06.001000","token":"04a1b2c3d4e5f6"}"# + "\n"
      #expect(try await last() == told)
      office.time.pass(.seconds(5))
      #expect(try await last() == told)
      office.time.pass(.milliseconds(1))
      #expect(try await last() == nothing)
    }
  }

  /// A token that was scanned has names that hold its place, so it is not in this list.
  @Test func pendingAreThoseWithoutANameOnly() async throws {
    let office = try await office()
    try await office.visit { visit in
      #expect(try await visit.get("/api/scan-mode/pending").text == "[]\n")
      _ = try await office.command(.changeUser(Token.of("a1b2c3d4"), UserChange(name: "")))
      let answer = try await visit.get("/api/scan-mode/pending").text
      #expect(answer.hasPrefix(#"[{"active":1,"barred":0,"created_at":"2026-11-25 08:00:00","#))
      #expect(!answer.contains("last_seen"))
    }
  }

  // MARK: Pages

  @Test(arguments: ["/", "/transactions"])
  func theTransactionsPageHasItsColumns(path: String) async throws {
    try await office().visit { visit in
      let answer = try await visit.get(path)
      #expect(answer.status == .ok)
      #expect(answer.type == "text/html; charset=utf-8")
      #expect(answer.heading == "Transactions")
      let columns = answer.text.matches(of: /<th scope="col"[^>]*>([^<]+)<\/th>/).map { String($0.1) }
      #expect(columns.starts(with: ["#", "Timestamp", "Token ID", "Username", "Name", "Email"]))
      let rows = answer.text.matches(of: /<td class="time">(.*?)<\/td>/).map { String($0.1) }
      #expect(rows == ["2026-11-25 09:12:00", "2026-11-25 09:02:00"])
    }
  }

  @Test func invoicesAreMadeShownAndPaid() async throws {
    let office = try await office()
    _ = try await office.command(.changeSettings(SettingsChange(pricePerCoffee: 50)))
    try await office.visit { visit in
      let list = try await visit.get("/invoicing")
      #expect(list.heading == "Invoicing")
      #expect(list.text.contains("Uninvoiced uses"))

      let unknown = try await visit.post("/invoicing/create/deadbeef")
      #expect(unknown.status == .ok)
      #expect(unknown.heading == "No Usage")
      let none = try await visit.post("/invoicing/create/04a1b2c3d4e5f6")
      #expect(none.heading == "No Usage")

      let early = try await visit.post("/invoicing/create/a1b2c3d4", [("to_ts", "2026-11-25 09:00:00")])
      #expect(early.status == .ok)
      #expect(early.heading == "No Items")

      let first = try await visit.post("/invoicing/create/a1b2c3d4", [("to_ts", "2026-11-25 09:02:00")])
      #expect(first.status == .ok)
      #expect(first.heading == "Invoice #1")
      #expect(first.text.contains("1 × CHF\u{A0}0.50"))
      #expect(first.text.contains("mailto:ada@example.org?subject="))
      #expect(first.text.contains("2026-11-25 09:02:00"))
      let second = try await visit.send(.post, "/invoicing/create/a1b2c3d4", as: .writeKey)
      #expect(second.heading == "Invoice #2")
      #expect(second.text.contains("Unpaid"))

      let paid = try await visit.send(.post, "/invoicing/2/toggle", as: .writeKey)
      #expect(paid.status == .ok)
      #expect(paid.heading == "Invoice #2")
      #expect(paid.text.contains(">Paid<"))
      let unpaid = try await visit.send(.post, "/invoicing/2/toggle", as: .writeKey)
      #expect(unpaid.text.contains(">Unpaid<"))

      let missing = try await visit.send(.post, "/invoicing/77/toggle", as: .writeKey)
      #expect(missing.status == .ok)
      #expect(missing.heading == "Not Found")
      #expect(try await visit.send(.post, "/invoicing/x/toggle", as: .writeKey).status == .notFound)
      #expect(try await visit.get("/invoicing/1/toggle").status == .methodNotAllowed)
    }
  }

  @Test func batchesAreMadeAndShown() async throws {
    let office = try await office()
    _ = try await office.command(.changeSettings(SettingsChange(pricePerCoffee: 50)))
    try await office.visit { visit in
      let batch = try await visit.send(.post, "/invoicing/batch", as: .writeKey)
      #expect(batch.status == .ok)
      #expect(batch.heading == "Batch Invoice #1")
      #expect(batch.text.contains("Ada Lovelace"))
      let again = try await visit.send(.post, "/invoicing/batch", as: .writeKey)
      #expect(again.heading == "No Usage")
      #expect(office.books.reading.batches().count == 1)

      #expect(try await visit.get("/invoicing/batch/1").heading == "Batch Invoice #1")
      let missing = try await visit.get("/invoicing/batch/9")
      #expect(missing.status == .ok)
      #expect(missing.heading == "Not Found")
      #expect(try await visit.get("/invoicing/batch/x").status == .notFound)
      #expect(try await visit.get("/invoicing/batch").status == .methodNotAllowed)
    }
  }

  @Test func settingsAreSavedAsThePredecessorsForm() async throws {
    let office = try await office()
    try await office.visit { visit in
      let page = try await visit.get("/settings")
      #expect(page.heading == "Settings")
      #expect(page.text.contains("2026-11-25 09:12:00"))

      let saved = try await visit.post(
        "/settings", [("subject", "S {period_start}"), ("body", "B"), ("price", "0.5")])
      #expect(saved.status == .ok)
      #expect(saved.heading == "Saved")
      let settings = office.books.reading.settings
      #expect(settings.pricePerCoffee == 50)
      #expect(settings.invoiceSubject == "S {period_start}")
      #expect(settings.invoiceBody == "B")

      let bare = try await visit.post("/settings")
      #expect(bare.heading == "Saved")
      #expect(office.books.reading.settings.pricePerCoffee == 0)
      #expect(office.books.reading.settings.invoiceSubject == "")

      let time = try await visit.post(
        "/settings", [("price", "0.70"), ("system_time", "2026-11-25 10:00:00")])
      #expect(time.status == .internalServerError)
      #expect(time.heading == "Time Not Set")
      #expect(office.books.reading.settings.pricePerCoffee == 70)
    }
  }

  @Test(arguments: [
    ("price", "-5", "Invalid Price"), ("price", "nan", "Invalid Price"), ("price", "inf", "Invalid Price"),
    ("price", "abc", "Invalid Price"), ("price", "1e3", "Invalid Price"), ("price", "0.505", "Invalid Price"),
    ("price", "1.2.3", "Invalid Price"), ("price", ".", "Invalid Price"),
    ("price", "99999999999999999999", "Invalid Price"),
    ("system_time", "yesterday", "Invalid Time"), ("system_time", "2026-02-30 10:00:00", "Invalid Time"),
  ])
  func settingsThatCannotBeAreRefused(field: String, value: String, title: String) async throws {
    let office = try await office()
    try await office.visit { visit in
      let answer = try await visit.post("/settings", [("subject", "changed"), (field, value)])
      #expect(answer.status == .badRequest)
      #expect(answer.heading == title)
      #expect(office.books.reading.settings.invoiceSubject == "")
    }
  }

  @Test func whatAScriptCouldNotChangeBeforeItCannotChangeNow() async throws {
    let office = try await office()
    try await office.visit { visit in
      let answer = try await visit.post("/settings", [("price", "1"), ("master_token", "a1b2c3d4")])
      #expect(answer.status == .forbidden)
      #expect(office.books.reading.settings.masterToken == nil)
      #expect(office.books.reading.settings.pricePerCoffee == 0)
    }
  }

  @Test func theAdministrationPageHasItsColumns() async throws {
    try await office().visit { visit in
      let page = try await visit.get("/administration")
      #expect(page.status == .ok)
      for word in ["Token", "User name", "Name", "Email", "Phone", "State"] {
        #expect(page.text.contains(#"<th scope="col">\#(word)</th>"#))
      }
    }
  }

  @Test func theLeaderboardHasItsColumns() async throws {
    try await office().visit { visit in
      for query in [
        "", "?period=7days", "?period=30days", "?period=nonsense", "?period=custom",
        "?period=custom&date=2026-11-25",
      ] {
        let page = try await visit.get("/leaderboard\(query)")
        #expect(page.status == .ok)
        for word in ["Rank", "Name", "Coffee count", "Avg per day"] {
          #expect(page.text.contains(">\(word)</th>"), "\(query)")
        }
        let average = query.contains("7days") ? "0.3" : query.contains("date") ? "2.0" : "0.1"
        #expect(page.text.contains(#"<td class="number">\#(average)</td>"#), "\(query)")
        #expect(!page.text.contains("Pending"))
      }
      for query in ["?period=custom&date=garbage", "?period=custom&date=2026-02-30"] {
        let page = try await visit.get("/leaderboard\(query)")
        #expect(page.status == .ok)
        #expect(!page.text.contains("Ada"))
      }
    }
  }

  // MARK: In general

  @Test func methodsAndPathsThatAreNone() async throws {
    try await office().visit { visit in
      #expect(try await visit.get("/nowhere").status == .notFound)
      #expect(try await visit.get("/api/admin/version").status == .notFound)
      #expect(try await visit.get("/transactions/").status == .notFound)
      #expect(try await visit.send(.post, "/transactions", as: .writeKey).status == .methodNotAllowed)
      #expect(try await visit.send(.put, "/api/admin/user", as: .writeKey).status == .methodNotAllowed)
      #expect(try await visit.send(.get, "/scan-mode/toggle").status == .methodNotAllowed)
      let head = try await visit.send(.head, "/transactions")
      #expect(head.status == .ok)
      #expect(head.text.isEmpty)
      let options = try await visit.send(.options, "/api/admin/users")
      #expect(options.status == .ok)
      #expect(options.headers[.allow] == "GET, HEAD, OPTIONS")
    }
  }

  @Test func theStylesheetIsOpen() async throws {
    try await office().visit { visit in
      let answer = try await visit.get("/static/styles.css", as: .nobody)
      #expect(answer.status == .ok)
      #expect(answer.type == "text/css; charset=utf-8")
      #expect(!answer.text.isEmpty)
    }
  }
}
