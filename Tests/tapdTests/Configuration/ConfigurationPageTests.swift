import DaemonKit
import DaemonTesting
import Testing

@testable import DaemonKit
@testable import tapd

/// `docs/tapd/configuration.md` says what the daemon reads: every setting, its default, its range, its variables, and no
/// other one.
@Suite struct ConfigurationPageTests {
  private let page: SettingsTable

  init() throws { page = try SettingsTable(of: "tapd") }

  @Test func itHasEverySettingAndNoOther() {
    var reader = SettingsReader(prefix: "tapd", sources: [])
    _ = TapdConfiguration(reading: &reader)
    #expect(Set(page.settings.map(\.key)) == reader.knownKeys)
    #expect(page.settings.count == reader.knownKeys.count, "none stands there twice")
    #expect(Set(page.settings.flatMap(\.aliases)) == reader.knownAliases)
  }

  @Test func itsDefaultsAreTheDefaults() async throws {
    let plain = try await ConfigurationTests.load()
    for setting in page.settings {
      guard let value = setting.defaultValue else { continue }
      for name in [setting.variable(of: "tapd")] + setting.aliases {
        let given = try await ConfigurationTests.load(environment: [name: value])
        #expect(given == plain, "\(name) is \(value) when it is not given, says the page")
      }
    }
  }

  /// What is in the range is taken, and counts; what is outside is refused.
  @Test func itsRangesAndWordsAreThose() async throws {
    func problems(_ name: String, _ value: String) async throws -> [String] {
      try await ConfigurationTests.problems(environment: [name: value]).filter { $0.hasPrefix(name + " in ") }
    }
    for setting in page.settings {
      let name = setting.variable(of: "tapd")
      for word in setting.choices {
        #expect(try await problems(name, word).isEmpty, "\(name)=\(word)")
      }
      if !setting.choices.isEmpty { #expect(try await problems(name, "nonsense").count == 1, "\(name)") }
      if let range = setting.range {
        for value in [range.from, range.through] {
          #expect(try await problems(name, value).isEmpty, "\(name)=\(value)")
        }
        for value in ["\(Double(range.from)! - 1)", "\(Double(range.through)! + 1)"] {
          let number = value.hasSuffix(".0") ? String(value.dropLast(2)) : value
          #expect(try await problems(name, number).count == 1, "\(name)=\(number)")
        }
      }
      if ["true", "false"].contains(setting.defaultValue) {
        #expect(try await problems(name, "nonsense").count == 1, "\(name)")
      }
    }
  }

  /// Another value than the default changes the configuration: the variable is read, by each of its names.
  @Test func itsVariablesAreRead() async throws {
    let plain = try await ConfigurationTests.load()
    for setting in page.settings {
      guard let value = Self.other(setting) else {
        Issue.record("\(setting.key): say in this test what else it can be")
        continue
      }
      for name in [setting.variable(of: "tapd")] + setting.aliases {
        let given = try await ConfigurationTests.load(environment: [name: value])
        #expect(given != plain, "\(name)=\(value) changes nothing")
      }
    }
  }

  private static func other(_ setting: SettingsTable.Setting) -> String? {
    if let known = others[setting.key] { return known }
    if let value = setting.defaultValue, ["true", "false"].contains(value) {
      return value == "true" ? "false" : "true"
    }
    if let word = setting.choices.first(where: { $0 != setting.defaultValue }) { return word }
    return setting.range?.through
  }

  /// Where neither a range nor a choice says it.
  private static let others = [
    "board.chip": "/dev/gpiochip7", "reader.port": "/dev/ttyUSB7", "spi.device": "/dev/spidev7.7",
    "state.directory": "/elsewhere", "panel.host": "192.0.2.7", "tap.name": "other", "currency.code": "XTS",
    "flowMeter.pulsesPerLitre": "500",
    "flowMeter.hertzPerLitrePerMinute": "8", "flowMeter.maximumHertz": "230",
  ]
}
