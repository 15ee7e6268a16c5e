#if os(Linux)
  import FlowControl
  import PiHAL
  import RC522

  extension TapHardware {
    /// The pins and buses of this Raspberry Pi.
    static func linux(_ configuration: TapdConfiguration) -> TapHardware {
      let wiring = configuration.wiring
      return TapHardware(
        openReader: { try openReader(wiring) },
        openValve: { try GuardedValve(wiring.valveLines(), longest: configuration.tap.longestOpen) },
        openFlowMeter: {
          let counter = try LinuxEdgeCounter(
            try wiring.flowMeterLines(), edge: wiring.flowMeterEdge,
            minimumInterval: configuration.plausibleRate.minimumInterval)
          return FlowMeter(
            counter: counter, calibration: configuration.tap.calibration,
            plausible: configuration.plausibleRate)
        })
    }

    private static func openReader(_ wiring: TapdConfiguration.Wiring) throws -> any CardReader {
      switch wiring.reader {
      case .rc522: RC522Reader(chip: try wiring.openChip())
      case .serialHexadecimal: try serialReader(wiring, CardLineParser(notation: .hexadecimal))
      case .serialDecimal: try serialReader(wiring, CardLineParser(notation: .decimal))
      case .rdm6300: try serialReader(wiring, RDM6300Parser())
      }
    }

    private static func serialReader(
      _ wiring: TapdConfiguration.Wiring, _ parser: some CardFrameParser
    ) throws -> any CardReader {
      SerialCardReader(
        line: try LinuxSerialLine(path: wiring.serialPort, baud: 9600), parser: parser, clock: SystemClock(),
        place: "card reader at \(wiring.serialPort)")
    }
  }

  extension TapdConfiguration.Wiring {
    /// The valve's line with its safe level: closed.
    func valveLines() throws(PiHALError) -> OutputLines {
      OutputLines(
        chip: try GPIOChip.header(override: chip), offsets: [valvePin], isActiveLow: valveActiveLow,
        consumer: "tapd valve")
    }

    func flowMeterLines() throws(PiHALError) -> InputLines {
      InputLines(
        chip: try GPIOChip.header(override: chip), offsets: [flowMeterPin], bias: flowMeterBias,
        consumer: "tapd flow meter")
    }

    /// The RC522 on its bus, untouched.
    func openChip() throws(PiHALError) -> MFRC522 {
      let bus = try LinuxSPIDevice(path: spiDevice, hertz: UInt32(spiHertz))
      var reset: LinuxDigitalOutput?
      if let pin = readerResetPin {
        reset = try LinuxDigitalOutput(
          OutputLines(
            chip: try GPIOChip.header(override: chip), offsets: [pin], isActiveLow: true,
            consumer: "tapd reader reset"))
      }
      return MFRC522(spi: bus, reset: reset, clock: SystemClock(), place: "RC522 at \(spiDevice)")
    }
  }

  /// The valve's line in the hands of a guard process.
  private final class GuardedValve: ValveLine {
    private let output: GuardedOutput

    init(_ lines: OutputLines, longest: Duration) throws(PiHALError) {
      output = try GuardedOutput(lines, maximumActive: [longest])
    }

    func set(open: Bool) throws(PiHALError) {
      if output.state == .gone { try output.restart() }
      try output.set(active: [open])
    }

    func renewLease() throws(PiHALError) { try output.renewLease() }
  }
#endif

extension TapSettings {
  /// No valve is open for longer, whatever the machine says: the longest pour and some time to close it.
  var longestOpen: Duration { max(maximumPour, maximumMaintenance) + .seconds(10) }
}
