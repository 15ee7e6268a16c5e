import Foundation

/// JSON in the form that the predecessor's scripts read: keys in order, no blanks, nothing but ASCII, a line end
/// at the end.
indirect enum PlainJSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  /// A number that is no integer; it is only ever read.
  case fraction(Double)
  case text(String)
  case list([PlainJSON])
  case object([String: PlainJSON])

  /// A text, or null.
  static func optional(_ text: String?) -> PlainJSON { text.map(PlainJSON.text) ?? .null }

  /// The document with its line end.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  /// Appends the value alone.
  func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .fraction(let value): bytes.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
    case .text(let text): Self.write(text, to: &bytes)
    case .list(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, key) in members.keys.sorted().enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        (members[key] ?? .null).write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for unit in text.utf16 {
      switch unit {
      case 0x22, 0x5c:
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(unit))
      case 0x08: bytes.append(contentsOf: #"\b"#.utf8)
      case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
      case 0x0a: bytes.append(contentsOf: #"\n"#.utf8)
      case 0x0c: bytes.append(contentsOf: #"\f"#.utf8)
      case 0x0d: bytes.append(contentsOf: #"\r"#.utf8)
      case 0x20...0x7e: bytes.append(UInt8(unit))
      default:
        bytes.append(contentsOf: #"\u"#.utf8)
        for shift in [12, 8, 4, 0] {
          let digit = UInt8(unit >> UInt16(shift) & 0xf)
          bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension PlainJSON: Decodable {
  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      var members: [String: PlainJSON] = [:]
      for key in container.allKeys {
        members[key.stringValue] = try container.decode(PlainJSON.self, forKey: key)
      }
      self = .object(members)
    } else if var container = try? decoder.unkeyedContainer() {
      var values: [PlainJSON] = []
      while !container.isAtEnd { values.append(try container.decode(PlainJSON.self)) }
      self = .list(values)
    } else {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(Bool.self) {
        self = .bool(value)
      } else if let value = try? container.decode(Int.self) {
        self = .integer(value)
      } else if let value = try? container.decode(Double.self) {
        self = .fraction(value)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension PlainJSON {
  /// Reads a document; nil when it is none.
  init?(_ text: String) {
    guard let value = try? JSONDecoder().decode(PlainJSON.self, from: Data(text.utf8)) else { return nil }
    self = value
  }
}
