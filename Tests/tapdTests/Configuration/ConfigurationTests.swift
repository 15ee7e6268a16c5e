import DaemonKit
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
    // Named files, so that those of the machine that runs the test stay out.
    let file = directory.appending(path: "tapd.json")
    let variables = directory.appending(path: ".env")
    try Data((json ?? "{}").utf8).write(to: file)
    try Data((environmentFile ?? "").utf8).write(to: variables)
    return try await TapdConfiguration.load(
      file: file.path, environmentFile: variables.path, environment: environment)
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
    #expect(configuration.wiring.reader.resetPin == nil)
    #expect(configuration.wiring.reader.kind == .rdm6300)
    #expect(configuration.wiring.reader.serialPort == "/dev/ttyUSB0")
    #expect(configuration.tap.calibration == (try FlowCalibration(pulsesPerLitre: "437.5")))
    #expect(configuration.tap.removalGrace == .milliseconds(500))
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
    #expect(configuration.wiring.reader.resetPin == 20)
  }

  @Test func aWrongValueIsNamedWithPlaceRangeAndExample() async throws {
    let problems = try await Self.problems(json: #"{ "pins": { "valve": 99 } }"#)
    let problem = try #require(problems.first)
    #expect(problems.count == 1)
    for part in ["pins.valve", "tapd.json", "99", "0 to 53", "such as 18"] {
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

  /// A meter of many pulses is not cut off at the frequency of one of few.
  @Test func theFastestEdgesFollowFromTheMeter() async throws {
    let fine = try await Self.load(json: #"{ "flowMeter": { "pulsesPerLitre": 5600 } }"#)
    #expect(fine.plausibleRate.maximumHertz == 2800)
    let problems = try await Self.problems(
      json: #"{ "flowMeter": { "pulsesPerLitre": 5600, "maximumHertz": 225 } }"#)
    #expect(problems.count == 1)
    #expect(problems.first?.contains("at least 467") == true)
  }

  /// It would double every volume and price.
  @Test func onePulseIsOneEdge() async throws {
    let problems = try await Self.problems(json: #"{ "pins": { "flowMeterEdge": "both" } }"#)
    #expect(problems.count == 1)
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
}
