import Foundation
import PiHAL

@testable import RC522

/// A reader with a scripted chip, polled ten times a second.
final class Bench {
  let clock = ManualClock()
  let chip: ScriptedChip
  let resetLine: ScriptedResetLine
  let driver: MFRC522
  let reader: RC522Reader
  var interval = Duration.milliseconds(100)

  init(hasResetLine: Bool = true, configuration: RC522Reader.Configuration = .init()) {
    chip = ScriptedChip(clock: clock)
    resetLine = ScriptedResetLine(chip: chip)
    driver = MFRC522(
      spi: chip, reset: hasResetLine ? resetLine : nil, clock: clock, place: "RC522 on the bench")
    reader = RC522Reader(chip: driver, configuration: configuration)
  }

  /// A started reader with an empty field, whose next health probe is not due at once.
  static func started(configuration: RC522Reader.Configuration = .init()) throws -> Bench {
    let bench = Bench(configuration: configuration)
    _ = try bench.poll()
    return bench
  }

  @discardableResult
  func put(_ uid: String, acknowledge: UInt8 = 0x08) -> ScriptedCard {
    let card = ScriptedCard(UID(uid)!, acknowledge: acknowledge)
    chip.cards.append(card)
    return card
  }

  func take(_ card: ScriptedCard) {
    chip.cards.removeAll { $0 === card }
    card.powerOff()
  }

  func poll() throws -> [CardEvent] {
    clock.sleep(for: interval)
    return try reader.poll()
  }

  /// Polls several times; faults are kept as well.
  func poll(times: Int) -> (events: [CardEvent], faults: [RC522Error]) {
    var events: [CardEvent] = []
    var faults: [RC522Error] = []
    for _ in 0..<times {
      clock.sleep(for: interval)
      do throws(RC522Error) { events += try reader.poll() } catch { faults.append(error) }
    }
    return (events, faults)
  }

  /// How many SPI calls one poll makes.
  func callsOfPoll() throws -> Int {
    let before = chip.calls
    _ = try poll()
    return chip.calls - before
  }
}

/// Whether the long versions of tests run.
let isThorough = ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] == "1"
