import Foundation
import HTTPTypes
import PageTesting
import Testing

@testable import PanelKit

@Suite(.timeLimit(.minutes(15))) struct RouteAccessTests {
  private static let script: HTTPFields = [.accept: "*/*"]

  @Test func withoutALoginNothingButTheOpenAnswers() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      #expect(try await browser.get("/open").text == "open")
      for path in ["/wall", "/books", "/keys", "/account", "/page"] {
        let page = try await browser.get(path)
        #expect(page.status == .seeOther && page.location == "/login?next=\(path)")
        let answer = try await browser.get(path, headers: Self.script)
        #expect(answer.status == .unauthorized)
        #expect(answer.headers[.contentType] == "application/json; charset=utf-8")
        #expect(answer.headers[.wwwAuthenticate] == "Bearer")
        #expect(try await browser.send(path, .head, headers: Self.script, body: nil).status == .unauthorized)
      }
      for path in [
        "/books", "/note", "/tell", "/account/password", "/account/keys", "/account/keys/1/revoke",
      ] {
        #expect(try await browser.post(path, [:]).location == "/login")
        #expect(try await browser.post(path, [:], headers: Self.script).status == .unauthorized)
      }
      #expect(
        try await browser.send("/books/1", .delete, headers: Self.script, body: nil).status == .unauthorized)
    }
  }

  @Test func methodsAreToldApart() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      func answer(_ path: String, _ method: HTTPRequest.Method) async throws -> PageClient.Answer {
        try await browser.send(path, method, headers: Self.script, body: nil)
      }
      let options = try await answer("/books", .options)
      #expect(options.status == .ok)
      #expect(options.headers[.allow] == "GET, HEAD, OPTIONS, POST")
      for (path, method) in [
        ("/books", HTTPRequest.Method.delete), ("/books", .patch), ("/note", .get), ("/note", .head),
        ("/note", .put),
      ] {
        let wrong = try await answer(path, method)
        #expect(wrong.status == .methodNotAllowed, "\(method) \(path)")
        #expect(wrong.headers[.allow]?.contains("OPTIONS") == true)
      }
      #expect(try await answer("/nowhere", .get).status == .notFound)
      #expect(try await answer("/nowhere", .options).status == .notFound)
      let head = try await answer("/open", .head)
      #expect(head.status == .ok)
      #expect(head.headers[.contentLength] == "4")
      #expect(head.text.isEmpty)
      for path in ["/open/", "//open", "/open//", "/books/"] {
        #expect(try await answer(path, .get).status == .notFound, "\(path)")
      }
    }
  }

  // MARK: Changes from a browser

  @Test func aChangeNeedsTheTokenOfItsSession() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let (browser, other) = (Browser(client), Browser(client))
      _ = try await browser.login()
      _ = try await other.login()
      let token = try await browser.token()
      #expect(token.count == 64)
      #expect(try await browser.post("/books", ["name": "a", "csrf": token]).text == "name=a")
      let foreign = try await other.token()
      for wrong in ["", "0", foreign, String(token.dropLast()), token + "0", token.uppercased()] {
        #expect(try await browser.post("/books", ["name": "a", "csrf": wrong]).status == .forbidden)
      }
      #expect(try await browser.post("/books", ["name": "a"]).status == .forbidden)
      // A script on a page sends it in the header, with whatever body.
      let header: HTTPFields = [.named("X-CSRF-Token"): token, .contentType: "text/plain"]
      #expect(try await browser.send("/note", .post, headers: header, body: "hello").text == "hello")
      #expect(
        try await browser.send("/books/a%2Fb%20c", .delete, headers: header, body: nil).text == "a/b c")
      // In the query it does not count, nor in a body of another type.
      #expect(try await browser.post("/books?csrf=\(token)", ["name": "a"]).status == .forbidden)
      let plain: HTTPFields = [.contentType: "text/plain"]
      #expect(
        try await browser.send("/note", .post, headers: plain, body: "csrf=\(token)").status == .forbidden)
      // No secret is told with the refusal.
      #expect(try await !browser.post("/books", ["csrf": "x"]).text.contains(token))
    }
  }

  @Test(arguments: [
    (HTTPField.Name.origin, "https://evil.example"), (.origin, "null"), (.origin, "http://localhost:1"),
    (.named("Sec-Fetch-Site"), "cross-site"), (.named("Sec-Fetch-Site"), "same-site"),
    (.named("Sec-Fetch-Site"), "none"),
  ])
  func aChangeFromAForeignPageIsRefused(name: HTTPField.Name, value: String) async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      _ = try await browser.login()
      let fields = ["name": "a", "csrf": try await browser.token()]
      #expect(try await browser.post("/books", fields, headers: [name: value]).status == .forbidden)
      let own: HTTPFields = [
        .origin: "http://localhost", .named("Sec-Fetch-Site"): "same-origin",
      ]
      #expect(try await browser.post("/books", fields, headers: own).status == .ok)
    }
  }

  @Test func aMessageIsShownOnceAndAsText() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      _ = try await browser.login()
      #expect(try await browser.post("/tell", ["csrf": try await browser.token()]).location == "/page")
      #expect(try await browser.get("/page").text.contains("Stored &lt;b&gt;it&lt;/b&gt;"))
      #expect(try await !browser.get("/page").text.contains("Stored"))
    }
  }

  // MARK: Keys

  @Test func aKeyDoesWhatItsScopesSay() async throws {
    let site = try await Site()
    let reader = try await site.store.createKey(name: "reader", scopes: [.read], at: Date())
    let writer = try await site.store.createKey(name: "writer", scopes: [.write], at: Date())
    try await site.serve { client async throws in
      let browser = Browser(client)
      for header in [
        [.authorization: "Bearer \(reader.text)"], [.authorization: "bearer \(reader.text)"],
        [.named("X-API-Key"): reader.text],
      ] as [HTTPFields] {
        #expect(try await browser.get("/books", headers: header).text == "books")
        #expect(try await browser.get("/wall", headers: header).text == "wall")
        #expect(try await browser.get("/keys", headers: header).status == .forbidden)
        #expect(try await browser.get("/account", headers: header).status == .forbidden)
        #expect(try await browser.post("/books", [:], headers: header).status == .forbidden)
      }
      let write: HTTPFields = [.named("X-API-Key"): writer.text, .origin: "https://elsewhere.example"]
      // A key is no authority that a browser sends by itself: it needs no token, wherever it comes from.
      #expect(try await browser.post("/books", ["name": "a"], headers: write).text == "name=a")
      #expect(try await browser.get("/books", headers: write).status == .forbidden)
      #expect(try await browser.post("/tell", [:], headers: write).status == .forbidden)
      #expect(
        try await browser.post("/account/keys", ["name": "x", "read": "on"], headers: write).status
          == .forbidden)
    }
  }

  @Test(arguments: ["", "x", "key-", "key-0000000000000000000000000000000000000000000000000000000000000000"])
  func aWrongKeyIsRefusedAlsoBesideALogin(key: String) async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      _ = try await browser.login()
      let answer = try await browser.get(
        "/books", headers: [.named("X-API-Key"): key, .accept: "application/json"])
      #expect(answer.status == .unauthorized)
    }
  }

  @Test func keysAreMadeShownOnceAndRevokedOnTheAccountsPage() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      _ = try await browser.login()
      let token = try await browser.token()
      let made = try await browser.post(
        "/account/keys", ["name": "<script>", "read": "on", "write": "on", "csrf": token])
      #expect(made.status == .ok)
      #expect(made.text.contains("&lt;script&gt;") && !made.text.contains("<script>"))
      let start = try #require(made.text.range(of: "<code class=\"secret\">"))
      let key = String(made.text[start.upperBound...].prefix { $0 != "<" })
      #expect(try await Browser(client).get("/books", headers: [.named("X-API-Key"): key]).status == .ok)
      let listed = try await browser.get("/account").text
      #expect(!listed.contains(key))
      #expect(listed.contains("&lt;script&gt;"))
      // The file does not hold it either.
      let file = String(decoding: try #require(site.disk["/state/access.json"]), as: UTF8.self)
      #expect(!file.contains(key) && !file.contains(key.dropFirst(4)))

      #expect(
        listed.contains("<td data-label=\"Created\">2026-11-25</td>"), "days are in the application's form")

      // What was typed stays in the form, which can be read in another language.
      let taken = try await browser.post("/account/keys", ["name": "<script>", "write": "on", "csrf": token])
      #expect(taken.status == .badRequest && taken.text.contains("no other has"))
      #expect(taken.text.contains("name=\"name\" value=\"&lt;script&gt;\""))
      #expect(taken.text.contains("name=\"write\" checked") && !taken.text.contains("name=\"read\" checked"))
      #expect(taken.text.contains("href=\"/account?lang=de\""))
      let without = try await browser.post("/account/keys", ["name": "b", "csrf": token])
      #expect(without.status == .badRequest && without.text.contains("must be allowed something"))
      #expect(site.store.keys.count == 1)

      let id = try #require(site.store.keys.first?.id)
      #expect(try await browser.post("/account/keys/nothing/revoke", ["csrf": token]).status == .notFound)
      #expect(try await browser.post("/account/keys/\(id)/revoke", ["csrf": token]).location == "/account")
      #expect(
        try await Browser(client).get("/books", headers: [.named("X-API-Key"): key]).status == .unauthorized)
    }
  }

  // MARK: This machine, and the trusted network

  @Test func whatIsForThisMachineAsksForNoLoginAndTakesNone() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      #expect(try await browser.get("/board").text == "board")
      _ = try await browser.login()
      #expect(try await browser.get("/board", headers: [.xForwardedFor: "127.0.0.1"]).status == .forbidden)
      #expect(try await browser.get("/board", headers: [.via: "1.1 proxy"]).status == .forbidden)
    }
  }

  private func trusting(_ networks: String..., names: Set<String> = []) async throws -> Site {
    var settings = AccessControl.Settings()
    settings.trustedNetworks = try networks.map { try #require(AddressRange($0)) }
    settings.trustedNames = names
    return try await Site(settings: settings)
  }

  @Test func aTrustedNetworkSeesTheWallAndNoMore() async throws {
    let site = try await trusting("10.0.0.0/8", "127.0.0.0/8")
    try await site.serve { client async throws in
      let browser = Browser(client)
      #expect(try await browser.get("/wall").text == "wall")
      for path in ["/books", "/keys", "/account"] { #expect(try await browser.get(path).status == .seeOther) }
      #expect(try await browser.post("/books", ["name": "a"]).status == .seeOther)
      #expect(try await browser.get("/page").status == .seeOther)
      _ = try await browser.login()
      #expect(try await browser.get("/wall").text == "wall, logged in")
      // Logged in from a trusted network, a change still needs the token.
      #expect(try await browser.post("/books", ["name": "a"]).status == .forbidden)
    }
  }

  @Test(arguments: [
    (HTTPField.Name.named("X-Forwarded-For"), "127.0.0.1"), (.named("X-Forwarded-For"), "10.1.2.3"),
    (.named("Forwarded"), "for=10.1.2.3"), (.named("X-Real-IP"), "10.1.2.3"),
    (.named("X-Forwarded-Host"), "localhost"), (.via, "1.1 proxy"),
  ])
  func trustDoesNotComeFromAHeader(name: HTTPField.Name, value: String) async throws {
    // Neither is a stranger let in who names a trusted address, nor one whom a proxy has let through.
    for network in ["10.0.0.0/8", "127.0.0.0/8"] {
      let site = try await trusting(network)
      try await site.serve { client async throws in
        #expect(try await Browser(client).get("/wall", headers: [name: value]).status == .seeOther)
      }
    }
  }

  @Test(arguments: [
    ("127.0.0.1", "200"), ("pi", "200"), ("pi.local:8080", "200"), ("[::1]:8080", "200"),
    ("coffee.example", "200"),
    ("evil.example", "401"), ("127.0.0.1.evil.example", "401"), ("evil.example:80", "401"),
    ("pi.local.evil.example", "401"),
  ])
  func aNameThatAStrangerCanOwnIsNotTrusted(host: String, status: String) async throws {
    let site = try await trusting("127.0.0.0/8", names: ["coffee.example"])
    try await site.serve { client async throws in
      let answer = try await RawClient.send(
        ["GET /wall HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"], to: client.port)
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(40))")
    }
  }
}
