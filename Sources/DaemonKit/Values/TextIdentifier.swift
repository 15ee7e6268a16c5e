/// A name that is any text: in JSON that text, also as the key of an object.
public protocol TextIdentifier: Hashable, Sendable, Codable, CodingKeyRepresentable, CustomStringConvertible {
  var text: String { get }

  init(_ text: String)
}

extension TextIdentifier {
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  public var codingKey: any CodingKey { TextKey(stringValue: text) }

  public init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }

  public var description: String { text }
}

/// A name that is made up, once and for ever, by whoever asks for something, so that it can ask again without
/// its being done twice.
public protocol RandomIdentifier: TextIdentifier {}

extension RandomIdentifier {
  /// 128 random bits as 32 hexadecimal digits.
  public init(using generator: inout some RandomNumberGenerator) {
    let words = [generator.next(), generator.next()]
    self.init(
      words.map { word in
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
      }.joined())
  }
}

/// Names one command of an operator (a top-up, an invoice). Made by the client, so that a command that is sent
/// again because its answer was lost has no second effect.
public struct CommandID: RandomIdentifier {
  public let text: String

  public init(_ text: String) { self.text = text }
}

/// A dictionary key that is any text.
public struct TextKey: CodingKey {
  public let stringValue: String
  public var intValue: Int? { nil }

  public init(stringValue: String) { self.stringValue = stringValue }
  public init?(intValue: Int) { nil }
}
