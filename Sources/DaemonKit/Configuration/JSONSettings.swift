import Foundation

/// The settings of a JSON file, with the kinds of their values kept apart: `true` is no number.
indirect enum JSONSetting: Decodable, Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSONSetting])
  case group([String: JSONSetting])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONSetting].self) {
      self = .list(value)
    } else {
      self = .group(try container.decode([String: JSONSetting].self))
    }
  }

  /// Reads a file's content.
  /// - Throws: ``ConfigurationError`` that says what is no JSON, and where.
  static func read(_ data: Data, from path: String) throws(ConfigurationError) -> [String: JSONSetting] {
    do {
      if case .group(let settings) = try JSONDecoder().decode(JSONSetting.self, from: data) {
        return settings
      }
    } catch {
      throw ConfigurationError(
        problems: ["\(path) is no JSON\(place(in: data)): `python3 -m json.tool \(path)` shows what is wrong"]
      )
    }
    throw ConfigurationError(
      problems: ["\(path) holds no settings: give an object, such as { \"language\": \"de\" }"])
  }

  /// Where it ceases to be JSON, as far as Foundation says it: the decoder does not.
  private static func place(in data: Data) -> String {
    do {
      _ = try JSONSerialization.jsonObject(with: data)
    } catch let error as NSError {
      let text = error.userInfo["NSDebugDescription"] as? String ?? ""
      if text.contains("end of file") { return " (it ends too early)" }
      guard let offset = text.firstMatch(of: /character ([0-9]+)/).flatMap({ Int($0.1) }) else { return "" }
      return " (near line \(data.prefix(offset).count { $0 == UInt8(ascii: "\n") } + 1))"
    }
    return ""
  }

  /// What stands at a path of keys; nil when nothing does.
  func value(at path: some Collection<String>) -> JSONSetting? {
    guard let key = path.first else { return self }
    guard case .group(let members) = self else { return nil }
    return members[key]?.value(at: path.dropFirst())
  }

  /// For a complaint.
  var shown: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let text): "\"\(text.prefix(60))\""
    case .list: "a list"
    case .group: "an object"
    }
  }
}
