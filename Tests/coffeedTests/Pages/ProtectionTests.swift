import DaemonKit
import HTTPTypes
import Hummingbird
import PageTesting
import NIOCore
import Testing

@testable import PanelKit
@testable import coffeed

/// Nothing answers to whom it is not for.
@Suite(.timeLimit(.minutes(15))) struct ProtectionTests {
  /// What everybody may see: files that pages load, and the login.
  private static let open: Set = ["/login", "/logout", "/setup", "/static/styles.css", "/favicon.ico"]

  private struct Route {
    var method: HTTPRequest.Method
    var path: String
  }

  /// Every route that the server has, from the server itself: a new one is in it. Names in addresses stand
  /// for what exists.
  private func routes(_ office: Office) -> [Route] {
    office.server.router.routes.map { route in
      var path = "/" + route.path.components.map { "\($0)" }.joined(separator: "/")
      for (name, value) in [
        ("token", "a1b2c3d4"), ("usage", "1"), ("invoice", "1"), ("batch", "1"), ("id", "1"),
        ("file", "users.csv"),
      ] { path = path.replacing("{\(name)}", with: value).replacing("${\(name)}", with: value) }
      #expect(!path.contains("{"), "\(path): say what stands for it")
      return Route(method: route.method, path: path)
    }
  }

  private func office(trusts: Bool = false) async throws -> Office {
    let office = try await Office(trusts: trusts)
    try await office.user(
      "a1b2c3d4", "adal", "Ada Lovelace", email: "ada@example.org", phone: "+41791234567")
    try await office.show("a1b2c3d4")
    _ = try await office.command(.createBatch(until: nil))
    try await office.show("a1b2c3d4")
    return office
  }

  private static let secrets = ["a1b2c3d4", "adal", "Ada Lovelace", "ada@example.org", "+41791234567"]

  @Test func withoutALoginEveryRouteAnswers401Or303() async throws {
    let office = try await office()
    try await office.access.store.setPassword("a password for tests")
    let routes = routes(office)
    #expect(routes.count > 100)
    let before = office.books.generation
    try await office.visit { visit in
      for route in routes where !Self.open.contains(route.path) && !route.path.hasPrefix("/assets/") {
        for accept in ["text/html", "*/*"] {
          let answer = try await visit.send(
            route.method, route.path, as: .nobody,
            headers: [.accept: accept, .contentType: "application/x-www-form-urlencoded"], body: "csrf=x")
          let place: Comment = "\(route.method) \(route.path) \(accept): \(answer.status)"
          for secret in Self.secrets { #expect(!answer.text.contains(secret), place) }
          if answer.status == .methodNotAllowed || route.method == .options {
            #expect(answer.headers[.allow] != nil, place)
          } else if route.method == .connect {
            // What it names is a host, and no path.
            #expect(answer.status == .notFound, place)
          } else {
            #expect([.unauthorized, .seeOther].contains(answer.status), place)
            if answer.status == .seeOther { #expect(answer.location?.hasPrefix("/login") == true, place) }
          }
        }
      }
    }
    #expect(office.books.generation == before)
  }

  @Test func whatIsOpenShowsNothingPersonal() async throws {
    let office = try await office()
    let routes = routes(office)
    try await office.visit { visit in
      for route in routes where Self.open.contains(route.path) || route.path.hasPrefix("/assets/") {
        let answer = try await visit.send(route.method, route.path, as: .nobody)
        for secret in Self.secrets { #expect(!answer.text.contains(secret)) }
      }
    }
  }

  @Test func aKeyThatMayOnlyReadChangesNothing() async throws {
    let office = try await office()
    let routes = routes(office)
    let before = office.books.generation
    try await office.visit { visit in
      for route in routes where [.post, .delete].contains(route.method) && !Self.open.contains(route.path) {
        let answer = try await visit.send(
          route.method, route.path, headers: [.contentType: "application/x-www-form-urlencoded"], body: "a=b")
        #expect([.forbidden, .methodNotAllowed].contains(answer.status), "\(route.method) \(route.path)")
      }
    }
    #expect(office.books.generation == before)
  }

  /// A form from a stranger's page has no token, or a wrong one, or comes with a strange origin.
  @Test func aLoginChangesNothingWithoutItsToken() async throws {
    let office = try await office()
    let routes = routes(office)
    let before = office.books.generation
    try await office.visit { visit in
      let sender = try await visit.logIn()
      guard case .login(let login) = sender else { return }
      for route in routes where [.post, .delete].contains(route.method) && !Self.open.contains(route.path) {
        for (type, body, origin) in [
          ("application/x-www-form-urlencoded", "a=b", nil),
          ("application/x-www-form-urlencoded", "csrf=\(String(repeating: "0", count: 64))", nil),
          ("application/x-www-form-urlencoded", "csrf=\(login.csrf)", "http://evil.example"),
          ("text/plain", #"{"token_id":"00000001","user_name":"m","name":"m","active":1}"#, nil),
          ("application/json", #"{"token_id":"00000001","user_name":"m","name":"m","active":1}"#, nil),
        ] as [(String, String, String?)] {
          var headers: HTTPFields = [.contentType: type]
          headers[.origin] = origin
          let answer = try await visit.send(
            route.method, route.path, as: sender, headers: headers, body: body)
          #expect(
            [.forbidden, .methodNotAllowed].contains(answer.status),
            "\(route.method) \(route.path) \(body): \(answer.status)")
        }
      }
    }
    #expect(office.books.generation == before)
  }

  /// From a trusted network without a login: names and counts, but no token, no mail address, no number.
  @Test func aTrustedNetworkSeesWhatHangsOnTheWall() async throws {
    let office = try await office(trusts: true)
    office.board.show(LockView(phase: .active, userName: "adal"))
    let routes = routes(office)
    let (access, readKey, writeKey) = (office.access, office.readKey, office.writeKey)
    let before = office.books.generation
    try await office.server.application.serve { client in
      let visit = Visit(client: client, access: access, readKey: readKey, writeKey: writeKey)
      var shown: [String] = []
      for route in routes where !Self.open.contains(route.path) && !route.path.hasPrefix("/assets/") {
        // The stream does not end; what else is not allowed does not depend on who asks.
        guard [.get, .post, .delete].contains(route.method), route.path != "/events" else { continue }
        let answer = try await visit.send(
          route.method, route.path, as: .nobody,
          headers: [.contentType: "application/x-www-form-urlencoded"])
        for secret in ["a1b2c3d4", "adal", "ada@example.org", "+41791234567"] {
          #expect(!answer.text.contains(secret), "\(route.path) shows \(secret)")
        }
        if answer.status == .ok, route.method == .get {
          shown.append(route.path)
          if route.path != "/history" { #expect(answer.text.contains("Ada Lovelace"), "\(route.path)") }
          #expect(!answer.text.contains("formaction"), "\(route.path)")
        }
      }
      #expect(Set(shown) == ["/", "/transactions", "/leaderboard", "/history"])

      // Nobody finds a token or a mail address out by asking for its beginning.
      for query in ["token_id=a1", "email_address=ada", "user_name=adal"] {
        let hit = try await visit.get("/transactions?\(query)", as: .nobody)
        let miss = try await visit.get("/transactions?\(query.replacing("=", with: "=zz"))", as: .nobody)
        #expect(hit.text.contains("2 transactions") && miss.text.contains("2 transactions"))
      }
    }
    #expect(office.books.generation == before)
  }

  @Test(arguments: [
    "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static/../../state.json",
    "/static/%2e%2e%2fpeople.json",
    "/export/..%2f..%2fetc%2fpasswd.csv", "/export/users", "/export/users.csv.exe", "/export/.csv",
    "/export/users.xml", "/administration/user/%2e%2e", "/administration/user/%00",
    "/administration/user/%ff",
    "/invoicing/9999999999999999999999", "/invoicing/-1", "/transactions/1e3/undo",
  ])
  func nothingIsReachedByAStrangePath(path: String) async throws {
    let office = try await office()
    try await office.visit { visit in
      let sender = try await visit.logIn()
      let answer = try await visit.get(path, as: sender)
      #expect(
        [.notFound, .badRequest, .methodNotAllowed].contains(answer.status), "\(path): \(answer.status)")
      #expect(!answer.text.contains("root:"))
    }
  }

  @Test func whatIsTooLongOrNoTextIsRefused() async throws {
    let office = try await office()
    let before = office.books.generation
    try await office.visit { visit in
      let long = String(repeating: "x", count: 20_000)
      for path in ["/api/admin/user", "/settings", "/scan-mode/toggle", "/invoicing/create/a1b2c3d4"] {
        for type in ["application/x-www-form-urlencoded", "application/json"] {
          let answer = try await visit.send(
            .post, path, as: .writeKey, headers: [.contentType: type], body: "price=\(long)")
          #expect(answer.status.code >= 400 && answer.status.code < 500, "\(path): \(answer.status)")
        }
      }
      let noText = ByteBuffer(bytes: [0x22, 0xff, 0xfe, 0x22])
      let key = visit.writeKey
      let answer = try await visit.client.execute(
        uri: "/api/admin/user", method: .post, headers: [.authorization: "Bearer \(key)"], body: noText
      ) { $0.status }
      #expect(answer == .badRequest)
    }
    #expect(office.books.generation == before)
  }
}
