/// A card's unique identifier: 4, 7 or 10 bytes (ISO/IEC 14443-3, 6.5.4), without the check bytes that
/// travel with each cascade level.
public struct UID: Hashable, Sendable, Codable, CustomStringConvertible, LosslessStringConvertible {
  /// The bytes in the order in which the card sends them.
  public let bytes: [UInt8]

  /// - Returns: nil unless there are 4, 7 or 10 bytes.
  public init?(_ bytes: [UInt8]) {
    guard [4, 7, 10].contains(bytes.count) else { return nil }
    self.bytes = bytes
  }

  /// Reads hexadecimal digits of either case; blanks, colons and hyphens between them are ignored.
  public init?(_ description: String) {
    guard let bytes = hexadecimalBytes(description) else { return nil }
    self.init(bytes)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let uid = UID(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no UID: 8, 14 or 20 hexadecimal digits")
    }
    self = uid
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Lower-case hexadecimal digits without separators, as in `04a1b2c3d4e5f6`.
  public var description: String { hexadecimal(bytes) }

  /// Whether the card makes up a new UID each time it is switched on, as phones do: 4 bytes that start with
  /// 0x08 (ISO/IEC 14443-3, 6.5.4). Such a card cannot be recognised again.
  public var isRandom: Bool { bytes.count == 4 && bytes[0] == 0x08 }
}

/// So that a dictionary of cards is an object in JSON and not a list of alternating keys and values.
extension UID: CodingKeyRepresentable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public var codingKey: any CodingKey { Key(stringValue: description) }

  public init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
}
