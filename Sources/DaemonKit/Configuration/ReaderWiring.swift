/// Which card reader there is and where it is connected.
public struct ReaderWiring: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case rc522
    /// A serial reader that sends one UID a line (VMA405), in hexadecimal or in decimal digits.
    case serialHexadecimal = "serial-hexadecimal"
    case serialDecimal = "serial-decimal"
    /// 125 kHz readers of the RDM6300 kind.
    case rdm6300
  }

  public var kind = Kind.rc522
  /// The RC522's NRSTPD pin; nil when it is not wired.
  public var resetPin: Int? = 25
  public var spiDevice = "/dev/spidev0.0"
  public var spiHertz = 1_000_000
  public var serialPort = "/dev/serial0"

  public init() {}

  public init(reading reader: inout SettingsReader) {
    kind = reader.choice("reader.kind", default: kind)
    resetPin = reader.optionalPin("pins.readerReset", aliases: ["PIN_RFID_RST"], default: resetPin)
    spiDevice = reader.text("spi.device", example: spiDevice) ?? spiDevice
    spiHertz = reader.integer("spi.hertz", in: 10_000...10_000_000, "a number of hertz", default: spiHertz)
    serialPort = reader.text("reader.port", example: serialPort) ?? serialPort
  }

  /// The bus that it is on.
  public var bus: BusUse {
    kind == .rc522 ? BusUse(spiDevice, key: "spi.device") : BusUse(serialPort, key: "reader.port")
  }

  /// The GPIOs that it takes, besides those of its bus.
  public var pins: [PinUse] {
    guard kind == .rc522, let resetPin else { return [] }
    return [PinUse(resetPin, key: "pins.readerReset", role: "reader reset")]
  }
}
