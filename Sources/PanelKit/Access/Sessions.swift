import Crypto
import Foundation
import Synchronization

/// How long a login lasts.
public struct SessionLimits: Sendable {
  /// Without a request.
  public var idle: Duration = .seconds(8 * 3600)
  /// In all.
  public var absolute: Duration = .seconds(7 * 24 * 3600)
  /// How many there are at most; the one that was idle longest makes room.
  public var count = 64

  public init() {}
}

/// What a page tells after something was done.
public struct PageMessage: Equatable, Sendable {
  public enum Kind: String, Sendable { case done, problem }
  public var kind: Kind
  public var text: String

  var html: String {
    let (look, role) = kind == .problem ? ("message problem", "alert") : ("message", "status")
    return #"<p class="\#(look)" role="\#(role)">\#(HTML.escape(text))</p>"# + "\n"
  }
}

/// The SHA-256 of a session's id.
typealias SessionDigest = SHA256.Digest

/// The logins that are under way. In memory only: a restart of the daemon ends them.
///
/// Time is that of a clock that the machine's date does not change.
struct SessionTable {
  private struct Entry {
    var csrf: String
    /// The password that it was begun with: a new one ends it.
    var password: Int
    var began: ContinuousClock.Instant
    var lastUsed: ContinuousClock.Instant
    var messages: [PageMessage] = []
  }

  let limits: SessionLimits
  /// By the SHA-256 of the id: whoever reads this memory cannot log in with it.
  private var entries: [SessionDigest: Entry] = [:]
  private static let maximumMessages = 5

  init(limits: SessionLimits) { self.limits = limits }

  var count: Int { entries.count }

  static func digest(of id: String) -> SessionDigest { SHA256.hash(data: Array(id.utf8)) }

  mutating func begin(
    _ digest: SessionDigest, csrf: String, password: Int, at now: ContinuousClock.Instant
  ) {
    entries = entries.filter { isAlive($0.value, password: password, at: now) }
    while entries.count >= limits.count,
      let oldest = entries.min(by: { $0.value.lastUsed < $1.value.lastUsed })
    {
      entries[oldest.key] = nil
    }
    entries[digest] = Entry(csrf: csrf, password: password, began: now, lastUsed: now)
  }

  /// The CSRF token of a session that is alive, which this makes younger.
  mutating func use(_ digest: SessionDigest, password: Int, at now: ContinuousClock.Instant) -> String? {
    guard let entry = entries[digest] else { return nil }
    guard isAlive(entry, password: password, at: now) else {
      entries[digest] = nil
      return nil
    }
    entries[digest]?.lastUsed = now
    return entry.csrf
  }

  mutating func end(_ digest: SessionDigest) { entries[digest] = nil }

  func isAlive(_ digest: SessionDigest, password: Int, at now: ContinuousClock.Instant) -> Bool {
    entries[digest].map { isAlive($0, password: password, at: now) } ?? false
  }

  mutating func tell(_ digest: SessionDigest, _ message: PageMessage) {
    guard let entry = entries[digest], entry.messages.count < Self.maximumMessages else { return }
    entries[digest]?.messages.append(message)
  }

  mutating func takeMessages(_ digest: SessionDigest) -> [PageMessage] {
    guard let messages = entries[digest]?.messages, !messages.isEmpty else { return [] }
    entries[digest]?.messages = []
    return messages
  }

  private func isAlive(_ entry: Entry, password: Int, at now: ContinuousClock.Instant) -> Bool {
    entry.password == password && entry.lastUsed.duration(to: now) < limits.idle
      && entry.began.duration(to: now) < limits.absolute
  }
}

/// The login that a request belongs to.
public struct SessionHandle: Sendable {
  let digest: SessionDigest
  let csrf: String
  let access: AccessControl

  var isAlive: Bool {
    access.sessions.withLock {
      $0.isAlive(digest, password: access.store.currentPassword, at: access.now())
    }
  }
  func tell(_ message: PageMessage) { access.sessions.withLock { $0.tell(digest, message) } }
  func takeMessages() -> [PageMessage] { access.sessions.withLock { $0.takeMessages(digest) } }
}
