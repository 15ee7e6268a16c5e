/// A bus that comes out on the 40-pin header, and the GPIOs that it takes there.
public struct HeaderBus: Equatable, Sendable {
  /// As the Raspberry Pi's documentation calls it: `SPI0`.
  public let name: String
  /// The bus's signals by BCM number: `MOSI` at 10.
  public let signals: [Int: String]

  /// The bus that a device file belongs to.
  ///
  /// Known are those that have the same GPIOs on every model with 40 pins (the kernel's `overlays/README`): SPI0, SPI1,
  /// I2C1 and the first serial port. A chip select is the device's own; the bus's others may be free.
  /// - Returns: nil for any other device, such as a USB adapter.
  public init?(device path: String) {
    switch path {
    case "/dev/serial0", "/dev/ttyAMA0", "/dev/ttyS0": self.init("the serial port", [14: "TXD", 15: "RXD"])
    case "/dev/i2c-1": self.init("I2C1", [2: "SDA", 3: "SCL"])
    case _ where path.hasPrefix("/dev/spidev0."):
      self.init("SPI0", [9: "MISO", 10: "MOSI", 11: "SCLK"], chipSelects: [8, 7], of: path)
    case _ where path.hasPrefix("/dev/spidev1."):
      self.init("SPI1", [19: "MISO", 20: "MOSI", 21: "SCLK"], chipSelects: [18, 17, 16], of: path)
    default: return nil
    }
  }

  private init(_ name: String, _ signals: [Int: String], chipSelects: [Int] = [], of path: String = "") {
    var signals = signals
    for (number, pin) in chipSelects.enumerated() where path.hasSuffix(".\(number)") {
      signals[pin] = "CE\(number)"
    }
    self.name = name
    self.signals = signals
  }

  /// The devices of the buses that are known.
  public static let devices =
    ["/dev/spidev0.0", "/dev/spidev0.1", "/dev/spidev1.0", "/dev/spidev1.1", "/dev/spidev1.2", "/dev/i2c-1"]
    + ["/dev/serial0", "/dev/ttyAMA0", "/dev/ttyS0"]
}
