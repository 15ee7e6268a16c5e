import Foundation
import HTTPTypes
import Hummingbird
import PageTesting
import JSONStateTesting
import Logging
import Synchronization

@testable import PanelKit

/// A clock that goes on when a test says so.
final class HandClock: Sendable {
  private let offset = Mutex(Duration.zero)
  private let start = ContinuousClock.now
  var now: ContinuousClock.Instant { start + offset.withLock { $0 } }
  func advance(by time: Duration) { offset.withLock { $0 += time } }
}

/// A daemon's pages with a login, and a route for each need.
struct Site {
  static let password = "correct horse battery"

  let clock = HandClock()
  let disk: SimulatedDisk
  let store: AccessStore
  let access: AccessControl
  /// What `/live` shows.
  let live = Broadcaster("")
  let application: Application<RouterResponder<PanelContext>>

  init(
    password: String? = Self.password, settings: AccessControl.Settings = .init(),
    limits: PanelServer.Limits = .init(), throttle: LoginThrottle.Limits = .init(),
    scrypt: ScryptParameters = ScryptParameters(rounds: 16, blockSize: 1, parallelism: 1),
    disk: SimulatedDisk = SimulatedDisk()
  ) async throws {
    self.disk = disk
    store = try await AccessStore.open(directory: "/state", fileSystem: disk, parameters: scrypt)
    if let password { try await store.setPassword(password) }
    access = AccessControl(
      name: "site", store: store, settings: settings, throttle: throttle, now: { [clock] in clock.now })
    let frame = PageFrame(
      name: "Site",
      items: [
        PageFrame.Item("/wall", .trusted) { _ in "Wall" }, PageFrame.Item("/books", .read) { _ in "Books" },
      ], day: { _ in "2026-11-25" })
    application =
      PanelServer(
        host: "127.0.0.1", port: 0, routes: [SiteRoutes(frame: frame, live: live)],
        protection: .login(access, frame),
        limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      ).application
  }

  /// Serves the pages over a connection while `body` runs.
  func serve(_ body: @escaping @Sendable (PageClient) async throws -> Void) async throws {
    try await application.serve { client in try await body(client) }
  }
}

struct SiteRoutes: PanelRoutes {
  let frame: PageFrame
  let live: Broadcaster<String>

  func add(to router: PanelRouter) {
    router.get("/open", .open) { _, _ in "open" }
    router.get("/live", .open) { request, context in
      EventStream(live, pace: .zero) { ServerSentEvent(data: $0) }.response(to: request, for: context)
    }
    router.get("/wall", .trusted) { _, context in context.visitor.isLoggedIn ? "wall, logged in" : "wall" }
    router.get("/books", .read) { _, _ in "books" }
    router.get("/keys", .administration) { _, _ in "keys" }
    router.get("/board", .local) { _, _ in "board" }
    router.post("/books", .write) { request, context in
      try await context.form(request).fields.filter { $0.key != "csrf" }.map { "\($0)=\($1)" }.sorted()
        .joined(separator: ",")
    }
    router.post("/note", .write) { request, context in try await context.text(request) }
    router.post("/tell", .administration) { _, context in
      context.tell(.done, "Stored <b>it</b>")
      return Response.redirect(to: "/page", type: .normal)
    }
    router.delete("/books/:id", .write) { _, context in try context.parameter("id") }
    let pages = AppPages(frame: frame)
    let page: PanelRouter.Handler<Response> = { request, context in
      let query = try request.query()
      let name = HTML.escape(query["name"] ?? "nobody")
      return pages.response(
        "<p>\(name)</p><form>\(HTML.csrfField(context.csrf))</form>", banner: "<p>banner</p>",
        title: query["title"] ?? "Page", to: request, context)
    }
    router.get("/page", .read, use: page)
    router.get("/hall", .trusted, use: page)
  }
}

/// A browser: keeps cookies and says what browsers say.
final class Browser: Sendable {
  let client: PageClient
  private let jar = Mutex<[String: String]>([:])

  init(_ client: PageClient) { self.client = client }

  var cookies: [String: String] {
    get { jar.withLock { $0 } }
    set { jar.withLock { $0 = newValue } }
  }

  func get(_ path: String, headers: HTTPFields = [:]) async throws -> PageClient.Answer {
    try await send(path, .get, headers: headers, body: nil)
  }

  /// Sends a form as a page of the site does.
  func post(_ path: String, _ fields: [String: String], headers: HTTPFields = [:]) async throws
    -> PageClient.Answer
  {
    var all = headers
    if all[.contentType] == nil { all[.contentType] = "application/x-www-form-urlencoded" }
    let body = fields.map { "\(NextPage.encoded($0))=\(NextPage.encoded($1))" }.joined(separator: "&")
    return try await send(path, .post, headers: all, body: body)
  }

  func send(
    _ path: String, _ method: HTTPRequest.Method, headers: HTTPFields, body: String?
  ) async throws -> PageClient.Answer {
    var all = headers
    if all[.accept] == nil { all[.accept] = "text/html,application/xhtml+xml,*/*;q=0.8" }
    let cookies = cookies.map { "\($0)=\($1)" }.joined(separator: "; ")
    if !cookies.isEmpty { all[.cookie] = cookies }
    let response = try await client.execute(
      uri: path, method: method, headers: all, body: body.map { ByteBuffer(string: $0) })
    for line in response.headers[values: .setCookie] {
      let pair = line.split(separator: ";")[0].split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      jar.withLock { $0[String(pair[0])] = pair.count > 1 && !pair[1].isEmpty ? String(pair[1]) : nil }
    }
    return response
  }

  /// Fills in the login's form; what else is sent can be changed.
  func login(
    _ password: String = Site.password, next: String? = nil, headers: HTTPFields = [:]
  ) async throws -> PageClient.Answer {
    let form = try await get("/login")
    var fields = ["password": password, "csrf": form.hidden("csrf") ?? ""]
    fields["next"] = next
    return try await post("/login", fields, headers: headers)
  }

  /// The token of the session, as a page shows it.
  func token() async throws -> String { try await get("/page").hidden("csrf") ?? "" }
}

extension PageClient.Answer {
  var text: String { String(buffer: body) }
  var location: String? { headers[.location] }

  /// The value of a hidden field in the page.
  func hidden(_ name: String) -> String? {
    guard let start = text.range(of: "name=\"\(name)\" value=\"") else { return nil }
    return String(text[start.upperBound...].prefix { $0 != "\"" })
  }
}
