import DaemonKit
import RC522

/// What identifies a user at the machine: a card's UID, or the 10 digits under which a predecessor's database
/// knows the card (see `LegacyUID`). Lower-case hexadecimal digits without separators.
struct Token: Hashable, Sendable, Codable, CodingKeyRepresentable, LosslessStringConvertible {
  let text: String

  /// A card as the reader saw it.
  init(_ uid: UID) { text = uid.description }

  /// Reads 8 to 20 hexadecimal digits, an even number of them, of either case; colons, hyphens and blanks between
  /// bytes are ignored.
  ///
  /// Old books may hold any such token; a new one must be a card's (``isCards``).
  init?(_ description: String) {
    let groups = description.lowercased().split { ":- \t\r\n".contains($0) }
    guard groups.allSatisfy({ $0.utf8.count.isMultiple(of: 2) }) else { return nil }
    let digits = groups.joined()
    guard (8...20).contains(digits.utf8.count), digits.utf8.count.isMultiple(of: 2),
      digits.utf8.allSatisfy(Self.isHexadecimal)
    else { return nil }
    text = digits
  }

  /// Of a user whose entry is lost; no card has it.
  static let lost = Token(text: "00000000")

  private init(text: String) { self.text = text }

  var description: String { text }

  /// The UID, if this is one.
  var uid: UID? { UID(text) }

  /// Whether a card can have it: a UID, or the 10 digits of a predecessor's database.
  var isCards: Bool {
    (uid != nil || LegacyUID(text) != nil) && text.utf8.contains { $0 != UInt8(ascii: "0") }
  }

  /// What a card's number looks like, as the rest of a sentence that starts with what it is about.
  static let shape =
    "is 8, 14 or 20 hexadecimal digits, or 10 whose last two are the check byte, such as 04a1b2c3"

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let token = Token(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no token: that \(Token.shape)")
    }
    self = token
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  var codingKey: any CodingKey { TextKey(stringValue: text) }
  init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
