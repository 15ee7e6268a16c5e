import Foundation

/// The table of settings in a daemon's `configuration.md`, as a test reads it.
public struct SettingsTable: Sendable {
  public struct Setting: Sendable {
    public var key: String
    /// As it would be given; nil where the table names none.
    public var defaultValue: String?
    /// From and through; nil where it is no range of numbers.
    public var range: (from: String, through: String)?
    /// The words to choose from; empty where there is no choice.
    public var choices: [String]
    /// The names of other variables that mean the same.
    public var aliases: [String]

    /// `TAPD_PINS_FLOW_METER` of `pins.flowMeter`, as the page says.
    public func variable(of daemon: String) -> String {
      let words = key.replacing(".", with: "_").replacing(/[A-Z]+/) { "_" + $0.output }
      return (daemon + "_" + words).uppercased()
    }
  }

  public let settings: [Setting]

  /// - Parameter daemon: whose page of this checkout it is.
  public init(of daemon: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appending(path: "docs/\(daemon)/configuration.md"), encoding: .utf8)
    settings = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { line in
      Self.settings(line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmed })
    }
  }

  /// - Parameter cells: of a row, an empty one before the first.
  private static func settings(_ cells: [String]) -> [Setting] {
    guard cells.count >= 5 else { return [] }
    let keys = quoted(cells[1])
    let defaults = cells[2].split(separator: ",").map { $0.trimmed.replacing("`", with: "") }
    let range = cells[3].firstMatch(of: /^(-?[0-9.]+)–([0-9.]+)( characters)?$/).flatMap {
      $0.3 == nil ? (String($0.1), String($0.2)) : nil
    }
    let choices = cells[3].hasPrefix("`") ? quoted(cells[3]) : []
    // "also `NAME`", and "Also `NAME`" behind a full stop.
    let aliases = cells[4].matches(of: /[Aa]lso `([A-Z_]+)`/).map { String($0.1) }
    return keys.enumerated().map { index, key in
      let text = defaults.count == keys.count ? defaults[index] : cells[2].replacing("`", with: "")
      // Words stand for what is found out, such as "found by label".
      let isValue = !text.isEmpty && !text.contains(" ")
      return Setting(
        key: key, defaultValue: isValue ? text : nil, range: range, choices: choices, aliases: aliases)
    }
  }

  private static func quoted(_ text: String) -> [String] {
    text.matches(of: /`([^`]+)`/).map { String($0.1) }
  }
}

extension StringProtocol {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
