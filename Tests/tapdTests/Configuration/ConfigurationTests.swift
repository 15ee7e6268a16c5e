import FlowControl
import Foundation
import PanelKit
import Testing

@testable import tapd

@Suite struct ConfigurationTests {
  /// Loads a configuration from a JSON text, an `.env` text and variables.
  static func load(
    json: String? = nil, environmentFile: String? = nil, environment: [String: String] = [:]
  ) async throws -> TapdConfiguration {
    let directory = FileManager.default.temporaryDirectory.appending(path: "tapd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    var files = ConfigurationFiles()
    // Named files, so that those of the machine that runs the test stay out.
    files.file = directory.appending(path: "tapd.json").path
    files.environmentFile = directory.appending(path: ".env").path
    try Data((json ?? "{}").utf8).write(to: directory.appending(path: "tapd.json"))
    try Data((environmentFile ?? "").utf8).write(to: directory.appending(path: ".env"))
    return try await TapdConfiguration.load(files, environment: environment)
  }

  static func problems(
    json: String? = nil, environmentFile: String? = nil, environment: [String: String] = [:]
  ) async throws -> [String] {
    do {
      _ = try await load(json: json, environmentFile: environmentFile, environment: environment)
      return []
    } catch let error as ConfigurationError {
      return error.problems
    }
  }

  @Test func nothingIsNeeded() async throws {
    #expect(try await Self.load() == TapdConfiguration())
  }

  @Test func theJSONFileIsRead() async throws {
    let configuration = try await Self.load(
      json: """
        { "tap": { "name": "blonde_01" }, "language": "fr", "currency": { "code": "CHF", "decimals": 2 },
          "pins": { "valve": 17, "valveActiveLow": true, "flowMeter": 24, "readerReset": -1 },
          "reader": { "kind": "rdm6300", "port": "/dev/ttyUSB0" },
          "flowMeter": { "pulsesPerLitre": 437.5 }, "pour": { "removalGraceMilliseconds": 500 } }
        """)
    #expect(configuration.tap.tap == TapID("blonde_01"))
    #expect(configuration.language == .french)
    #expect(configuration.tap.currency == "CHF")
    #expect(configuration.wiring.valvePin == 17)
    #expect(configuration.wiring.valveActiveLow)
    #expect(configuration.wiring.flowMeterPin == 24)
    #expect(configuration.wiring.readerResetPin == nil)
    #expect(configuration.wiring.reader == .rdm6300)
    #expect(configuration.wiring.serialPort == "/dev/ttyUSB0")
    #expect(configuration.tap.calibration == (try FlowCalibration(pulsesPerLitre: "437.5")))
    #expect(configuration.tap.removalGrace == .milliseconds(500))
  }

  @Test func theEnvironmentBeatsItsFileBeatsTheJSONFile() async throws {
    let json = #"{ "pins": { "valve": 1, "flowMeter": 2, "readerReset": 3 } }"#
    let configuration = try await Self.load(
      json: json, environmentFile: "TAPD_PINS_VALVE=4\nTAPD_PINS_FLOW_METER=5\n",
      environment: ["TAPD_PINS_VALVE": "6"])
    #expect(configuration.wiring.valvePin == 6)
    #expect(configuration.wiring.flowMeterPin == 5)
    #expect(configuration.wiring.readerResetPin == 3)
  }

  @Test func thePredecessorsNamesAreUnderstood() async throws {
    let configuration = try await Self.load(
      environmentFile: """
        DJANGO_SERVER=http://192.168.1.50:8000
        TIREUSE_BEC=blonde_01
        # GPIO Settings
        PIN_VANNE=12
        PIN_COMPTEUR=16
        PIN_RFID_RST=20
        """)
    #expect(configuration.tap.tap == TapID("blonde_01"))
    #expect(configuration.wiring.valvePin == 12)
    #expect(configuration.wiring.flowMeterPin == 16)
    #expect(configuration.wiring.readerResetPin == 20)
  }

  @Test func ourNameBeatsThePredecessors() async throws {
    let configuration = try await Self.load(environment: ["PIN_VANNE": "12", "TAPD_PINS_VALVE": "13"])
    #expect(configuration.wiring.valvePin == 13)
  }

  @Test func aWrongValueIsNamedWithPlaceRangeAndExample() async throws {
    let problems = try await Self.problems(json: #"{ "pins": { "valve": 99 } }"#)
    let problem = try #require(problems.first)
    #expect(problems.count == 1)
    for part in ["pins.valve", "tapd.json", "99", "0 to 53", "such as 18"] {
      #expect(problem.contains(part), "\(problem) lacks \(part)")
    }
  }

  @Test func aVariableOfTheWrongTypeIsQuoted() async throws {
    let problems = try await Self.problems(environment: ["PIN_VANNE": "eighteen"])
    let problem = try #require(problems.first)
    for part in ["PIN_VANNE", "the environment", "is \"eighteen\"", "such as 18"] {
      #expect(problem.contains(part), "\(problem) lacks \(part)")
    }
  }

  @Test func allMistakesAreNamedAtOnce() async throws {
    let problems = try await Self.problems(
      json: #"{ "language": "xx", "panel": { "port": 0 }, "pins": { "valve": 23 }, "pin": { "valve": 3 } }"#)
    #expect(problems.count == 4)
    #expect(problems.contains { $0.contains("\"xx\"") && $0.contains("\"fr\"") })
    #expect(problems.contains { $0.contains("panel.port") })
    #expect(problems.contains { $0.contains("pins.flowMeter and pins.valve are both GPIO23") })
    #expect(problems.contains { $0.contains("pin.valve") && $0.contains("spelling") })
  }

  @Test func twoCalibrationsContradict() async throws {
    let problems = try await Self.problems(
      json: #"{ "flowMeter": { "pulsesPerLitre": 450, "hertzPerLitrePerMinute": 7.5 } }"#)
    #expect(problems.count == 1)
  }

  @Test func theDataSheetsFactorIsTheSameCalibration() async throws {
    let configuration = try await Self.load(json: #"{ "flowMeter": { "hertzPerLitrePerMinute": 6.5 } }"#)
    #expect(configuration.tap.calibration == (try FlowCalibration(pulsesPerLitre: "390")))
  }

  @Test func aBrokenFileSaysSo() async throws {
    let problem = try #require(try await Self.problems(json: "{ \"pins\": ").first)
    #expect(problem.contains("tapd.json"))
  }

  @Test func aNamedFileMustExist() async {
    await #expect(throws: ConfigurationError.self) {
      _ = try await TapdConfiguration.load(
        ConfigurationFiles(file: "/nowhere/tapd.json", environmentFile: nil), environment: [:])
    }
  }
}
