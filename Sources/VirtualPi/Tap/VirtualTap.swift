import PiHAL
import Synchronization

/// A tap that does not exist: a keg, a valve on one line of a board, a hand lever, and a flow sensor that
/// sends its pulses into another line.
///
/// It knows exactly what ran through it, so that a test can compare what was charged with what was poured.
/// The same seed and the same events give the same pulses, however finely time is cut. Whoever owns time
/// calls ``advance(to:)``; everything else may be called from any thread.
public final class VirtualTap: Sendable {
  public struct Configuration: Sendable {
    /// BCM number of the line that opens the valve.
    public var valveLine: Int
    /// Whether the valve opens at the low level.
    public var isValveActiveLow = false
    /// BCM number of the line that the sensor pulses.
    public var sensorLine: Int
    /// Rising edges for a litre, 1 to 100,000; a YF-S201 gives 450.
    public var pulsesPerLitre = 450
    /// Flow with valve and lever wide open, 0 to 1,000,000.
    public var fullFlowMicrolitresPerSecond = 33_333.0
    /// Time constant with which the flow rises, 0 to 60,000.
    public var openingMilliseconds = 60.0
    /// Time constant with which it falls, 0 to 60,000: what runs on after closing.
    public var closingMilliseconds = 120.0
    /// How much faster it flows in the first half second after a pause of two seconds or more, while the
    /// line fills up again; 1 to 10.
    public var refillFactor = 1.5
    /// What is in the keg at first.
    public var kegMicrolitres: Int64 = 30_000_000
    /// Below this the keg foams: the flow is irregular, and the sensor counts air.
    public var foamBelowMicrolitres: Int64 = 300_000
    /// For so long gas follows the last drop, 0 to 600,000; then nothing turns the sensor any more.
    public var gasMilliseconds = 400
    /// So many times as fast as the drink the gas turns the sensor, 0 to 20.
    public var gasFactor = 2.0
    /// Whether the gas comes in spurts rather than steadily.
    public var gasSpurts = false
    /// Of the irregularity of foam and gas.
    public var seed: UInt64 = 1

    public init(valveLine: Int = 18, sensorLine: Int = 23) {
      self.valveLine = valveLine
      self.sensorLine = sensorLine
    }
  }

  /// What can be wrong with the valve, whatever its line says.
  public enum ValveFault: String, Sendable, Codable, CaseIterable {
    case stuckOpen, stuckClosed
  }

  private struct State {
    var model: TapModel
    /// Whole steps that have passed on the board's clock.
    var step: UInt64
    var valveChanges: [(instant: MonotonicInstant, isOpen: Bool)] = []
  }

  public let configuration: Configuration
  private let board: VirtualBoard
  private let state: Mutex<State>
  /// Held over a whole advance, so that pulses reach the board in order; never taken by an observer.
  private let advancing = Mutex(())

  /// Wires a tap to a board; its time starts at the board's present.
  public init(board: VirtualBoard, configuration: Configuration = Configuration()) {
    precondition(
      (1...100_000).contains(configuration.pulsesPerLitre), "pulsesPerLitre must be between 1 and 100,000")
    precondition(
      (0...1_000_000).contains(configuration.fullFlowMicrolitresPerSecond),
      "fullFlowMicrolitresPerSecond must be between 0 and 1,000,000")
    precondition(
      (0...60_000).contains(configuration.openingMilliseconds)
        && (0...60_000).contains(configuration.closingMilliseconds),
      "Time constants must be between 0 and 60,000 ms")
    precondition((1...10).contains(configuration.refillFactor), "refillFactor must be between 1 and 10")
    precondition(
      (0...600_000).contains(configuration.gasMilliseconds), "gasMilliseconds must be between 0 and 600,000")
    precondition((0...20).contains(configuration.gasFactor), "gasFactor must be between 0 and 20")
    self.board = board
    self.configuration = configuration
    state = Mutex(
      State(
        model: TapModel(configuration), step: board.clock.now.nanoseconds / TapModel.nanosecondsPerStep))
    board.drive(configuration.sensorLine, false)
    // A relay that closes at low level pulls its input up, so that an open line leaves it off.
    if configuration.isValveActiveLow { board.drive(configuration.valveLine, true) }
    let isOpen = board.level(of: configuration.valveLine) != configuration.isValveActiveLow
    state.withLock { $0.model.isValveOpen = isOpen }
    let (line, activeLow) = (configuration.valveLine, configuration.isValveActiveLow)
    board.onTransition { [weak self] transition in
      guard transition.line == line else { return }
      self?.state.withLock { $0.valveChanges.append((transition.instant, transition.level != activeLow)) }
    }
  }

  /// Lets time pass up to `instant`: liquid flows, pulses go into the sensor line with the instants at which
  /// they happen. An instant that has passed already changes nothing.
  public func advance(to instant: MonotonicInstant) {
    advancing.withLock { _ in
      let isPowered = board.isPowered
      let changes = state.withLock { state -> [(MonotonicInstant, Bool)] in
        state.model.isPowered = isPowered
        return Self.run(&state, until: instant.nanoseconds / TapModel.nanosecondsPerStep)
      }
      for (instant, level) in changes { board.drive(configuration.sensorLine, level, at: instant) }
    }
  }

  private static func run(_ state: inout State, until end: UInt64) -> [(MonotonicInstant, Bool)] {
    var changes: [(MonotonicInstant, Bool)] = []
    while state.step < end {
      // A change in the middle of a step acts from the next one on.
      while let next = state.valveChanges.first,
        next.instant.nanoseconds <= state.step * TapModel.nanosecondsPerStep
      {
        state.model.isValveOpen = next.isOpen
        state.valveChanges.removeFirst()
      }
      if state.model.isAtRest {
        let next = state.valveChanges.first.map {
          ($0.instant.nanoseconds - 1) / TapModel.nanosecondsPerStep + 1
        }
        let target = min(end, next ?? end)
        state.model.rest(steps: Int(target - state.step))
        state.step = target
        continue
      }
      let start = state.step * TapModel.nanosecondsPerStep
      var level = state.model.sensorLevel
      for fraction in state.model.step() {
        level.toggle()
        let offset = UInt64(fraction * Double(TapModel.nanosecondsPerStep))
        changes.append((MonotonicInstant(nanoseconds: start + offset), level))
      }
      state.step += 1
    }
    return changes
  }

  // MARK: - Hands

  // What is changed here acts from the last advance on: advance first, as ``VirtualStation`` does.

  /// How far the lever is pulled, 0 (closed) to 1.
  public var lever: Double {
    get { state.withLock { $0.model.lever } }
    set { state.withLock { $0.model.lever = newValue.isNaN ? 0 : min(1, max(0, newValue)) } }
  }

  /// What drips whether the valve is open or closed.
  public var leakMicrolitresPerSecond: Double {
    get { state.withLock { $0.model.leak } }
    set { state.withLock { $0.model.leak = newValue.isFinite ? min(100_000, max(0, newValue)) : 0 } }
  }

  /// Puts another keg on.
  public func mountKeg(microlitres: Int64) {
    state.withLock { $0.model.mountKeg(nanolitres: max(0, microlitres).multipliedClamping(by: 1000)) }
  }

  /// Breaks the valve, or repairs it with nil.
  public func setValveFault(_ fault: ValveFault?) { state.withLock { $0.model.valveFault = fault } }

  /// Whether the sensor has stopped sending pulses whatever flows.
  public var isSensorDead: Bool {
    get { state.withLock { $0.model.isSensorDead } }
    set { state.withLock { $0.model.isSensorDead = newValue } }
  }

  // MARK: - What was so at the last advance

  /// Whether the valve is open, faults considered.
  public var isValveOpen: Bool { state.withLock { $0.model.isOpen } }

  public var valveFault: ValveFault? { state.withLock { $0.model.valveFault } }

  /// What flows at this moment.
  public var flowMicrolitresPerSecond: Double { state.withLock { $0.model.totalFlow } }

  /// What has really run through since the tap was made.
  public var pouredMicrolitres: Int64 { state.withLock { $0.model.pouredNanolitres / 1000 } }

  /// What is left in the keg.
  public var kegMicrolitres: Int64 { state.withLock { $0.model.kegNanolitres / 1000 } }

  /// Rising edges sent since the tap was made.
  public var pulses: UInt64 { state.withLock { $0.model.pulses } }
}
