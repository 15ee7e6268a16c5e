import PiHAL

/// A GPIO that a setting has given to something.
public struct PinUse: Equatable, Sendable {
  /// The BCM number.
  public var pin: Int
  /// The setting: `pins.readerReset`.
  public var key: String
  /// What is connected there, in words: `reader reset`.
  public var role: String

  public init(_ pin: Int, key: String, role: String) {
    self.pin = pin
    self.key = key
    self.role = role
  }
}

/// A device of a bus that a setting names.
public struct BusUse: Equatable, Sendable {
  /// Its file: `/dev/spidev0.0`.
  public var device: String
  /// The setting: `spi.device`.
  public var key: String

  public init(_ device: String, key: String) {
    self.device = device
    self.key = key
  }
}

extension SettingsReader {
  private static let pins = 0...53

  /// The header chip's device or label; nil to find it by its label.
  public mutating func headerChip() -> String? { text("board.chip", example: "/dev/gpiochip0") }

  /// The BCM number of a GPIO.
  public mutating func pin(_ key: String, aliases: [String] = [], default value: Int) -> Int {
    integer(key, aliases: aliases, in: Self.pins, "a GPIO (BCM number)", default: value)
  }

  /// The BCM number of a GPIO that need not be wired; -1 says so.
  public mutating func optionalPin(_ key: String, aliases: [String] = [], default value: Int?) -> Int? {
    let pin = integer(
      key, aliases: aliases, in: -1...Self.pins.upperBound, "a GPIO (BCM number), or -1 for none,",
      default: value ?? -1)
    return pin < 0 ? nil : pin
  }

  /// Complains where two settings name the same GPIO, or one a GPIO that a bus in use needs.
  public mutating func checkPins(_ used: [PinUse], buses: [BusUse]) {
    var taken: [Int: String] = [:]
    for use in used {
      for bus in buses {
        guard let header = HeaderBus(device: bus.device), let signal = header.signals[use.pin] else {
          continue
        }
        complain(
          "\(use.key) is GPIO\(use.pin), which is \(signal) of \(header.name), "
            + "and \(bus.key) is \(bus.device): wire the \(use.role) to another pin")
      }
      if let other = taken[use.pin] {
        complain("\(use.key) and \(other) are both GPIO\(use.pin): give each a line of its own")
      }
      taken[use.pin] = use.key
    }
  }
}
