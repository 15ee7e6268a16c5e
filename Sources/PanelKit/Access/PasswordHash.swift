import Crypto
import CryptoExtras
import Foundation

/// A password as it is stored: by scrypt (RFC 7914), with the parameters it was made with, so that these can
/// be raised later.
struct PasswordHash: Codable, Equatable, Sendable {
  var parameters: ScryptParameters
  var salt: Data
  var key: Data

  /// Takes some tenths of a second and some megabytes: never on Swift's cooperative pool.
  init(_ password: Password, salt: Data, parameters: ScryptParameters) throws(AccessError) {
    self.parameters = parameters
    self.salt = salt
    key = try Self.derive(password, salt, parameters)
  }

  /// Takes as long as the making.
  func matches(_ password: Password) throws(AccessError) -> Bool {
    constantTimeEqual(try Self.derive(password, salt, parameters), key)
  }

  private static func derive(
    _ password: Password, _ salt: Data, _ parameters: ScryptParameters
  ) throws(AccessError) -> Data {
    guard parameters.isReasonable, !salt.isEmpty else { throw .damaged("the password") }
    do {
      return try KDF.Scrypt.deriveKey(
        from: password.bytes, salt: salt, outputByteCount: 32, rounds: parameters.rounds,
        blockSize: parameters.blockSize, parallelism: parameters.parallelism
      ).withUnsafeBytes { Data($0) }
    } catch {
      throw .damaged("the password")
    }
  }
}

/// How much work a guess costs.
struct ScryptParameters: Codable, Equatable, Sendable {
  var rounds: Int
  var blockSize: Int
  var parallelism: Int

  /// 16 MiB, and about a second of one core of a Pi Zero 2: as strong as the 128 MiB often recommended for
  /// servers, in an eighth of the memory and five passes.
  static let current = ScryptParameters(rounds: 1 << 14, blockSize: 8, parallelism: 5)

  /// Whether a file may ask for them: a wrong number must not take the machine's memory.
  var isReasonable: Bool {
    guard (2...(1 << 20)).contains(rounds), rounds.nonzeroBitCount == 1, (1...32).contains(blockSize),
      (1...16).contains(parallelism)
    else { return false }
    return 128 * rounds * blockSize <= 256 << 20
  }
}

/// A password as somebody typed it, within bounds.
struct Password: Sendable {
  let bytes: [UInt8]

  /// The fewest characters of a new password.
  static let minimumLength = 10
  /// The most bytes, as they are hashed.
  static let maximumBytes = 1024

  static func isTooLong(_ text: String) -> Bool {
    text.precomposedStringWithCompatibilityMapping.utf8.count > maximumBytes
  }

  /// nil when it is empty or longer than any password.
  init?(_ text: String) {
    // The same letter may come as one code point or as several, depending on the keyboard.
    let text = text.precomposedStringWithCompatibilityMapping
    guard !text.isEmpty, text.utf8.count <= Self.maximumBytes else { return nil }
    bytes = Array(text.utf8)
    length = text.count
  }

  private let length: Int

  /// Whether it may be set as a new one.
  var isLongEnough: Bool { length >= Self.minimumLength }
}

/// Compares in a time that depends on the lengths only.
func constantTimeEqual(_ one: some Sequence<UInt8>, _ other: some Sequence<UInt8>) -> Bool {
  let (one, other) = (Array(one), Array(other))
  guard one.count == other.count else { return false }
  return zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
}
