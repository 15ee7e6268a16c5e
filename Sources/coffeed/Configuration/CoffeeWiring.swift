import DaemonKit
import PiHAL

/// Where everything is connected. Numbers are BCM numbers.
struct CoffeeWiring: Sendable, Equatable {
  /// Which change of an input is the press of a button, or the start of a current.
  enum Press: String, Sendable, CaseIterable { case rising, falling }

  /// The header chip's device or label; nil finds it by its label.
  var chip: String?
  var powerPin = 17
  var singlePin = 27
  var doublePin = 22
  var steamPin = 23
  var relaysActiveLow = false
  var redPin = 5
  var greenPin = 6
  var ledsActiveLow = false
  /// The inputs that show what is brewed; none is needed.
  var brewPins: [Drink: Int] = [:]
  var brewBias = Bias.pullUp
  var brewPress = Press.falling
  /// How long a brew input must rest until a change counts.
  var brewDebounce = Duration.milliseconds(30)
  var reader = ReaderWiring()

  /// The drinks that a brew input can tell.
  static let brewedDrinks: [Drink] = [.single, .double, .steam]

  /// The relays' lines in their order: power, single, double, steam.
  var relays: [PinUse] {
    [
      PinUse(powerPin, key: "pins.relayPower", role: "power relay"),
      PinUse(singlePin, key: "pins.relaySingle", role: "single coffee relay"),
      PinUse(doublePin, key: "pins.relayDouble", role: "double coffee relay"),
      PinUse(steamPin, key: "pins.relaySteam", role: "steam relay"),
    ]
  }

  /// The LEDs' lines in their order: red, green.
  var leds: [PinUse] {
    [
      PinUse(redPin, key: "pins.ledRed", role: "red LED"),
      PinUse(greenPin, key: "pins.ledGreen", role: "green LED"),
    ]
  }

  /// The brew inputs that are wired.
  var brewInputs: [PinUse] {
    Self.brewedDrinks.compactMap { drink in
      brewPins[drink].map { PinUse($0, key: Self.brewKey(drink), role: "\(drink.rawValue) brew input") }
    }
  }

  /// What is wrong where only what was brewed is charged and no brew input is wired.
  static let missingBrewInputs = """
    only what was brewed is to be charged, and no brew input is wired: each unlock is charged. Wire \
    pins.brewSingle, pins.brewDouble or pins.brewSteam, or run `coffeed settings set --charges-drinks false`
    """

  /// The GPIOs that are taken.
  var pins: [PinUse] { relays + leds + brewInputs + reader.pins }

  /// `pins.brewSingle`.
  static func brewKey(_ drink: Drink) -> String {
    let word = drink.rawValue
    return "pins.brew" + word.prefix(1).uppercased() + word.dropFirst()
  }
}

extension CoffeeWiring {
  init(reading reader: inout SettingsReader) {
    chip = reader.headerChip()
    powerPin = reader.pin("pins.relayPower", default: powerPin)
    singlePin = reader.pin("pins.relaySingle", default: singlePin)
    doublePin = reader.pin("pins.relayDouble", default: doublePin)
    steamPin = reader.pin("pins.relaySteam", default: steamPin)
    relaysActiveLow = reader.bool("pins.relaysActiveLow", default: relaysActiveLow)
    redPin = reader.pin("pins.ledRed", default: redPin)
    greenPin = reader.pin("pins.ledGreen", default: greenPin)
    ledsActiveLow = reader.bool("pins.ledsActiveLow", default: ledsActiveLow)
    for drink in Self.brewedDrinks {
      brewPins[drink] = reader.optionalPin(Self.brewKey(drink), default: nil)
    }
    brewBias = reader.choice("brew.bias", default: brewBias)
    brewPress = reader.choice("brew.edge", default: brewPress)
    brewDebounce = reader.duration("brew.debounceMilliseconds", milliseconds: 1...2000, default: brewDebounce)
    self.reader = ReaderWiring(reading: &reader)
    reader.checkPins(pins, buses: [self.reader.bus])
  }
}

#if os(Linux)
  extension CoffeeWiring {
    /// The relays' lines, with their safe level: open, so that the machine is locked.
    func relayLines() throws(PiHALError) -> OutputLines {
      OutputLines(
        chip: try GPIOChip.header(override: chip), lines: relays.map(\.pin), isActiveLow: relaysActiveLow,
        consumer: "coffeed relays")
    }

    /// The LEDs' lines, with their safe level: dark.
    func ledLines() throws(PiHALError) -> OutputLines {
      OutputLines(
        chip: try GPIOChip.header(override: chip), lines: leds.map(\.pin), isActiveLow: ledsActiveLow,
        consumer: "coffeed LEDs")
    }

    /// The line that shows that a drink is brewed, active while it is; nil when none is wired.
    func brewLine(_ drink: Drink) throws(PiHALError) -> InputLines? {
      guard let pin = brewPins[drink] else { return nil }
      return InputLines(
        chip: try GPIOChip.header(override: chip), lines: [pin], isActiveLow: brewPress == .falling,
        bias: brewBias, consumer: "coffeed \(drink.rawValue) brew input")
    }
  }
#endif
