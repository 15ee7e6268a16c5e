#if os(Linux)
  import DaemonKit
  import FlowControl
  import PiHAL

  extension TapHardware {
    /// The pins and buses of this Raspberry Pi.
    static func linux(_ configuration: TapdConfiguration) -> TapHardware {
      let wiring = configuration.wiring
      return TapHardware(
        openReader: { try wiring.reader.open(headerChip: wiring.chip, daemon: TapdConfiguration.daemon) },
        openValve: { try GuardedLines(wiring.valveLines(), maximumActive: [configuration.tap.longestOpen]) },
        openFlowMeter: {
          let counter = try LinuxEdgeCounter(
            try wiring.flowMeterLines(), edge: wiring.flowMeterEdge.edge,
            minimumInterval: configuration.plausibleRate.minimumInterval)
          return FlowMeter(
            counter: counter, calibration: configuration.tap.calibration,
            plausible: configuration.plausibleRate)
        })
    }
  }

  extension TapdConfiguration.Wiring {
    /// The valve's line with its safe level: closed.
    func valveLines() throws(PiHALError) -> OutputLines {
      OutputLines(
        chip: try GPIOChip.header(override: chip), lines: [valvePin], isActiveLow: valveActiveLow,
        consumer: "tapd valve")
    }

    func flowMeterLines() throws(PiHALError) -> InputLines {
      InputLines(
        chip: try GPIOChip.header(override: chip), lines: [flowMeterPin], bias: flowMeterBias,
        consumer: "tapd flow meter")
    }
  }
#endif

extension TapSettings {
  /// What the machine itself may need to close a valve whose time is over, before the guard does it.
  static let timeToClose = Duration.seconds(10)

  /// No valve is open for longer, whatever the machine says: the longest pour and some time to close it.
  var longestOpen: Duration { max(maximumPour, maximumMaintenance) + Self.timeToClose }
}
