#if os(Linux)
  import PiHAL
  import RC522

  extension ReaderWiring {
    /// Opens the reader on this Raspberry Pi.
    /// - Parameters:
    ///   - headerChip: the header chip's device or label; nil finds it by its label.
    ///   - daemon: who the kernel shows as the holder of its lines.
    public func open(headerChip: String?, daemon: String) throws -> any CardReader {
      switch kind {
      case .rc522: RC522Reader(chip: try openChip(headerChip: headerChip, daemon: daemon))
      case .serialHexadecimal: try openSerial(CardLineParser(notation: .hexadecimal))
      case .serialDecimal: try openSerial(CardLineParser(notation: .decimal))
      case .rdm6300: try openSerial(RDM6300Parser())
      }
    }

    /// The RC522 on its bus, untouched.
    func openChip(headerChip: String?, daemon: String) throws(PiHALError) -> MFRC522 {
      try MFRC522(clock: SystemClock(), place: "RC522 at \(spiDevice)") { () throws(PiHALError) in
        let bus = try LinuxSPIDevice(path: spiDevice, hertz: UInt32(spiHertz))
        var reset: LinuxDigitalOutput?
        if let resetPin {
          reset = try LinuxDigitalOutput(
            OutputLines(
              chip: try GPIOChip.header(override: headerChip), lines: [resetPin], isActiveLow: true,
              consumer: "\(daemon) reader reset"))
        }
        return (bus, reset)
      }
    }

    private func openSerial(_ parser: some CardFrameParser) throws -> any CardReader {
      try SerialCardReader(parser: parser, clock: SystemClock(), place: "card reader at \(serialPort)") {
        () throws(PiHALError) in try LinuxSerialLine(path: serialPort, baud: 9600)
      }
    }
  }
#endif
