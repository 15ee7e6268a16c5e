import HTTPTypes
import Hummingbird
import PageTesting
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import PanelKit

private struct SampleRoutes: PanelRoutes {
  struct Body: Decodable { var text: String }
  struct Surprise: Error { var secret = "password" }

  func add(to router: PanelRouter) {
    router.get("/page", .open) { _, _ in "hello" }
    router.get("/broken", .open) { _, _ -> String in throw Surprise() }
    router.post("/change", .write) { request, context in
      try await context.json(Body.self, from: request).text
    }
    router.get("/private", .local) { _, _ in "secret" }
  }
}

@Suite struct PanelServerTests {
  private let application = PanelServer(
    host: "127.0.0.1", port: 0, routes: [SampleRoutes()], protection: .localOnly,
    logger: Logger(label: "test")
  ).application
  private static let json: HTTPFields = [.contentType: "application/json"]
  private static let body = ByteBuffer(string: #"{"text": "done"}"#)

  @Test(arguments: ["/page", "/nowhere", "/broken"])
  func everyAnswerCarriesTheSecurityHeaders(path: String) async throws {
    try await application.serve { client in
      try await client.execute(uri: path, method: .get) { response in
        let policy = try #require(response.headers[.contentSecurityPolicy])
        #expect(policy.contains("default-src 'none'"))
        #expect(policy.contains("frame-ancestors 'self'"))
        #expect(!policy.contains("unsafe"))
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        #expect(response.headers[.cacheControl] == "no-store")
      }
    }
  }

  @Test(arguments: ["/page", "/nowhere", "/broken"])
  func everyAnswerSaysWhoGivesIt(path: String) async throws {
    let named = PanelServer(
      host: "127.0.0.1", port: 0, routes: [SampleRoutes()], protection: .localOnly, name: "sample (f00f)",
      logger: Logger(label: "test")
    ).application
    try await named.serve { client in
      try await client.execute(uri: path, method: .get) { #expect($0.headers[.server] == "sample (f00f)") }
    }
    try await application.serve { client in
      try await client.execute(uri: path, method: .get) { #expect($0.headers[.server] == nil) }
    }
  }

  @Test func anUnexpectedErrorIsNotToldToTheClient() async throws {
    try await application.serve { client in
      try await client.execute(uri: "/broken", method: .get) { response in
        #expect(response.status == .internalServerError)
        #expect(!String(buffer: response.body).contains("password"))
      }
    }
  }

  @Test func aBrowserGetsAPageAndAProgramGetsJSON() async throws {
    try await application.serve { client in
      let headers: HTTPFields = [.accept: "text/html,*/*", .acceptLanguage: "fr"]
      try await client.execute(uri: "/%3Cscript%3E", method: .get, headers: headers) { response in
        #expect(response.status == .notFound)
        #expect(response.headers[.contentType] == "text/html; charset=utf-8")
        #expect(String(buffer: response.body).contains("Cette page n’existe pas"))
        #expect(!String(buffer: response.body).contains("<script>"))
      }
      try await client.execute(uri: "/nowhere", method: .get) { response in
        #expect(String(buffer: response.body) == #"{"error":{"message":"Not Found"}}"#)
      }
    }
  }

  @Test func aChangeFromThisMachineIsTaken() async throws {
    try await application.serve { client in
      try await client.execute(uri: "/change", method: .post, headers: Self.json, body: Self.body) {
        response in
        #expect(response.status == .ok)
        #expect(String(buffer: response.body) == "done")
      }
    }
  }

  @Test(arguments: [
    (HTTPField.Name.origin, "http://evil.example"), (.origin, "null"), (.origin, "https://localhost"),
    (.named("Sec-Fetch-Site"), "cross-site"), (.named("Sec-Fetch-Site"), "same-site"),
    (.contentType, "text/plain"), (.contentType, "application/x-www-form-urlencoded"),
  ])
  func aChangeFromAForeignPageIsRefused(name: HTTPField.Name, value: String) async throws {
    var headers = Self.json
    headers[name] = value
    try await application.serve { [headers] client in
      try await client.execute(uri: "/change", method: .post, headers: headers, body: Self.body) { response in
        #expect(response.status == (name == .contentType ? .unsupportedMediaType : .forbidden))
      }
    }
  }

  @Test func aRequestWithoutALoopbackPeerIsRefused() async throws {
    // Without a connection there is no peer address.
    for (path, method, status) in [
      ("/change", HTTPRequest.Method.post, HTTPResponse.Status.forbidden), ("/private", .get, .forbidden),
      ("/page", .get, .ok),
    ] {
      let head = HTTPRequest(
        method: method, scheme: nil, authority: "localhost", path: path, headerFields: Self.json)
      let answer = try await application.responder.respond(
        to: Request(head: head, body: RequestBody(buffer: Self.body)),
        context: PanelContext(
          source: ApplicationRequestContextSource(
            channel: NIOAsyncTestingChannel(), logger: application.logger)))
      #expect(answer.status == status, "\(path)")
    }
  }

  @Test func aLargeBodyIsRefused() async throws {
    let large = ByteBuffer(string: #"{"text": ""# + String(repeating: "x", count: 20_000) + #""}"#)
    try await application.serve { client in
      try await client.execute(uri: "/change", method: .post, headers: Self.json, body: large) { response in
        #expect(response.status == .contentTooLarge)
      }
    }
  }

  @Test(arguments: ["127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1"])
  func loopbackAddresses(address: String) { #expect(LocalOnly.isLoopback(address: address)) }

  @Test(arguments: ["10.0.0.1", "::2", "127.0.0.1.evil", "::ffff:10.0.0.1", "", "1270.0.0.1", "127.0.0"])
  func otherAddresses(address: String) { #expect(!LocalOnly.isLoopback(address: address)) }

  @Test(arguments: ["localhost", "LOCALHOST:8080", "127.0.0.1:80", "[::1]:8080", "[::1]"])
  func loopbackNames(authority: String) { #expect(LocalOnly.isLoopback(authority: authority)) }

  @Test(arguments: [
    "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost:evil", "[::1]evil",
    "[::2]", "",
    "127.0.0.1@evil", "evil@127.0.0.1",
  ])
  func otherNames(authority: String) { #expect(!LocalOnly.isLoopback(authority: authority)) }

  @Test func assetsAreKeptForEverUnderAnAddressThatChangesWithThem() async throws {
    let first = StaticAssets([StaticAsset(name: "a.css", mediaType: "text/css", bytes: Array("a{}".utf8))])
    let second = StaticAssets([StaticAsset(name: "a.css", mediaType: "text/css", bytes: Array("b{}".utf8))])
    #expect(first.path(of: "a.css") != second.path(of: "a.css"))
    #expect(first.version != second.version)
    let server = PanelServer(
      host: "127.0.0.1", port: 0, routes: [first], protection: .localOnly, logger: Logger(label: "test"))
    try await server.application.serve { client in
      try await client.execute(uri: first.path(of: "a.css"), method: .get) { response in
        #expect(String(buffer: response.body) == "a{}")
        #expect(response.headers[.cacheControl]?.contains("immutable") == true)
      }
      try await client.execute(uri: second.path(of: "a.css"), method: .get) {
        #expect($0.status == .notFound)
      }
    }
  }
}
