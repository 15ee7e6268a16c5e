import DaemonKit
import PiHAL
import RC522

/// How to open what the lock is wired to. Each is called on the thread that will own the device, and again when
/// that has failed.
struct LockHardware: Sendable {
  var openReader: @Sendable () throws -> any CardReader
  /// The four relays, which are switched together.
  var openRelays: @Sendable () throws -> any LeasedOutput
  /// Red and green, in this order.
  var openLights: @Sendable () throws -> any LeasedOutput
  /// The inputs that show what is brewed; there may be none.
  var brewInputs: [Drink: @Sendable () throws -> any BrewInput] = [:]

  static let relayCount = 4
}

/// An input that shows that a drink is brewed: the machine's button, or the current of its pump. It belongs to one
/// thread.
protocol BrewInput: AnyObject {
  /// How often it was pressed since the last call.
  /// - Throws: ``PiHALError`` when the line is gone: open it anew.
  func presses() throws(PiHALError) -> Int
}

extension Lights {
  /// Red and green.
  var levels: [Bool] {
    switch self {
    case .ready: [true, false]
    case .active: [false, true]
    case .master: [true, true]
    case .off: [false, false]
    }
  }
}

#if os(Linux)
  import Synchronization

  extension LockHardware {
    /// The pins and buses of this Raspberry Pi.
    static func linux(_ wiring: CoffeeWiring) -> LockHardware {
      var inputs: [Drink: @Sendable () throws -> any BrewInput] = [:]
      for drink in wiring.brewPins.keys {
        inputs[drink] = {
          guard let lines = try wiring.brewLine(drink) else { return NoBrewInput() }
          return try ButtonPresses(lines, quietTime: wiring.brewDebounce)
        }
      }
      return LockHardware(
        openReader: { try wiring.reader.open(headerChip: wiring.chip, daemon: CoffeedConfiguration.daemon) },
        openRelays: {
          // Each order says for how long; this bounds what the machine could ever ask for.
          let longest = LockSettings().longestActivation + .seconds(10)
          return try GuardedLines(
            wiring.relayLines(), maximumActive: Array(repeating: longest, count: relayCount))
        },
        openLights: {
          // A light may be on for as long as the machine is.
          try GuardedLines(
            wiring.ledLines(), maximumActive: Array(repeating: .seconds(100 * 365 * 86_400), count: 2))
        },
        brewInputs: inputs)
    }
  }

  /// A contact that is watched by the kernel's events, so that no press between two looks is missed.
  private final class ButtonPresses: BrewInput {
    private let place: String
    private let counter: Counter
    private let task: Task<Void, Never>

    private final class Counter: Sendable {
      let presses = Atomic<Int>(0)
      let hasEnded = Atomic<Bool>(false)
    }

    init(_ lines: InputLines, quietTime: Duration) throws(PiHALError) {
      let button = try ButtonEvents(lines, quietTime: quietTime)
      let counter = Counter()
      place = lines.consumer
      self.counter = counter
      task = Task {
        for await event in button.events where event.isActive { counter.presses.add(1, ordering: .relaxed) }
        counter.hasEnded.store(true, ordering: .relaxed)
      }
    }

    deinit { task.cancel() }

    func presses() throws(PiHALError) -> Int {
      let count = counter.presses.exchange(0, ordering: .relaxed)
      guard count == 0, counter.hasEnded.load(ordering: .relaxed) else { return count }
      throw PiHALError(.disconnected, place: place, problem: "is not watched any more")
    }
  }

  /// Of a drink that no line is wired for.
  private final class NoBrewInput: BrewInput {
    func presses() throws(PiHALError) -> Int { 0 }
  }
#endif
