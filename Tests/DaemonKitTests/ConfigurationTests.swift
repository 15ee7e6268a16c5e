import DaemonKit
import Testing

@Suite struct ConfigurationTests {
  /// What a daemon called `kettled` can be told.
  struct KettleConfiguration: DaemonConfiguration, Equatable {
    static let daemon = "kettled"
    static let standardPanelPort = 8070

    enum Lid: String, CaseIterable { case open, closed }

    var stateDirectory = "/var/lib/kettled"
    var heaterPin = 17
    var lampPin: Int?
    var reader = ReaderWiring()
    var boil = Duration.seconds(60)
    var lid = Lid.closed
    var isHeaterActiveLow = false
    var name: String?
    var litres: Double?

    init() {}

    init(reading reader: inout SettingsReader) {
      stateDirectory = reader.text("state.directory", example: stateDirectory) ?? stateDirectory
      heaterPin = reader.pin("pins.heater", aliases: ["HEATER"], default: heaterPin)
      lampPin = reader.optionalPin("pins.lamp", default: lampPin)
      self.reader = ReaderWiring(reading: &reader)
      boil = reader.duration("boil.milliseconds", milliseconds: 1000...90_000, default: boil)
      lid = reader.choice("lid", default: lid)
      isHeaterActiveLow = reader.bool("pins.heaterActiveLow", default: isHeaterActiveLow)
      name = reader.text("name", characters: 1...10, example: "kitchen")
      litres = reader.number("litres", in: 0.5...3, "a number of litres", example: 1.7)
      reader.checkPins(
        [PinUse(heaterPin, key: "pins.heater", role: "heater")]
          + (lampPin.map { [PinUse($0, key: "pins.lamp", role: "lamp")] } ?? []) + self.reader.pins,
        buses: [self.reader.bus])
    }
  }

  static func load(
    json: String = "{}", environmentFile: String = "", environment: [String: String] = [:]
  ) async throws -> KettleConfiguration {
    try await Scratch.with { scratch in
      // Named files, so that those of the machine that runs the test stay out.
      try await KettleConfiguration.load(
        file: scratch.write(json, to: "kettled.json"),
        environmentFile: scratch.write(environmentFile, to: ".env"), environment: environment)
    }
  }

  static func problems(
    json: String = "{}", environmentFile: String = "", environment: [String: String] = [:]
  ) async throws -> [String] {
    do {
      _ = try await load(json: json, environmentFile: environmentFile, environment: environment)
      return []
    } catch let error as ConfigurationError {
      return error.problems
    }
  }

  @Test func nothingIsNeeded() async throws {
    #expect(try await Self.load() == KettleConfiguration())
  }

  @Test func everyKindOfSettingIsReadFromTheJSONFile() async throws {
    let configuration = try await Self.load(
      json: """
        { "state": { "directory": "/srv/kettle" }, "boil": { "milliseconds": 1500 }, "lid": "open",
          "pins": { "heater": 4, "lamp": 5, "heaterActiveLow": true }, "name": "kitchen", "litres": 1.5 }
        """)
    #expect(configuration.stateDirectory == "/srv/kettle")
    #expect(configuration.boil == .milliseconds(1500))
    #expect(configuration.lid == .open)
    #expect(configuration.heaterPin == 4)
    #expect(configuration.lampPin == 5)
    #expect(configuration.isHeaterActiveLow)
    #expect(configuration.name == "kitchen")
    #expect(configuration.litres == 1.5)
  }

  @Test func theEnvironmentBeatsItsFileBeatsTheJSONFile() async throws {
    let configuration = try await Self.load(
      json: #"{ "pins": { "heater": 1, "lamp": 2, "readerReset": 3 } }"#,
      environmentFile: "KETTLED_PINS_HEATER=4\nKETTLED_PINS_LAMP=5\n",
      environment: ["KETTLED_PINS_HEATER": "6"])
    #expect(configuration.heaterPin == 6)
    #expect(configuration.lampPin == 5)
    #expect(configuration.reader.resetPin == 3)
  }

  @Test func anotherProgramsVariableIsUnderstoodUnlessOursIsThere() async throws {
    #expect(try await Self.load(environment: ["HEATER": "12"]).heaterPin == 12)
    let both = try await Self.load(environment: ["HEATER": "12", "KETTLED_PINS_HEATER": "13"])
    #expect(both.heaterPin == 13)
  }

  /// The reader is at /dev/spidev0.0, or where the test says.
  @Test(
    arguments: [
      (10, [:], "MOSI of SPI0"), (9, [:], "MISO of SPI0"), (11, [:], "SCLK of SPI0"), (8, [:], "CE0 of SPI0"),
      (7, [:], nil), (18, [:], nil), (14, [:], nil),
      (7, ["KETTLED_SPI_DEVICE": "/dev/spidev0.1"], "CE1 of SPI0"),
      (8, ["KETTLED_SPI_DEVICE": "/dev/spidev0.1"], nil),
      (18, ["KETTLED_SPI_DEVICE": "/dev/spidev1.0"], "CE0 of SPI1"),
      (20, ["KETTLED_SPI_DEVICE": "/dev/spidev1.0"], "MOSI of SPI1"),
      (15, ["KETTLED_READER_KIND": "rdm6300"], "RXD of the serial port"),
      (10, ["KETTLED_READER_KIND": "rdm6300"], nil),
      (
        14, ["KETTLED_READER_KIND": "serial-decimal", "KETTLED_READER_PORT": "/dev/ttyAMA0"],
        "TXD of the serial port"
      ),
      (14, ["KETTLED_READER_KIND": "serial-decimal", "KETTLED_READER_PORT": "/dev/ttyUSB0"], nil),
    ] as [(Int, [String: String], String?)])
  func aPinOfTheReadersBusIsRefused(pin: Int, environment: [String: String], words: String?) async throws {
    let problems = try await Self.problems(
      environment: environment.merging(["KETTLED_PINS_HEATER": "\(pin)"]) { $1 })
    #expect(problems.count == (words == nil ? 0 : 1), "\(problems)")
    if let words {
      #expect(problems.first?.contains("pins.heater is GPIO\(pin), which is \(words)") == true, "\(problems)")
    }
  }

  @Test func aWrongValueIsNamedWithPlaceRangeAndExample() async throws {
    let problems = try await Self.problems(json: #"{ "pins": { "heater": 99 } }"#)
    let problem = try #require(problems.first)
    #expect(problems.count == 1)
    for part in ["pins.heater", "kettled.json", "99", "0 to 53", "such as 17"] {
      #expect(problem.contains(part), "\(problem) lacks \(part)")
    }
  }

  @Test(arguments: [
    (#"{ "boil": { "milliseconds": 999 } }"#, "1000 to 90000"),
    (#"{ "lid": "ajar" }"#, "\"open\", \"closed\""),
    (#"{ "name": "" }"#, "1 to 10 characters"), (#"{ "litres": 9.5 }"#, "0.5 to 3.0"),
    (#"{ "pins": { "heaterActiveLow": "low" } }"#, "true or false"),
    (#"{ "pins": { "lamp": -2 } }"#, "-1 for none"),
  ])
  func everyKindOfSettingIsChecked(json: String, wanted: String) async throws {
    let problems = try await Self.problems(json: json)
    #expect(problems.count == 1)
    #expect(problems.first?.contains(wanted) == true, "\(problems)")
  }

  @Test func aVariableOfTheWrongTypeIsQuoted() async throws {
    let problem = try #require(try await Self.problems(environment: ["HEATER": "seventeen"]).first)
    for part in ["HEATER", "the environment", "is \"seventeen\"", "such as 17"] {
      #expect(problem.contains(part), "\(problem) lacks \(part)")
    }
  }

  @Test func allMistakesAreNamedAtOnce() async throws {
    let problems = try await Self.problems(
      json: #"{ "lid": "ajar", "pins": { "lamp": 17 }, "pin": { "heater": 3 } }"#)
    #expect(problems.count == 3)
    #expect(problems.contains { $0.contains("pins.lamp and pins.heater are both GPIO17") })
    #expect(problems.contains { $0.contains("pin.heater") && $0.contains("spelling") })
  }

  @Test func aBrokenFileSaysSo() async throws {
    let problem = try #require(try await Self.problems(json: "{ \"pins\": ").first)
    #expect(problem.contains("kettled.json"))
    #expect(problem.contains("ends too early") && !problem.contains("NSCocoa"), "\(problem)")
    let second = try #require(try await Self.problems(json: "{\n\"lid\": \"open\",\n\"name\" 3}").first)
    #expect(second.contains("line 3"), "\(second)")
    #expect(try await Self.problems(json: "[]").first?.contains("give an object") == true)
  }

  @Test(arguments: [
    (#"{ "pins": { "heater": true } }"#, "pins.heater", "is true"),
    (#"{ "pins": { "heater": null } }"#, "pins.heater", "is null"),
    (#"{ "pins": { "heater": {} } }"#, "pins.heater", "is an object"),
    (#"{ "pins": { "heater": [4] } }"#, "pins.heater", "is a list"),
    (#"{ "pins": { "heater": "4" } }"#, "pins.heater", "is \"4\""),
    (#"{ "pins": { "heater": 4.5 } }"#, "pins.heater", "is 4.5"),
    (#"{ "pins": { "heaterActiveLow": 1 } }"#, "pins.heaterActiveLow", "is 1"),
    (#"{ "litres": false }"#, "litres", "is false"), (#"{ "name": 7 }"#, "name", "is 7"),
    (#"{ "pins": null }"#, "pins ", "settings such as pins.heater"),
    (#"{ "pins": 4 }"#, "pins ", "settings such as pins.heater"),
  ])
  func aValueOfAnotherKindIsWrong(json: String, key: String, shown: String) async throws {
    let problems = try await Self.problems(json: json)
    #expect(problems.count == 1)
    #expect(problems.first?.hasPrefix(key) == true && problems.first?.contains(shown) == true, "\(problems)")
  }

  @Test func anEmptyGroupIsNoMistake() async throws {
    #expect(try await Self.load(json: #"{ "pins": {} }"#) == KettleConfiguration())
  }

  @Test func aMisspeltVariableIsNamed() async throws {
    let problems = try await Self.problems(
      environmentFile: "KETTLED_PIN_HEATER=4\nHOME=/root\n",
      environment: ["KETTLED_LITTRES": "2", "KETTLED_PINS_HEATER": "4", "PATH": "/bin"])
    #expect(problems.count == 2)
    #expect(problems.contains { $0.contains("KETTLED_PIN_HEATER in ") && $0.contains(".env") })
    #expect(problems.contains { $0.contains("KETTLED_LITTRES in the environment is no setting") })
  }

  @Test func aFileOfVariablesIsReadAsShellsAndSystemdReadIt() async throws {
    let configuration = try await Self.load(
      environmentFile: """
        # kitchen
        export KETTLED_NAME="kitchen" # the one upstairs
        KETTLED_PINS_HEATER=4 # behind the wall
        KETTLED_STATE_DIRECTORY='/srv/my # kettle'
          KETTLED_LID = open
        """)
    #expect(configuration.name == "kitchen")
    #expect(configuration.heaterPin == 4)
    #expect(configuration.stateDirectory == "/srv/my # kettle")
    #expect(configuration.lid == .open)
    let problem = try #require(try await Self.problems(environmentFile: "\nKETTLED_NAME=\"kitchen\n").first)
    #expect(problem.contains(".env, line 2"), "\(problem)")
  }

  @Test(arguments: [
    ("A=1", "1"), ("A = 1 ", "1"), ("A=", ""), ("A=''", ""), ("A=\"\"", ""), ("export A=1", "1"),
    ("\texport\tA=1", "1"),
    ("A=1 # c", "1"), ("A=1\t#c", "1"), ("A=a#b", "a#b"), ("A=# c", ""), ("A='1 # c'", "1 # c"),
    ("A=\"1 # c\" # d", "1 # c"), ("A=\"a\\\"b\"", "a\"b"), ("A='a\\b'", "a\\b"), ("A=a\\b", "a\\b"),
    ("A=\"a\\nb\"", "a\nb"), ("A=\"a\nb\"", "a\nb"), ("A=a\\\nb", "ab"), ("A=don't", "don't"),
    ("A=a 'b'", "a 'b'"),
    ("A='a''b'", "ab"), ("A=1\r\n", "1"), ("\u{FEFF}A=1", "1"), ("; c\n# d\n\nA=1", "1"), ("A=1\nA=2", "2"),
    ("A=é", "é"),
    ("A=b=c", "b=c"), ("A=$HOME", "$HOME"),
  ])
  func aVariableHasTheValueThatItsWriterMeant(text: String, value: String) {
    let file = EnvironmentFile(text)
    #expect(file.problems.isEmpty)
    #expect(file.variables == ["A": value])
  }

  @Test(arguments: ["A", "A 1", "1A=2", "A-B=1", "=1", "A='1", "A=\"1\n", "A='1'2", "export", "é=1"])
  func aLineThatNobodyCanReadIsNamed(text: String) {
    let file = EnvironmentFile("B=1\n" + text)
    #expect(file.problems.count == 1 && file.problems.first?.hasPrefix("line 2 ") == true, "\(file)")
    #expect(file.variables == ["B": "1"])
  }

  @Test func aNamedFileMustExist() async {
    await #expect(throws: ConfigurationError.self) {
      _ = try await KettleConfiguration.load(
        file: "/nowhere/kettled.json", environmentFile: nil, environment: [:])
    }
  }

  @Test func aReaderIsDescribed() async throws {
    let configuration = try await Self.load(
      json: """
        { "reader": { "kind": "rdm6300", "port": "/dev/ttyUSB0" },
          "spi": { "device": "/dev/spidev1.0", "hertz": 400000 } }
        """, environmentFile: "PIN_RFID_RST=20")
    #expect(configuration.reader.kind == .rdm6300)
    #expect(configuration.reader.serialPort == "/dev/ttyUSB0")
    #expect(configuration.reader.spiDevice == "/dev/spidev1.0")
    #expect(configuration.reader.spiHertz == 400_000)
    #expect(configuration.reader.resetPin == 20)
    #expect(configuration.reader.pins.isEmpty, "a serial reader has no reset pin")
  }

  @Test func theReadersPinCountsAsTaken() async throws {
    let taken = #"{ "pins": { "heater": 25 } }"#
    #expect(try await Self.problems(json: taken).first?.contains("both GPIO25") == true)
    let unwired = #"{ "pins": { "heater": 25, "readerReset": -1 } }"#
    #expect(try await Self.load(json: unwired).reader.resetPin == nil)
  }
}
