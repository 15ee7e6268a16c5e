import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Synchronization

/// Who may use a daemon's pages: its password, its keys, its logins, the networks that it trusts.
public final class AccessControl: Sendable {
  /// What a daemon decides about its login.
  public struct Settings: Sendable {
    /// From here routes with the need ``ReadAccess/trusted`` answer without a login.
    public var trustedNetworks: [AddressRange] = []
    /// Names under which browsers in the trusted networks may ask, besides addresses and names that no
    /// stranger can own (`pi`, `pi.local`).
    public var trustedNames: Set<String> = []
    /// Whether browsers reach the daemon by TLS, through a proxy in front of it.
    public var isBehindTLS = false
    public var sessions = SessionLimits()

    public init() {}
  }

  public let store: AccessStore
  let settings: Settings
  let sessions: Mutex<SessionTable>
  private let throttle: Mutex<LoginThrottle>
  let random: RandomHex
  let now: @Sendable () -> ContinuousClock.Instant
  let date: @Sendable () -> Date
  let cookieName: String
  /// What proves, from another machine than this, that one may set the first password; new with each start.
  let setupCode: String

  /// - Parameters:
  ///   - name: the daemon's name; its cookies bear it.
  ///   - store: the password and the keys.
  public convenience init(name: String, store: AccessStore, settings: Settings = Settings()) {
    self.init(name: name, store: store, settings: settings, now: { .now })
  }

  init(
    name: String, store: AccessStore, settings: Settings = Settings(),
    throttle: LoginThrottle.Limits = .init(), random: RandomHex = .system,
    now: @escaping @Sendable () -> ContinuousClock.Instant, date: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    self.settings = settings
    sessions = Mutex(SessionTable(limits: settings.sessions))
    self.throttle = Mutex(LoginThrottle(limits: throttle, at: now()))
    self.random = random
    self.now = now
    self.date = date
    // With this prefix a browser takes the cookie from this very host by TLS only.
    cookieName = settings.isBehindTLS ? "__Host-\(name)" : name
    setupCode = SetupCode.make(random)
  }

  // MARK: Who asks

  /// Finds out who asks. A cookie that is not valid any more is no cookie; a key that is not valid is a
  /// mistake of a script, which is told so.
  func visitor(
    of request: Request, _ cookies: Cookies, from address: String?
  ) throws(PanelError) -> Visitor {
    if let key = Self.sentKey(request) {
      guard let known = store.key(key, at: date()) else { throw .unknownKey }
      return .key(KeyHandle(key: known, store: store))
    }
    if let id = cookies[cookieName]?.value, !id.isEmpty,
      let session = handle(id: id)
    {
      return .session(session)
    }
    return isTrusted(request, from: address) ? .trusted : .guest
  }

  private static let apiKey = HTTPField.Name.named("X-API-Key")

  private static func sentKey(_ request: Request) -> Substring? {
    if let key = request.headers[apiKey] { return key[...] }
    guard let value = request.headers[.authorization] else { return nil }
    let parts = value.split(separator: " ", maxSplits: 1)
    return parts.count == 2 && parts[0].lowercased() == "bearer" ? parts[1] : nil
  }

  /// A request that a proxy has passed on comes from somewhere else than it seems: it is never trusted. And a
  /// browser must ask by a name that cannot be a stranger's (DNS rebinding).
  private func isTrusted(_ request: Request, from address: String?) -> Bool {
    guard !settings.trustedNetworks.isEmpty, let address, !request.isForwarded,
      settings.trustedNetworks.contains(where: { $0.contains(address) }),
      let authority = request.head.authority
    else { return false }
    let host = HostName(authority: authority)
    return host.isLocal || settings.trustedNames.contains(host.text)
  }

  /// Whose attempts at a password are counted together. A proxy on this machine says for whom it asks; others
  /// might say anything.
  private func client(of request: Request, from address: String?) -> String {
    let forwarded = request.headers[values: .xForwardedFor].last?.split(separator: ",").last
    if settings.isBehindTLS, let forwarded, let address, LocalOnly.isLoopback(address: address) {
      return AddressRange.client(forwarded.trimmingCharacters(in: .whitespaces))
    }
    return AddressRange.client(address ?? "")
  }

  /// Whether a browser runs on this very machine, so that it needs no code to set the first password.
  func isOnThisMachine(_ request: Request, from address: String?) -> Bool {
    !settings.isBehindTLS && (try? LocalOnly.check(request, from: address, changes: false)) != nil
  }

  // MARK: Login

  enum LoginResult {
    case loggedIn(id: String)
    case wrong
    case wait(Duration)
  }

  /// Tries a password.
  func login(
    _ password: String, _ request: Request, from address: String?
  ) async throws(AccessError) -> LoginResult {
    try await attempt(client(of: request, from: address)) { () async throws(AccessError) in
      guard let number = try await self.store.verify(password) else { return .wrong }
      return .loggedIn(id: self.beginSession(password: number))
    }
  }

  /// Sets the first password. From another machine the code that the daemon has logged is needed.
  func setUp(
    _ password: String, code: String?, _ request: Request, from address: String?
  ) async throws(AccessError) -> LoginResult {
    let needsCode = !isOnThisMachine(request, from: address)
    return try await attempt(client(of: request, from: address)) { () async throws(AccessError) in
      if needsCode, !SetupCode.equal(code ?? "", self.setupCode) { return .wrong }
      return .loggedIn(id: self.beginSession(password: try await self.store.setFirstPassword(password)))
    }
  }

  /// Changes the password; all other logins end.
  func changePassword(
    from old: String, to new: String, _ request: Request, from address: String?
  ) async throws(AccessError) -> LoginResult {
    try await attempt(client(of: request, from: address)) { () async throws(AccessError) in
      guard try await self.store.verify(old) != nil else { return .wrong }
      return .loggedIn(id: self.beginSession(password: try await self.store.setPassword(new)))
    }
  }

  /// The session with this id, if it is alive.
  func handle(id: String) -> SessionHandle? {
    let digest = SessionTable.digest(of: id)
    return sessions.withLock { $0.use(digest, password: store.currentPassword, at: now()) }.map { csrf in
      SessionHandle(digest: digest, csrf: csrf, access: self)
    }
  }

  func logout(_ session: SessionHandle) { sessions.withLock { $0.end(session.digest) } }

  /// A session under an id that nobody can have known before.
  /// - Parameter number: the password that it was begun with.
  func beginSession(password number: Int) -> String {
    let id = random(bytes: 32)
    let digest = SessionTable.digest(of: id)
    sessions.withLock { $0.begin(digest, csrf: random(bytes: 32), password: number, at: now()) }
    return id
  }

  private func attempt(
    _ client: String, _ body: () async throws(AccessError) -> LoginResult
  ) async throws(AccessError) -> LoginResult {
    if case .wait(let time) = throttle.withLock({ $0.begin(client, at: now()) }) { return .wait(time) }
    do throws(AccessError) {
      let result = try await body()
      let isRight = if case .loggedIn = result { true } else { false }
      throttle.withLock { $0.finish(client, isRight: isRight, at: now()) }
      return result
    } catch {
      throttle.withLock { $0.finish(client, isRight: false, at: now()) }
      throw error
    }
  }

  // MARK: Cookies

  func cookie(id: String) -> Cookie {
    Cookie(
      name: cookieName, value: id, path: "/", secure: settings.isBehindTLS, httpOnly: true, sameSite: .lax)
  }

  var expiredCookie: Cookie {
    Cookie(
      name: cookieName, value: "", maxAge: 0, path: "/", secure: settings.isBehindTLS, httpOnly: true,
      sameSite: .lax)
  }

  // MARK: Forms

  /// Whether a change comes from a page of this server, as far as the browser says where it comes from.
  func isFromOwnPage(_ request: Request) -> Bool {
    if let site = request.headers[.named("Sec-Fetch-Site")], site != "same-origin" { return false }
    guard let origin = request.headers[.origin] else { return true }
    guard let authority = request.head.authority else { return false }
    return origin == (settings.isBehindTLS ? "https://" : "http://") + authority
  }
}

/// A short code that a person copies from the log.
enum SetupCode {
  /// Without letters and digits that are taken for one another.
  private static let alphabet = Array("ABCDEFGHJKMNPQRSTVWXYZ23456789".utf8)

  static func make(_ random: RandomHex) -> String {
    let digits = (0..<8).map { _ in alphabet[Int(random.generator() % UInt64(alphabet.count))] }
    return String(decoding: digits[..<4], as: UTF8.self) + "-" + String(decoding: digits[4...], as: UTF8.self)
  }

  static func equal(_ one: String, _ other: String) -> Bool {
    constantTimeEqual(normal(one), normal(other))
  }

  private static func normal(_ text: String) -> [UInt8] {
    Array(text.uppercased().utf8.filter { alphabet.contains($0) })
  }
}
