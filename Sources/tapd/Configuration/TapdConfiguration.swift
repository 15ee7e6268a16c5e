import FlowControl
import PanelKit
import PiHAL

/// All that can be configured. `docs/configuration.md` lists the same keys for people.
struct TapdConfiguration: Sendable, Equatable {
  enum Reader: String, Sendable, CaseIterable {
    case rc522
    /// A serial reader that sends one UID a line (VMA405), in hexadecimal or in decimal digits.
    case serialHexadecimal = "serial-hexadecimal"
    case serialDecimal = "serial-decimal"
    /// 125 kHz readers of the RDM6300 kind.
    case rdm6300
  }

  /// Where everything is connected. Numbers are BCM numbers.
  struct Wiring: Sendable, Equatable {
    /// The header chip's device or label; nil finds it by its label.
    var chip: String?
    var valvePin = 18
    var valveActiveLow = false
    var flowMeterPin = 23
    var flowMeterBias = Bias.pullUp
    var flowMeterEdge = Edge.falling
    var reader = Reader.rc522
    /// The RC522's NRSTPD pin; nil when it is not wired.
    var readerResetPin: Int? = 25
    var spiDevice = "/dev/spidev0.0"
    var spiHertz = 1_000_000
    var serialPort = "/dev/serial0"
  }

  var tap = TapSettings()
  var language = Language.english
  var wiring = Wiring()
  /// What the flow meter can give at most; faster edges are noise.
  var plausibleRate = PlausibleRate.yfS201
  var stateDirectory = "/var/lib/tapd"
  var panelHost = "127.0.0.1"
  var panelPort = 8090
}

extension TapdConfiguration {
  /// Reads and checks everything.
  /// - Throws: ``ConfigurationError`` that names each wrong value, its place, its range and an example.
  static func load(
    _ files: ConfigurationFiles, environment: [String: String]
  ) async throws(ConfigurationError) -> TapdConfiguration {
    let sources = try await files.open(environment: environment)
    var reader = SettingsReader(prefix: "tapd", sources: sources)
    let configuration = TapdConfiguration(reading: &reader)
    for key in files.unknownKeys(known: reader.knownKeys) {
      reader.complain(
        "\(key) in \(files.file ?? ConfigurationFiles.standardFile) is no setting: check its spelling")
    }
    guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
    return configuration
  }

  private init(reading reader: inout SettingsReader) {
    readTap(&reader)
    readWiring(&reader)
    readPour(&reader)
    language = reader.choice("language", default: language)
    stateDirectory =
      reader.text("state.directory", characters: 1...4000, example: stateDirectory) ?? stateDirectory
    panelHost = reader.text("panel.host", example: panelHost) ?? panelHost
    panelPort = reader.integer("panel.port", in: 1...65535, "a TCP port", default: panelPort)
  }

  private mutating func readTap(_ reader: inout SettingsReader) {
    if let name = reader.text("tap.name", aliases: ["TIREUSE_BEC"], characters: 1...100, example: "blonde_01")
    {
      tap.tap = TapID(name)
    }
    tap.currency =
      reader.text("currency.code", characters: 1...12, example: tap.currency) ?? tap.currency
    tap.currencyDecimals = reader.integer(
      "currency.decimals", in: 0...4, "a number of decimals", default: tap.currencyDecimals)
  }

  private mutating func readWiring(_ reader: inout SettingsReader) {
    let pins = 0...53
    wiring.chip = reader.text("board.chip", example: "/dev/gpiochip0")
    wiring.valvePin = reader.integer(
      "pins.valve", aliases: ["PIN_VANNE"], in: pins, "a GPIO (BCM number)", default: wiring.valvePin)
    wiring.valveActiveLow = reader.bool("pins.valveActiveLow", default: wiring.valveActiveLow)
    wiring.flowMeterPin = reader.integer(
      "pins.flowMeter", aliases: ["PIN_COMPTEUR"], in: pins, "a GPIO (BCM number)",
      default: wiring.flowMeterPin)
    wiring.flowMeterBias = reader.choice("pins.flowMeterBias", default: wiring.flowMeterBias)
    wiring.flowMeterEdge = reader.choice("pins.flowMeterEdge", default: wiring.flowMeterEdge)
    wiring.reader = reader.choice("reader.kind", default: wiring.reader)
    let reset = reader.integer(
      "pins.readerReset", aliases: ["PIN_RFID_RST"], in: -1...53, "a GPIO (BCM number), or -1 for none,",
      default: wiring.readerResetPin ?? -1)
    wiring.readerResetPin = reset < 0 ? nil : reset
    wiring.spiDevice = reader.text("spi.device", example: wiring.spiDevice) ?? wiring.spiDevice
    wiring.spiHertz = reader.integer(
      "spi.hertz", in: 10_000...10_000_000, "a number of hertz", default: wiring.spiHertz)
    wiring.serialPort = reader.text("reader.port", example: wiring.serialPort) ?? wiring.serialPort

    var taken: [Int: String] = [:]
    var used = [(wiring.valvePin, "pins.valve"), (wiring.flowMeterPin, "pins.flowMeter")]
    if wiring.reader == .rc522, let pin = wiring.readerResetPin { used.append((pin, "pins.readerReset")) }
    for (pin, key) in used {
      if let other = taken[pin] {
        reader.complain("\(key) and \(other) are both GPIO\(pin): give each a line of its own")
      }
      taken[pin] = key
    }
  }

  private mutating func readPour(_ reader: inout SettingsReader) {
    func duration(_ key: String, in range: ClosedRange<Int>, _ value: Duration) -> Duration {
      let milliseconds = Int(value.wholeNanoseconds / 1_000_000)
      return .milliseconds(reader.integer(key, in: range, "a number of milliseconds", default: milliseconds))
    }
    func millilitres(_ key: String, in range: ClosedRange<Int>, _ microlitres: Int64) -> Int64 {
      Int64(reader.integer(key, in: range, "a number of millilitres", default: Int(microlitres / 1000)))
        * 1000
    }
    readFlowMeter(&reader)
    tap.removalGrace = duration("pour.removalGraceMilliseconds", in: 0...5000, tap.removalGrace)
    tap.noFlowTimeout = duration("pour.noFlowMilliseconds", in: 2000...120_000, tap.noFlowTimeout)
    tap.maximumPour = duration("pour.maximumMilliseconds", in: 5000...600_000, tap.maximumPour)
    tap.maximumMaintenance = duration(
      "pour.maximumMaintenanceMilliseconds", in: 5000...3_600_000, tap.maximumMaintenance)
    tap.doneScreen = duration("screen.doneMilliseconds", in: 1000...60_000, tap.doneScreen)
    tap.refusedScreen = duration("screen.refusedMilliseconds", in: 1000...60_000, tap.refusedScreen)
    tap.minimumPourMicrolitres = millilitres(
      "pour.minimumMillilitres", in: 1...500, tap.minimumPourMicrolitres)
    tap.leakMicrolitres = millilitres("pour.leakMillilitres", in: 1...10_000, tap.leakMicrolitres)
  }

  private mutating func readFlowMeter(_ reader: inout SettingsReader) {
    let perLitre = reader.number(
      "flowMeter.pulsesPerLitre", in: 1...100_000, "a number of pulses per litre", example: 450)
    let factor = reader.number(
      "flowMeter.hertzPerLitrePerMinute", in: 0.02...1600, "a number of hertz per litre per minute",
      example: 7.5)
    if perLitre != nil, factor != nil {
      reader.complain(
        "flowMeter.pulsesPerLitre and flowMeter.hertzPerLitrePerMinute are both set: keep one of them")
    }
    if let pulses = perLitre ?? factor.map({ $0 * 60 }) {
      // Thousandths of a pulse in a thousand litres: the ranges above are those of a calibration.
      do {
        tap.calibration = try FlowCalibration(
          pulses: UInt64((pulses * 1000).rounded()), microlitres: 1_000_000_000)
      } catch {
        reader.complain("\(error)")
      }
    }
    let hertz = reader.integer(
      "flowMeter.maximumHertz", in: 10...10_000, "a number of hertz", default: Int(plausibleRate.maximumHertz)
    )
    if let rate = try? PlausibleRate(maximumHertz: UInt32(hertz)) { plausibleRate = rate }
  }
}
