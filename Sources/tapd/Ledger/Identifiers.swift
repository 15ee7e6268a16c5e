import RC522

/// Names one pour, for ever. Made at the tap before the ledger is asked, so that every request about the
/// pour can be repeated without being done twice.
struct PourID: Hashable, Sendable, Codable, CustomStringConvertible {
  let text: String

  init(_ text: String) { self.text = text }

  /// 128 random bits as 32 hexadecimal digits.
  init(using generator: inout some RandomNumberGenerator) {
    text = (0..<2).map { _ in
      let digits = String(generator.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  var description: String { text }
}

/// Names one command of an operator (a top-up, a new keg). Made by the client, so that a command that is
/// sent again because its answer was lost has no second effect.
struct CommandID: Hashable, Sendable, Codable, CustomStringConvertible {
  let text: String

  init(_ text: String) { self.text = text }

  /// 128 random bits as 32 hexadecimal digits.
  init(using generator: inout some RandomNumberGenerator) { text = PourID(using: &generator).text }

  init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  var description: String { text }
}

/// A tap's name, as configured.
struct TapID: Hashable, Sendable, Codable, CodingKeyRepresentable, CustomStringConvertible {
  let text: String

  init(_ text: String) { self.text = text }

  init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  var codingKey: any CodingKey { TextKey(stringValue: text) }

  init?(codingKey: some CodingKey) { text = codingKey.stringValue }

  var description: String { text }
}

extension PourID: CodingKeyRepresentable {
  var codingKey: any CodingKey { TextKey(stringValue: text) }

  init?(codingKey: some CodingKey) { text = codingKey.stringValue }
}

// So that a dictionary of cards is an object in the state file and not a list of alternating keys and values.
extension UID: CodingKeyRepresentable {
  public var codingKey: any CodingKey { TextKey(stringValue: description) }

  public init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
}

/// A dictionary key that is any text.
struct TextKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
