import DaemonKit
import PanelKit
import PiHAL
import RC522
import Synchronization
import VirtualPi

/// The board of `coffeed demo`: a virtual Raspberry Pi in a coffee machine, and some cards on the table beside it.
final class DemoMachine: CoffeeBoardControl {
  /// Where everything is connected here: as on a real board, and with an input for each drink.
  static var wiring: CoffeeWiring {
    var wiring = CoffeeWiring()
    wiring.brewPins = [.single: 24, .double: 12, .steam: 16]
    return wiring
  }

  static let masterUID: [UInt8] = [0x3A, 0x57, 0xE2, 0x00]

  let table: DemoTable
  let snapshots: Broadcaster<CoffeeBoardSnapshot>
  private let life: Int
  private let clock: any MonotonicClock
  private let brewing = Mutex<Brewing?>(nil)
  private let wait = Mutex(Wait())

  private struct Brewing {
    var drink: Drink
    var began: MonotonicInstant
    var length: Duration
  }

  /// From a card on the reader to the relays.
  private struct Wait {
    var began: MonotonicInstant?
    var newest: Duration?
  }

  var master: Token? { UID(Self.masterUID).map { Token($0) } }
  private var board: VirtualBoard { table.board }

  /// - Parameter life: how often the daemon was started, this time included.
  init(life: Int, clock: any MonotonicClock = SystemClock()) {
    self.life = life
    self.clock = clock
    let board = VirtualBoard(clock: clock)
    let reader = VirtualMFRC522(clock: clock, airTime: true)
    if let pin = Self.wiring.reader.resetPin { reader.connectReset(to: pin, of: board) }
    table = DemoTable(
      board: board, reader: reader,
      cards: DemoBooks.cards.map { .init(id: $0.id, label: $0.label, card: $0.card) } + [
        .init(id: "master", label: "Master card", card: VirtualCard(uid: Self.masterUID)),
        .init(id: "stranger", label: "Unknown card", card: VirtualCard(uid: [0x5E, 0xED, 0xCA, 0x4D])),
      ])
    snapshots = Broadcaster(
      Self.view(table, nil, nil, at: clock.now, lock: LockView(), usages: 0, life: life))
    board.onTransition { [weak self] transition in self?.relaysMoved(at: transition.instant) }
  }

  private func relaysMoved(at now: MonotonicInstant) {
    guard Self.isUnlocked(board) else { return }
    wait.withLock { wait in
      guard let began = wait.began else { return }
      wait = Wait(newest: began.duration(to: now))
    }
  }

  /// What the lock is wired to, here.
  var hardware: LockHardware {
    let wiring = Self.wiring
    let board = board
    var inputs: [Drink: @Sendable () throws -> any BrewInput] = [:]
    for (drink, pin) in wiring.brewPins {
      inputs[drink] = {
        VirtualBrewInput(
          try board.edgeCounter(
            line: pin, edge: .rising, activeLow: wiring.brewPress == .falling, bias: wiring.brewBias,
            consumer: "coffeed \(drink.rawValue) brew input"))
      }
    }
    return LockHardware(
      openReader: { [table] in
        try table.openReader(resetPin: wiring.reader.resetPin, daemon: CoffeedConfiguration.daemon)
      },
      openRelays: {
        // Nothing guards them: when this process dies the board dies with it.
        UnguardedOutput(
          try board.output(
            lines: wiring.relays.map(\.pin), activeLow: wiring.relaysActiveLow, consumer: "coffeed relays"))
      },
      openLights: {
        UnguardedOutput(
          try board.output(
            lines: wiring.leds.map(\.pin), activeLow: wiring.ledsActiveLow, consumer: "coffeed LEDs"))
      },
      brewInputs: inputs)
  }

  /// Lets coffee run and keeps the page up to date, until the task is cancelled.
  func run(lock: @escaping @Sendable () -> LockView, usages: @escaping @Sendable () -> Int) async {
    while !Task.isCancelled {
      let now = clock.now
      let brewing = brewing.withLock { brewing in
        if let running = brewing, running.began.duration(to: now) >= running.length { brewing = nil }
        return brewing
      }
      snapshots.send(
        Self.view(
          table, brewing, wait.withLock { $0.newest }, at: now, lock: lock(), usages: usages(), life: life))
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  func perform(_ gesture: BoardGesture) async throws(BoardControlError) {
    if case .card(_, let isOnReader) = gesture {
      wait.withLock { $0.began = isOnReader && !Self.isUnlocked(board) ? clock.now : nil }
    }
    try table.perform(gesture)
  }

  /// The machine's own buttons: they do something while its relays are on, and then the pump's current shows at the
  /// drink's input.
  func press(_ drink: Drink) async throws(BoardControlError) {
    guard let pin = Self.wiring.brewPins[drink], Self.isUnlocked(board) else { return }
    let now = clock.now
    let isFree = brewing.withLock { brewing in
      guard brewing == nil else { return false }
      brewing = Brewing(drink: drink, began: now, length: drink.brewTime)
      return true
    }
    guard isFree else { return }
    let pressed = Self.wiring.brewPress == .rising
    board.drive(pin, pressed)
    try? await Task.sleep(for: .milliseconds(200))
    board.drive(pin, nil)
  }

  private static func isUnlocked(_ board: VirtualBoard) -> Bool {
    wiring.relays.allSatisfy { board.isOutput($0.pin) && board.level(of: $0.pin) != wiring.relaysActiveLow }
  }

  private static func view(
    _ table: DemoTable, _ brewing: Brewing?, _ wait: Duration?, at now: MonotonicInstant, lock: LockView,
    usages: Int, life: Int
  ) -> CoffeeBoardSnapshot {
    let board = table.board
    func isOn(_ use: PinUse, activeLow: Bool) -> Bool {
      board.isOutput(use.pin) && board.level(of: use.pin) != activeLow
    }
    let lights = wiring.leds.map { isOn($0, activeLow: wiring.ledsActiveLow) }
    let progress = brewing.map {
      min(1, Double($0.began.duration(to: now).wholeNanoseconds) / Double($0.length.wholeNanoseconds))
    }
    return CoffeeBoardSnapshot(
      cards: table.boardCards, reader: table.boardReader, pins: table.boardPins(wiring.pins),
      relays: wiring.relays.map { isOn($0, activeLow: wiring.relaysActiveLow) }, isRedOn: lights[0],
      isGreenOn: lights[1], drink: brewing?.drink, progress: progress ?? 0, lock: lock, usages: usages,
      unlockedAfter: wait.map { Double($0.wholeNanoseconds) / 1e6 }, isDaemonRunning: true, daemonStarts: life
    )
  }
}

extension Drink {
  /// How long the demo's machine takes for it.
  fileprivate var brewTime: Duration {
    switch self {
    case .single: .seconds(5)
    case .double: .seconds(8)
    case .steam, .unknown: .seconds(4)
    }
  }
}

/// A brew input on the virtual board.
private final class VirtualBrewInput: BrewInput {
  private let counter: VirtualEdgeCounter
  private var seen: UInt64 = 0

  init(_ counter: VirtualEdgeCounter) { self.counter = counter }

  func presses() throws(PiHALError) -> Int {
    let total = try counter.read().total
    defer { seen = total }
    return Int(clamping: total - seen)
  }
}
