import PiHAL
import Synchronization
import VirtualPi

/// What is wired to the test kernel's header: a card reader with cards; and, as asked for, a valve with a tap and
/// its flow sensor behind it, or the relays of a machine.
///
/// A ``VirtualBoard`` stands between: the levels of the kernel's output lines are copied to it, where
/// VirtualPi's models see them, and the edges that the models make are copied back.
final class World: Sendable {
  struct Wiring {
    var resetLine: Int? = 25
    /// VersionReg of the reader.
    var version: UInt8 = 0x92
    var tap: TapWiring?
    var relays: RelayWiring?
  }

  let chip: VirtualMFRC522
  /// - Throws: ``WorldError`` where none is wired.
  var tap: WiredTap {
    get throws(WorldError) {
      guard let wiredTap else { throw WorldError("no tap is wired: start pi-world with --valve") }
      return wiredTap
    }
  }
  /// - Throws: ``WorldError`` where none are wired.
  var relays: WiredRelays {
    get throws(WorldError) {
      guard let wiredRelays else { throw WorldError("no relays are wired: start pi-world with --relays") }
      return wiredRelays
    }
  }
  let wiredTap: WiredTap?
  let wiredRelays: WiredRelays?
  let clock = SystemClock()
  /// Every card that was ever named, so that its memory survives its removal.
  private let cards = Mutex<[[UInt8]: VirtualCard]>([:])
  private let board: VirtualBoard
  /// Lines that the Pi drives and a model sees.
  private let outputs: [HeaderLine]

  /// - Parameter header: the chip's directory in sysfs, `$SIM_GPIO`.
  init(header: String, wiring: Wiring) throws(WorldError) {
    let clock = self.clock
    let board = VirtualBoard(clock: clock)
    chip = VirtualMFRC522(clock: clock, version: wiring.version, airTime: true)

    // The levels are copied before anything is wired to the board, so that the models start with what is so.
    var outputs: [HeaderLine] = []
    if let number = wiring.resetLine {
      let reset = try HeaderLine(chip: header, number: number)
      try reset.pull(true)
      outputs.append(reset)
      let level = try reset.level()
      board.drive(number, level)
      chip.connectReset(to: number, of: board)
      board.drive(number, level)
    }
    if let tap = wiring.tap {
      let valve = try HeaderLine(chip: header, number: tap.valveLine)
      // A relay that closes at low level pulls its input up.
      try valve.pull(tap.isValveActiveLow)
      outputs.append(valve)
      board.drive(valve.number, try valve.level())
    }
    self.outputs = outputs
    self.board = board
    wiredTap = try wiring.tap.map { tap throws(WorldError) in
      try WiredTap(tap, header: header, board: board, clock: clock)
    }
    wiredRelays = try wiring.relays.map { relays throws(WorldError) in
      try WiredRelays(relays, header: header, clock: clock)
    }
  }

  /// Copies levels and lets things happen, for ever. Owns the calling thread.
  func run() throws(WorldError) -> Never {
    while true {
      for line in outputs { board.drive(line.number, try line.level()) }
      try wiredTap?.advance()
      try wiredRelays?.look()
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
