import DaemonKit
import FlowControl
import PanelKit
import PiHAL

/// All that can be configured. `docs/tapd/configuration.md` lists the same keys for people.
struct TapdConfiguration: Sendable, Equatable {
  /// Where everything is connected. Numbers are BCM numbers.
  struct Wiring: Sendable, Equatable {
    /// The header chip's device or label; nil finds it by its label.
    var chip: String?
    var valvePin = 18
    var valveActiveLow = false
    var flowMeterPin = 23
    var flowMeterBias = Bias.pullUp
    var flowMeterEdge = PulseEdge.falling
    var reader = ReaderWiring()

    /// The edge that counts as a pulse: each pulse has two.
    enum PulseEdge: String, Sendable, CaseIterable {
      case rising, falling

      var edge: Edge {
        switch self {
        case .rising: .rising
        case .falling: .falling
        }
      }
    }

    /// The GPIOs that are taken.
    var pins: [PinUse] {
      [
        PinUse(valvePin, key: "pins.valve", role: "valve"),
        PinUse(flowMeterPin, key: "pins.flowMeter", role: "flow meter"),
      ] + reader.pins
    }
  }

  var tap = TapSettings()
  var language = Language.english
  var wiring = Wiring()
  /// What the flow meter can give at most; faster edges are noise.
  var plausibleRate = PlausibleRate.yfS201
  var stateDirectory = "/var/lib/tapd"
  var panelHost = "127.0.0.1"
  var panelPort = standardPanelPort
}

extension TapdConfiguration {
  /// What the daemon with this configuration keeps its books on.
  var basis: LedgerBasis {
    LedgerBasis(currency: tap.currency, decimals: tap.currencyDecimals, taps: [tap.tap])
  }
}

/// A rate as people read it: `5.0 l/min`.
func litresPerMinuteText(_ microlitresPerSecond: Int64) -> String {
  decimalText(microlitresPerSecond * 60 / 100_000, decimals: 1) + " l/min"
}

extension TapdConfiguration: DaemonConfiguration {
  static let daemon = "tapd"
  static let standardPanelPort = 8090

  init(reading reader: inout SettingsReader) {
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
    wiring.chip = reader.headerChip()
    wiring.valvePin = reader.pin("pins.valve", aliases: ["PIN_VANNE"], default: wiring.valvePin)
    wiring.valveActiveLow = reader.bool("pins.valveActiveLow", default: wiring.valveActiveLow)
    wiring.flowMeterPin = reader.pin(
      "pins.flowMeter", aliases: ["PIN_COMPTEUR"], default: wiring.flowMeterPin)
    wiring.flowMeterBias = reader.choice("pins.flowMeterBias", default: wiring.flowMeterBias)
    wiring.flowMeterEdge = reader.choice("pins.flowMeterEdge", default: wiring.flowMeterEdge)
    wiring.reader = ReaderWiring(reading: &reader)
    reader.checkPins(wiring.pins, buses: [wiring.reader.bus])
  }

  private mutating func readPour(_ reader: inout SettingsReader) {
    func millilitres(_ key: String, in range: ClosedRange<Int>, _ microlitres: Int64) -> Int64 {
      Int64(reader.integer(key, in: range, "a number of millilitres", default: Int(microlitres / 1000)))
        * 1000
    }
    readFlowMeter(&reader)
    tap.removalGrace = reader.duration(
      "pour.removalGraceMilliseconds", milliseconds: 0...5000, default: tap.removalGrace)
    tap.noFlowTimeout = reader.duration(
      "pour.noFlowMilliseconds", milliseconds: 2000...120_000, default: tap.noFlowTimeout)
    tap.maximumPour = reader.duration(
      "pour.maximumMilliseconds", milliseconds: 5000...600_000, default: tap.maximumPour)
    tap.maximumMaintenance = reader.duration(
      "pour.maximumMaintenanceMilliseconds", milliseconds: 5000...3_600_000, default: tap.maximumMaintenance)
    tap.doneScreen = reader.duration(
      "screen.doneMilliseconds", milliseconds: 1000...60_000, default: tap.doneScreen)
    tap.refusedScreen = reader.duration(
      "screen.refusedMilliseconds", milliseconds: 1000...60_000, default: tap.refusedScreen)
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
    plausibleRate = PlausibleRate(of: tap.calibration)
    let hertz = reader.integer(
      "flowMeter.maximumHertz", in: 10...100_000, "a number of hertz",
      default: Int(plausibleRate.maximumHertz)
    )
    if let rate = try? PlausibleRate(maximumHertz: UInt32(hertz)) { plausibleRate = rate }
    let fastest = plausibleRate.microlitresPerSecond(of: tap.calibration)
    if fastest < Self.fastestPour {
      reader.complain(
        "flowMeter.maximumHertz of \(plausibleRate.maximumHertz) lets \(tap.calibration) count only "
          + "\(litresPerMinuteText(fastest)) and drops what a tap pours beyond that: leave it out, or give "
          + "at least \(hertzNeeded)")
    }
  }

  /// What any tap may pour: 5 L/min, in microlitres per second.
  private static let fastestPour: Int64 = 83_334

  private var hertzNeeded: UInt64 { tap.calibration.pulses(reachingMicrolitres: Self.fastestPour) }
}
