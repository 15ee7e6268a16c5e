import Crypto
import Foundation

/// A key with which a script asks, as the daemon knows it. The key itself is shown once and not kept.
public struct APIKey: Codable, Equatable, Sendable, Identifiable {
  /// What a key may be used for.
  public enum Scope: String, Codable, CaseIterable, Sendable {
    case read, write
  }

  /// Stands for the key in addresses.
  public var id: String
  public var name: String
  public var scopes: Set<Scope>
  public var created: Date
  /// When it was last used, to the hour.
  public var lastUsed: Date?
  /// The SHA-256 of the key. A key has 256 random bits: there is nothing to guess that a slow hash would help.
  var digest: Data

  static func digest(of key: some StringProtocol) -> Data { Data(SHA256.hash(data: Data(key.utf8))) }
}

/// A new key. It is not shown again.
public struct NewAPIKey: Sendable {
  public var key: APIKey
  /// What the script sends.
  public var text: String
}

/// Random bytes as hexadecimal digits.
struct RandomHex {
  var generator: @Sendable () -> UInt64

  func callAsFunction(bytes: Int) -> String {
    hex((0..<bytes / 8).flatMap { _ in withUnsafeBytes(of: generator()) { Array($0) } })
  }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}

/// The key that a request came with.
public struct KeyHandle: Sendable {
  public let key: APIKey
  let store: AccessStore

  /// Whether nobody has revoked it since.
  var isAlive: Bool { store.hasKey(key.id) }
}
