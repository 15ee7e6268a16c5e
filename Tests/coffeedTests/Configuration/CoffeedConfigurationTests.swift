import DaemonKit
import Foundation
import PanelKit
import PiHAL
import Testing

@testable import coffeed

@Suite struct CoffeedConfigurationTests {
  /// Loads a configuration from a JSON text, an `.env` text and variables.
  static func load(
    json: String? = nil, environmentFile: String? = nil, environment: [String: String] = [:]
  ) async throws -> CoffeedConfiguration {
    let directory = FileManager.default.temporaryDirectory.appending(path: "coffeed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    // Named files, so that those of the machine that runs the test stay out.
    let file = directory.appending(path: "coffeed.json")
    let variables = directory.appending(path: ".env")
    try Data((json ?? "{}").utf8).write(to: file)
    try Data((environmentFile ?? "").utf8).write(to: variables)
    return try await CoffeedConfiguration.load(
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
    let configuration = try await Self.load()
    #expect(configuration == CoffeedConfiguration())
    #expect(configuration.wiring.pins.map(\.pin) == [17, 27, 22, 23, 5, 6, 25])
    #expect(configuration.wiring.brewInputs.isEmpty)
    #expect(configuration.panelHost == "0.0.0.0")
    #expect(configuration.panelPort == 8080)
    #expect(configuration.trustedNetworks.isEmpty)
  }

  @Test func theJSONFileIsRead() async throws {
    let configuration = try await Self.load(
      json: """
        { "language": "de", "masterToken": "04:A1:B2:C3", "state": { "directory": "/srv/coffee" },
          "pins": { "relayPower": 4, "relaySingle": 12, "relayDouble": 13, "relaySteam": 16,
                    "relaysActiveLow": true, "ledRed": 20, "ledGreen": 21, "ledsActiveLow": true,
                    "brewSingle": 19, "brewSteam": 26, "readerReset": -1 },
          "brew": { "bias": "pull-down", "edge": "rising", "debounceMilliseconds": 50 },
          "reader": { "kind": "serial-decimal", "port": "/dev/ttyUSB0" },
          "panel": { "host": "127.0.0.1", "port": 80, "trustedNetworks": "192.168.1.0/24, fd00::/8",
                     "trustedNames": "Coffee.example.org", "behindTLS": true } }
        """)
    #expect(configuration.language == .german)
    #expect(configuration.masterToken == Token("04a1b2c3"))
    #expect(configuration.stateDirectory == "/srv/coffee")
    let wiring = configuration.wiring
    #expect(wiring.relays.map(\.pin) == [4, 12, 13, 16])
    #expect(wiring.relaysActiveLow)
    #expect(wiring.leds.map(\.pin) == [20, 21])
    #expect(wiring.ledsActiveLow)
    #expect(wiring.brewPins == [.single: 19, .steam: 26])
    #expect(wiring.brewInputs.map(\.key) == ["pins.brewSingle", "pins.brewSteam"])
    #expect(wiring.brewBias == .pullDown)
    #expect(wiring.brewPress == .rising)
    #expect(wiring.brewDebounce == .milliseconds(50))
    #expect(wiring.reader.kind == .serialDecimal)
    #expect(wiring.reader.resetPin == nil)
    #expect(configuration.panelHost == "127.0.0.1")
    #expect(configuration.panelPort == 80)
    let access = configuration.access
    #expect(access.trustedNetworks.map(\.description) == ["192.168.1.0/24", "fd00::/8"])
    #expect(access.trustedNames == ["coffee.example.org"])
    #expect(access.isBehindTLS)
  }

  @Test func thePredecessorsVariablesAreUnderstood() async throws {
    let configuration = try await Self.load(
      environmentFile: "FLASK_HOST=127.0.0.1\nFLASK_PORT=5000\nFLASK_DEBUG=1\n",
      environment: ["MASTER_TOKEN_ID": "04A1B2C3D4"])
    #expect(configuration.panelHost == "127.0.0.1")
    #expect(configuration.panelPort == 5000)
    #expect(configuration.masterToken == Token("04a1b2c3d4"))
    #expect(configuration.notices.count == 1)
    #expect(configuration.notices.first?.contains("FLASK_DEBUG") == true)
  }

  @Test func anEmptyMasterTokenIsNone() async throws {
    #expect(try await Self.load(environment: ["MASTER_TOKEN_ID": ""]).masterToken == nil)
  }

  @Test(arguments: [
    (
      #"{ "pins": { "relaySteam": 99 } }"#,
      ["pins.relaySteam", "coffeed.json", "99", "0 to 53", "such as 23"]
    ),
    (#"{ "masterToken": "the red one" }"#, ["masterToken", "the red one", "hexadecimal", "04a1b2c3"]),
    (#"{ "masterToken": "08a1b2c3" }"#, ["masterToken", "08a1b2c3", "phones"]),
    (
      #"{ "panel": { "trustedNetworks": "192.168.1.0/24,10.0.0.1/8" } }"#,
      ["panel.trustedNetworks", "10.0.0.1/8", "192.168.1.0/24"]
    ),
    (
      #"{ "panel": { "trustedNames": "http://x" } }"#,
      ["panel.trustedNames", "http://x", "coffee.example.org"]
    ),
    (#"{ "brew": { "edge": "both" } }"#, ["brew.edge", "both", "rising", "falling"]),
    (
      #"{ "pins": { "brewDouble": 22 } }"#,
      ["pins.brewDouble and pins.relayDouble are both GPIO22", "its own"]
    ),
    (#"{ "pins": { "relayPowr": 4 } }"#, ["pins.relayPowr", "spelling"]),
  ])
  func aWrongValueIsNamedWithPlaceRangeAndExample(json: String, parts: [String]) async throws {
    let problems = try await Self.problems(json: json)
    let problem = try #require(problems.first)
    #expect(problems.count == 1)
    for part in parts { #expect(problem.contains(part), "\(problem) lacks \(part)") }
  }

  @Test func allMistakesAreNamedAtOnce() async throws {
    let problems = try await Self.problems(
      json: #"{ "language": "xx", "panel": { "port": 0 } }"#, environment: ["MASTER_TOKEN_ID": "42"])
    #expect(problems.count == 3)
    #expect(problems.contains { $0.contains("MASTER_TOKEN_ID in the environment") && $0.contains("\"42\"") })
  }
}
