/// Names one command of an administrator. Made by the client, so that a command that is sent again because its
/// answer was lost has no second effect.
struct CommandID: Hashable, Sendable, Codable, CustomStringConvertible {
  let text: String

  init(_ text: String) { self.text = text }

  /// 128 random bits as 32 hexadecimal digits.
  init(using generator: inout some RandomNumberGenerator) { text = ActivationID(using: &generator).text }

  init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  var description: String { text }
}
