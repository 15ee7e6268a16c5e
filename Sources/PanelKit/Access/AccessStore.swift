import Crypto
import Foundation
import JSONState
import NIOPosix
import Synchronization

/// What is stored of the login.
struct AccessRecord: Codable, Equatable, Sendable {
  var password: PasswordHash?
  var keys: [APIKey] = []
}

/// The administrator's password and the keys for scripts, in `access.json` in the state directory.
public final class AccessStore: Sendable {
  /// The most keys there can be.
  public static let maximumKeys = 50

  private let document: JSONDocument<AccessRecord>
  private let random: RandomHex
  private let parameters: ScryptParameters
  /// Counts the passwords since the start. What an earlier one let in is over.
  private let passwordNumber = Mutex(0)
  /// When each key was used last: written to the file once an hour.
  private let lastUsed = Mutex<[String: Date]>([:])

  /// Passwords are looked at here: two at once, for each takes a core and 16 MiB.
  private static let workers: NIOThreadPool = {
    let pool = NIOThreadPool(numberOfThreads: 2)
    pool.start()
    return pool
  }()

  /// Opens `access.json`; where there is none yet, it comes with the first password.
  ///
  /// - Parameter directory: the state directory, whose lock the caller holds.
  public static func open(
    directory: String, fileSystem: any FileSystem = SystemFileSystem()
  ) async throws(JSONStateError) -> AccessStore {
    try await open(directory: directory, fileSystem: fileSystem, parameters: .current)
  }

  static func open(
    directory: String, fileSystem: any FileSystem, parameters: ScryptParameters, random: RandomHex = .system
  ) async throws(JSONStateError) -> AccessStore {
    AccessStore(
      document: try await JSONDocument.open(
        path: directory + "/access.json", access: .owner, fileSystem: fileSystem, initial: AccessRecord()),
      parameters: parameters, random: random)
  }

  /// What is wrong with `access.json`; nil if nothing is. Waits for the disk.
  public static func verify(
    directory: String, fileSystem: any FileSystem = SystemFileSystem()
  ) throws(JSONStateError) -> Damage? {
    try JSONDocument<AccessRecord>.verify(path: directory + "/access.json", fileSystem: fileSystem)
  }

  /// Makes a damaged `access.json` fit to be opened; where it cannot be read there is no password afterwards.
  /// No process may have it open. Waits for the disk.
  public static func repair(
    directory: String, fileSystem: any FileSystem = SystemFileSystem()
  ) throws(JSONStateError) -> DocumentRepair {
    try JSONDocument<AccessRecord>.repair(
      path: directory + "/access.json", access: .owner, fileSystem: fileSystem)
  }

  private init(document: JSONDocument<AccessRecord>, parameters: ScryptParameters, random: RandomHex) {
    self.document = document
    self.parameters = parameters
    self.random = random
  }

  /// Changes the record. Ends when the change is on the disk.
  @discardableResult private func update<Result: Sendable>(
    _ change: @escaping @Sendable (inout AccessRecord) -> Result
  ) async throws(AccessError) -> Result {
    do throws(JSONStateError) {
      return try await document.update(change)
    } catch {
      throw .storage("\(error)")
    }
  }

  /// Whether somebody has set a password.
  public var hasPassword: Bool { document.read { $0.password != nil } }

  /// The keys, oldest first.
  public var keys: [APIKey] {
    let used = lastUsed.withLock { $0 }
    return document.read { record in
      record.keys.map { key in
        var key = key
        key.lastUsed = used[key.id] ?? key.lastUsed
        return key
      }
    }
  }

  /// What is wrong with `access.json` now; nil if nothing is. Waits for the disk.
  public func verify() throws(JSONStateError) -> Damage? { try document.verify() }

  // MARK: Password

  /// The password that counts now, as a number: what it lets in ends with it.
  var currentPassword: Int { passwordNumber.withLock { $0 } }

  /// Which password this is; nil when it is not the one that counts. Takes long, and waits when others are looked
  /// at.
  func verify(_ text: String) async throws(AccessError) -> Int? {
    // First the number: when the password is changed meanwhile, what it let in is over at once.
    let number = currentPassword
    guard let hash = document.read(\.password), let password = Password(text) else { return nil }
    guard try await Self.work({ () throws(AccessError) in try hash.matches(password) }) else { return nil }
    if hash.parameters != parameters {
      // The parameters have been raised since: the password is at hand just now.
      let new = try await makeHash(password)
      try await update { record in
        if record.password == hash { record.password = new }
      }
    }
    return number
  }

  /// Sets the password, whatever it was before. All logins end.
  /// - Returns: which password it is.
  @discardableResult public func setPassword(_ text: String) async throws(AccessError) -> Int {
    let hash = try await newHash(text)
    try await update { $0.password = hash }
    return nextPassword()
  }

  private func nextPassword() -> Int {
    passwordNumber.withLock { number in
      number += 1
      return number
    }
  }

  /// Sets the first password.
  /// - Returns: which password it is.
  func setFirstPassword(_ text: String) async throws(AccessError) -> Int {
    let hash = try await newHash(text)
    let isFirst = try await update { record in
      guard record.password == nil else { return false }
      record.password = hash
      return true
    }
    guard isFirst else { throw .alreadySetUp }
    return nextPassword()
  }

  private func newHash(_ text: String) async throws(AccessError) -> PasswordHash {
    guard !Password.isTooLong(text) else { throw .passwordTooLong }
    guard let password = Password(text), password.isLongEnough else { throw .passwordTooShort }
    return try await makeHash(password)
  }

  private func makeHash(_ password: Password) async throws(AccessError) -> PasswordHash {
    let salt = Data(random(bytes: 16).utf8)
    return try await Self.work { [parameters] () throws(AccessError) in
      try PasswordHash(password, salt: salt, parameters: parameters)
    }
  }

  private static func work<Value: Sendable>(
    _ body: @escaping @Sendable () throws(AccessError) -> Value
  ) async throws(AccessError) -> Value {
    do {
      return try await workers.runIfActive(body)
    } catch let error as AccessError {
      throw error
    } catch {
      throw .busy
    }
  }

  // MARK: Keys

  /// Makes a key.
  public func createKey(
    name: String, scopes: Set<APIKey.Scope>, at time: Date
  ) async throws(AccessError) -> NewAPIKey {
    let name = name.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !name.isEmpty, name.count <= 100 else { throw .badKeyName }
    guard !scopes.isEmpty else { throw .noScope }
    let text = "key-" + random(bytes: 32)
    let key = APIKey(
      id: random(bytes: 8), name: name, scopes: scopes, created: time, lastUsed: nil,
      digest: APIKey.digest(of: text))
    let problem = try await update { record -> AccessError? in
      if record.keys.count >= Self.maximumKeys { return .tooManyKeys }
      if record.keys.contains(where: { $0.name == name }) { return .badKeyName }
      record.keys.append(key)
      return nil
    }
    if let problem { throw problem }
    return NewAPIKey(key: key, text: text)
  }

  /// Makes a key useless, at once.
  public func revokeKey(_ id: String) async throws(AccessError) {
    let found = try await update { record in
      let before = record.keys.count
      record.keys.removeAll { $0.id == id }
      return record.keys.count < before
    }
    guard found else { throw .noSuchKey }
    lastUsed.withLock { $0[id] = nil }
  }

  /// Whether nobody has revoked the key.
  func hasKey(_ id: String) -> Bool { document.read { $0.keys.contains { $0.id == id } } }

  /// The key that a script sent, and notes that it was used.
  func key(_ text: some StringProtocol, at time: Date) -> APIKey? {
    let digest = APIKey.digest(of: text)
    guard let key = document.read({ $0.keys.first { constantTimeEqual($0.digest, digest) } }) else {
      return nil
    }
    let hour = Date(timeIntervalSince1970: (time.timeIntervalSince1970 / 3600).rounded(.down) * 3600)
    let isNews = lastUsed.withLock { used in
      let known = used[key.id] ?? key.lastUsed
      used[key.id] = hour
      return known != hour
    }
    if isNews {
      // A note only: when it cannot be written, the request is answered all the same.
      Task {
        try? await update { record in
          guard let index = record.keys.firstIndex(where: { $0.id == key.id }) else { return }
          record.keys[index].lastUsed = hour
        }
      }
    }
    return key
  }
}

extension RandomHex {
  static let system = RandomHex {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}
