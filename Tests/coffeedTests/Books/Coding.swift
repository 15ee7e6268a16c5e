import Foundation

@testable import coffeed

/// As the journal writes it.
func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

func decoded<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
  try JSONDecoder().decode(type, from: Data(text.utf8))
}

/// The value after a way through JSON.
func coded<Value: Codable>(_ value: Value) throws -> Value { try decoded(json(value)) }
