import PiHAL
import Synchronization
import VirtualPi

/// What is wired to the test kernel's header: a card reader with cards, a valve with a tap behind it, and its
/// flow sensor.
///
/// A ``VirtualBoard`` stands between: the levels of the kernel's output lines are copied to it, where
/// VirtualPi's models see them, and the edges that the models make are copied back.
final class World: Sendable {
  struct Wiring {
    var valveLine = 18
    var isValveActiveLow = false
    var sensorLine = 23
    var resetLine: Int? = 25
    var pulsesPerLitre = 450
    /// VersionReg of the reader.
    var version: UInt8 = 0x92
  }

  let chip: VirtualMFRC522
  let tap: VirtualTap
  let sensor: SensorLine
  /// Every card that was ever named, so that its memory survives its removal.
  private let cards = Mutex<[[UInt8]: VirtualCard]>([:])
  private let board: VirtualBoard
  private let clock = SystemClock()
  /// Lines that the Pi drives.
  private let outputs: [HeaderLine]

  /// - Parameter header: the chip's directory in sysfs, `$SIM_GPIO`.
  init(header: String, wiring: Wiring) throws(WorldError) {
    board = VirtualBoard(clock: clock)
    chip = VirtualMFRC522(clock: clock, version: wiring.version, airTime: true)

    let valve = try HeaderLine(chip: header, number: wiring.valveLine)
    // A relay that closes at low level pulls its input up.
    try valve.pull(wiring.isValveActiveLow)
    var outputs = [valve]
    if let number = wiring.resetLine {
      let reset = try HeaderLine(chip: header, number: number)
      try reset.pull(true)
      outputs.append(reset)
    }
    self.outputs = outputs
    // Before anything is wired to the board, so that the models start with what is so.
    for line in outputs { board.drive(line.number, try line.level()) }
    if let number = wiring.resetLine {
      let level = board.level(of: number)
      chip.connectReset(to: number, of: board)
      board.drive(number, level)
    }

    var configuration = VirtualTap.Configuration(
      valveLine: wiring.valveLine, sensorLine: wiring.sensorLine)
    configuration.isValveActiveLow = wiring.isValveActiveLow
    configuration.pulsesPerLitre = wiring.pulsesPerLitre
    sensor = SensorLine(try HeaderLine(chip: header, number: wiring.sensorLine), clock: clock)
    tap = VirtualTap(board: board, configuration: configuration)
    board.onTransition { [sensor, number = wiring.sensorLine] transition in
      if transition.line == number { sensor.appendEdge() }
    }
  }

  /// Copies levels and lets the tap run, for ever. Owns the calling thread.
  func run() throws(WorldError) -> Never {
    while true {
      for line in outputs { board.drive(line.number, try line.level()) }
      tap.advance(to: clock.now)
      try sensor.sendDueEdge()
      clock.sleep(for: .milliseconds(2))
    }
  }

  /// The card with this UID; made when it is first named.
  func card(uid: [UInt8], product: VirtualCard.Product) -> VirtualCard {
    cards.withLock { cards in
      if let card = cards[uid] { return card }
      let card = VirtualCard(uid: uid, product: product)
      cards[uid] = card
      return card
    }
  }
}
