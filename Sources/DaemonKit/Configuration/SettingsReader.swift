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
  let content: Content

  enum Content: Sendable {
    /// Keys are variable names (`TAPD_PINS_VALVE`).
    case variables([String: String], EnvironmentVariablesProvider)
    /// Keys are paths (`pins.valve`).
    case json(JSONSetting)
  }

  init(name: String, variables: [String: String]) {
    self.name = name
    content = .variables(variables, EnvironmentVariablesProvider(environmentVariables: variables))
  }

  init(name: String, json: [String: JSONSetting]) {
    self.name = name
    content = .json(.group(json))
  }
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
  /// The variables that were asked for, likewise.
  private(set) var knownVariables: Set<String> = []
  /// The names of other programs' variables that were asked for with them.
  private(set) var knownAliases: Set<String> = []

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
    for source in sources {
      guard case .variables(let variables, _) = source.content, variables[name] != nil else { continue }
      notices.append("\(name) in \(source.name) does nothing: \(reason)")
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

  /// Complains of keys in JSON files, and of variables with the prefix, that no setting has.
  mutating func complainOfUnknownNames() {
    for source in sources {
      switch source.content {
      case .variables(let variables, _):
        let start = prefix.uppercased() + "_"
        for name in variables.keys.sorted() where name.hasPrefix(start) && !knownVariables.contains(name) {
          complain("\(name) in \(source.name) is no setting: check its spelling")
        }
      case .json(let settings): complainOfUnknownKeys(of: settings, below: "", in: source.name)
      }
    }
  }

  private mutating func complainOfUnknownKeys(of setting: JSONSetting, below path: String, in file: String) {
    guard !knownKeys.contains(path) else { return }
    if case .group(let members) = setting {
      for (key, value) in members.sorted(by: { $0.key < $1.key }) {
        complainOfUnknownKeys(of: value, below: path.isEmpty ? key : "\(path).\(key)", in: file)
      }
    } else if let example = knownKeys.filter({ $0.hasPrefix(path + ".") }).min() {
      complain("\(path) in \(file) is \(setting.shown): give an object with settings such as \(example)")
    } else {
      complain("\(path) in \(file) is no setting: check its spelling")
    }
  }

  // MARK: - Looking up

  private mutating func find(
    _ key: String, aliases: [String], type: ConfigType, wanted: String
  ) -> (ConfigContent, place: String)? {
    knownKeys.insert(key)
    let path = key.split(separator: ".").map(String.init)
    var found: (ConfigContent, place: String)?
    knownAliases.formUnion(aliases)
    for source in sources {
      switch source.content {
      case .variables(_, let provider):
        for name in [[prefix] + path] + aliases.map({ [$0] }) {
          let (variable, value) = look(for: name, as: type, in: provider)
          knownVariables.insert(variable)
          guard found == nil, let value else { continue }
          switch value {
          case .success(let content): found = (content, "\(variable) in \(source.name)")
          case .failure(let mismatch):
            problems.append("\(variable) in \(source.name) \(mismatch.shown): \(wanted)")
            return nil
          }
        }
      case .json(let settings):
        guard found == nil, let value = settings.value(at: path) else { continue }
        guard let content = value.content(as: type) else {
          problems.append("\(key) in \(source.name) is \(value.shown): \(wanted)")
          return nil
        }
        found = (content, "\(key) in \(source.name)")
      }
    }
    return found
  }

  private struct Mismatch: Error { var shown: String }

  /// - Returns: the variable's name, and its value if it is set.
  private func look(
    for name: [String], as type: ConfigType, in provider: EnvironmentVariablesProvider
  ) -> (variable: String, Result<ConfigContent, Mismatch>?) {
    let key = AbsoluteConfigKey(name)
    let text = try? provider.value(forKey: key, type: .string)
    let variable = text?.encodedKey ?? name.joined(separator: "_")
    do {
      guard let value = try provider.value(forKey: key, type: type).value else { return (variable, nil) }
      return (variable, .success(value.content))
    } catch {
      // It holds a value of another type.
      guard case .string(let shown)? = text?.value?.content else {
        return (variable, .failure(Mismatch(shown: "has the wrong type")))
      }
      return (variable, .failure(Mismatch(shown: "is \"\(shown.prefix(60))\"")))
    }
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

extension JSONSetting {
  /// As a setting of that type; nil when it is none.
  fileprivate func content(as type: ConfigType) -> ConfigContent? {
    switch (type, self) {
    case (.int, .integer(let value)): .int(value)
    case (.double, .integer(let value)): .double(Double(value))
    case (.double, .number(let value)): .double(value)
    case (.bool, .bool(let value)): .bool(value)
    case (.string, .text(let value)): .string(value)
    default: nil
    }
  }
}
