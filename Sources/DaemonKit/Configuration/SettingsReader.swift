import Configuration
import PiHAL

/// What is wrong with a configuration: every wrong value at once, one line each.
public struct ConfigurationError: Error, CustomStringConvertible {
  public let problems: [String]

  public init(problems: [String]) { self.problems = problems }

  public var description: String { problems.joined(separator: "\n") }
}

/// A place that settings come from.
struct SettingsSource: Sendable {
  /// How a person names it: `/etc/tapd/tapd.json`, `the environment`.
  let name: String
  let provider: any ConfigProvider
  /// Whether keys are variable names (`TAPD_PINS_VALVE`) instead of paths (`pins.valve`).
  let isEnvironment: Bool
}

/// Reads settings one by one, checks each against its range, and keeps every complaint until the end: somebody
/// who sets up a daemon mends all mistakes in one go.
public struct SettingsReader {
  /// What the variables of this program start with; `tapd` makes `TAPD_…`.
  let prefix: String
  /// The first source that knows a key wins.
  let sources: [SettingsSource]
  public private(set) var problems: [String] = []
  /// What was set and does nothing, in words.
  public private(set) var notices: [String] = []
  /// The keys that were asked for, so that a misspelt one in a file can be named.
  private(set) var knownKeys: Set<String> = []

  init(prefix: String, sources: [SettingsSource]) {
    self.prefix = prefix
    self.sources = sources
  }

  /// A whole number.
  /// - Parameters:
  ///   - aliases: names of variables that another program used for the same setting.
  ///   - what: what to give, for the complaint: `a number of milliseconds`.
  public mutating func integer(
    _ key: String, aliases: [String] = [], in range: ClosedRange<Int>, _ what: String, default value: Int
  ) -> Int {
    let wanted =
      "give \(what) from \(range.lowerBound) to \(range.upperBound), such as \(value)"
    guard let (found, place) = find(key, aliases: aliases, type: .int, wanted: wanted) else { return value }
    guard case .int(let number) = found, range.contains(number) else {
      complain(place, found, wanted)
      return value
    }
    return number
  }

  /// A duration, given in milliseconds.
  public mutating func duration(
    _ key: String, milliseconds range: ClosedRange<Int>, default value: Duration
  ) -> Duration {
    .milliseconds(
      integer(
        key, in: range, "a number of milliseconds", default: Int(value.wholeNanoseconds / 1_000_000)))
  }

  /// A number with or without decimals; nil when nothing is set.
  public mutating func number(
    _ key: String, aliases: [String] = [], in range: ClosedRange<Double>, _ what: String, example: Double
  ) -> Double? {
    let wanted =
      "give \(what) from \(range.lowerBound) to \(range.upperBound), such as \(example)"
    guard let (found, place) = find(key, aliases: aliases, type: .double, wanted: wanted) else { return nil }
    guard case .double(let number) = found, range.contains(number) else {
      complain(place, found, wanted)
      return nil
    }
    return number
  }

  public mutating func bool(_ key: String, default value: Bool) -> Bool {
    guard case .bool(let found)? = find(key, aliases: [], type: .bool, wanted: "give true or false")?.0 else {
      return value
    }
    return found
  }

  /// A text; nil when nothing is set.
  public mutating func text(
    _ key: String, aliases: [String] = [], characters range: ClosedRange<Int> = 1...200, example: String
  ) -> String? {
    let wanted = "give \(range.lowerBound) to \(range.upperBound) characters, such as \"\(example)\""
    guard let (found, place) = find(key, aliases: aliases, type: .string, wanted: wanted) else { return nil }
    guard case .string(let text) = found, range.contains(text.count) else {
      complain(place, found, wanted)
      return nil
    }
    return text
  }

  /// A text that something is read from; nil when nothing is set, or an empty text.
  /// - Parameters:
  ///   - wanted: what to give, for the complaint: `give a number of hexadecimal digits, such as "04a1b2c3"`.
  ///   - read: nil when the text is none.
  public mutating func parsed<Value>(
    _ key: String, aliases: [String] = [], _ wanted: String, _ read: (String) -> Value?
  ) -> Value? {
    guard let (found, place) = find(key, aliases: aliases, type: .string, wanted: wanted) else { return nil }
    guard case .string(let text) = found else { return nil }
    let trimmed = text.trimmed
    if trimmed.isEmpty { return nil }
    guard let value = read(trimmed) else {
      complain(place, found, wanted)
      return nil
    }
    return value
  }

  /// Texts with commas between them, something read from each; nil when nothing is set, or an empty text.
  public mutating func list<Element>(
    _ key: String, _ wanted: String, _ read: (String) -> Element?
  ) -> [Element]? {
    parsed(key, wanted) { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let elements = parts.compactMap { read(String($0).trimmed) }
      return elements.count == parts.count ? elements : nil
    }
  }

  /// Notes that another program's variable does nothing here, where it is set.
  public mutating func passOver(variable name: String, because reason: String) {
    for source in sources where source.isEnvironment {
      let value = try? source.provider.value(forKey: AbsoluteConfigKey([name]), type: .string)
      if value?.value != nil { notices.append("\(name) in \(source.name) does nothing: \(reason)") }
    }
  }

  /// One of a few words.
  public mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, default value: Choice
  ) -> Choice where Choice.RawValue == String {
    let wanted = "give one of \(Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))"
    guard let (found, place) = find(key, aliases: [], type: .string, wanted: wanted) else { return value }
    guard case .string(let text) = found, let choice = Choice(rawValue: text) else {
      complain(place, found, wanted)
      return value
    }
    return choice
  }

  /// Adds a complaint that no single value is to blame for.
  public mutating func complain(_ sentence: String) { problems.append(sentence) }

  // MARK: - Looking up

  private mutating func find(
    _ key: String, aliases: [String], type: ConfigType, wanted: String
  ) -> (ConfigContent, place: String)? {
    knownKeys.insert(key)
    for source in sources {
      let path = key.split(separator: ".").map(String.init)
      let names: [[String]] = source.isEnvironment ? [[prefix] + path] + aliases.map { [$0] } : [path]
      for name in names {
        do {
          let result = try source.provider.value(forKey: AbsoluteConfigKey(name), type: type)
          if let value = result.value { return (value.content, "\(result.encodedKey) in \(source.name)") }
        } catch {
          // The provider holds a value of another type; its text is asked for only to quote it.
          let shown = try? source.provider.value(forKey: AbsoluteConfigKey(name), type: .string)
          var quoted = "has the wrong type"
          if case .string(let text)? = shown?.value?.content { quoted = "is \"\(text.prefix(60))\"" }
          let label = source.isEnvironment ? (shown?.encodedKey ?? name.joined(separator: "_")) : key
          problems.append("\(label) in \(source.name) \(quoted): \(wanted)")
          return nil
        }
      }
    }
    return nil
  }

  private mutating func complain(_ place: String, _ content: ConfigContent, _ wanted: String) {
    let shown =
      switch content {
      case .int(let number): "\(number)"
      case .double(let number): "\(number)"
      case .string(let text): "\"\(text.prefix(60))\""
      default: "\(content)"
      }
    problems.append("\(place) is \(shown): \(wanted)")
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
