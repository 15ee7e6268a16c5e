import PiHAL
import Synchronization

/// A Raspberry Pi's header that does not exist: lines with electrical levels, seen from both ends.
///
/// The program under test requests outputs, inputs and edge counters as it would from the kernel, and meets
/// the kernel's refusals; the test drives what is wired to the pins, reads the levels, and asks later when
/// which line changed. May be used from any thread; the objects it hands out belong to one thread each.
public final class VirtualBoard: Sendable {
  /// What happens to an output when its holder goes away without a word.
  public enum Persistence: Sendable {
    /// The pin goes on driving its level, as on Raspberry Pi kernels (`persist_gpio_outputs`).
    case keepsLevel
    /// The pin becomes an input again, as on mainline kernels.
    case becomesInput
  }

  /// How many lines the header chip has; BCM numbers run from 0 to one less.
  public static let lineCount = 54

  /// The clock that stamps every transition.
  public let clock: any MonotonicClock
  private let persistence: Persistence
  private let state: Mutex<BoardState>
  private let observers = Mutex<[@Sendable (LineTransition) -> Void]>([])
  /// Held while observers are told, so that they hear of transitions in order; never while state is locked.
  private let telling = Mutex(())

  /// - Parameters:
  ///   - clock: stamps transitions and edges.
  ///   - persistence: what becomes of an output whose holder died.
  ///   - transitionLimit: how many of the newest transitions a line remembers at least.
  public init(
    clock: any MonotonicClock, persistence: Persistence = .keepsLevel, transitionLimit: Int = 4096
  ) {
    self.clock = clock
    self.persistence = persistence
    state = Mutex(BoardState(lineCount: Self.lineCount, transitionLimit: max(1, transitionLimit)))
  }

  // MARK: - What a program requests

  /// Requests output lines; the first level is part of the request.
  /// - Parameters:
  ///   - lines: BCM numbers, without repetition.
  ///   - activeLow: whether active is the low level.
  ///   - initial: the first state, one element a line; nil is the safe state.
  ///   - safe: the state that ``VirtualOutput/close()`` leaves behind; nil is all inactive.
  ///   - consumer: the name that others see as the holder.
  /// - Throws: ``PiHALError``: `busy` with the holder's name, `missing`, `invalidRequest`.
  public func output(
    lines: [Int], activeLow: Bool = false, initial: [Bool]? = nil, safe: [Bool]? = nil,
    consumer: String = "virtual"
  ) throws(PiHALError) -> VirtualOutput {
    let last = safe ?? lines.map { _ in false }
    let first = initial ?? last
    guard first.count == lines.count, last.count == lines.count else {
      throw PiHALError(
        .invalidRequest, place: "the request", problem: "needs one state for each of the \(lines.count) lines"
      )
    }
    let id = try changing { (state, now) throws(PiHALError) in
      try state.request(lines, consumer: consumer, at: now) { line, position in
        line.output = first[position] != activeLow
      }
    }
    return VirtualOutput(board: self, id: id, lines: lines, activeLow: activeLow, active: first, safe: last)
  }

  /// Requests input lines.
  /// - Throws: ``PiHALError``: `busy` with the holder's name, `missing`, `invalidRequest`.
  public func input(
    lines: [Int], activeLow: Bool = false, bias: Bias = .asWired, consumer: String = "virtual"
  ) throws(PiHALError) -> VirtualInput {
    let id = try changing { (state, now) throws(PiHALError) in
      try state.request(lines, consumer: consumer, at: now) { line, _ in
        line.output = nil
        line.bias = bias
      }
    }
    return VirtualInput(board: self, id: id, lines: lines, activeLow: activeLow)
  }

  /// Requests a line whose edges are counted from now on.
  /// - Parameters:
  ///   - line: the BCM number.
  ///   - edge: which changes count; `rising` is towards active.
  ///   - activeLow: whether active is the low level.
  ///   - bias: what an open line reads as.
  ///   - minimumInterval: an edge sooner than this after the one counted before is rejected; zero rejects none.
  ///   - consumer: the name that others see as the holder.
  /// - Throws: ``PiHALError``: `busy` with the holder's name, `missing`, `invalidRequest`.
  public func edgeCounter(
    line: Int, edge: Edge = .rising, activeLow: Bool = false, bias: Bias = .asWired,
    minimumInterval: Duration = .zero, consumer: String = "virtual"
  ) throws(PiHALError) -> VirtualEdgeCounter {
    let id = try changing { (state, now) throws(PiHALError) in
      let id = try state.request([line], consumer: consumer, at: now) { line, _ in
        line.output = nil
        line.bias = bias
      }
      state.lines[line].counters.append(
        .init(id: id, edge: edge, activeLow: activeLow, minimumInterval: minimumInterval))
      return id
    }
    return VirtualEdgeCounter(board: self, id: id, line: line)
  }

  /// Lets whoever holds `line` die: all lines of that request become free, nothing is set to a safe level, and
  /// outputs fare as the board's ``Persistence`` says. The object that held them reports `disconnected`.
  public func killHolder(of line: Int) {
    changing { state, now in
      guard state.lines.indices.contains(line), let holder = state.lines[line].holder else { return }
      let lines = state.lines.indices.filter { state.lines[$0].holder == holder }
      state.release(lines, heldBy: holder.id, keepsLevel: persistence == .keepsLevel, at: now)
    }
  }

  // MARK: - What is seen from outside

  /// The electrical level of a line; `true` is high. A line that does not exist is low.
  public func level(of line: Int) -> Bool { state.withLock { $0.level(of: line) } }

  /// All electrical levels, by BCM number.
  public var levels: [Bool] {
    state.withLock { state in state.lines.indices.map { state.level(of: $0) } }
  }

  /// Whether the Pi drives the line.
  public func isOutput(_ line: Int) -> Bool {
    state.withLock { $0.lines.indices.contains(line) && $0.lines[line].output != nil }
  }

  /// The consumer name of the line's holder; nil when the line is free.
  public func holder(of line: Int) -> String? {
    state.withLock { $0.lines.indices.contains(line) ? $0.lines[line].holder?.consumer : nil }
  }

  /// The newest changes of a line, oldest first.
  public func transitions(of line: Int) -> [LineTransition] {
    state.withLock { $0.lines.indices.contains(line) ? $0.lines[line].transitions : [] }
  }

  /// How often a line has changed since the board was made: the clicks of a relay.
  public func transitionCount(of line: Int) -> UInt64 {
    state.withLock { $0.lines.indices.contains(line) ? $0.lines[line].transitionCount : 0 }
  }

  /// Calls `observer` for every change from now on, in order, on the thread that caused it.
  ///
  /// The observer may read the board, and must neither change a line nor move a tap on: it would wait for
  /// itself.
  public func onTransition(_ observer: @escaping @Sendable (LineTransition) -> Void) {
    observers.withLock { $0.append(observer) }
  }

  // MARK: - What is done from outside

  /// Drives a line from outside, as a wired sensor or button does. An output of the Pi wins.
  /// - Parameters:
  ///   - level: `true` is high; nil lets go of the line, so that its bias decides.
  ///   - instant: when it happened; nil is now.
  public func drive(_ line: Int, _ level: Bool?, at instant: MonotonicInstant? = nil) {
    changing { state, now in state.drive(line, level, at: instant ?? now) }
  }

  /// Sends pulses into a line: away from its level and back, `count` times.
  /// - Parameters:
  ///   - interval: from one pulse's start to the next one's; a pulse lasts half of it.
  ///   - start: when the first pulse starts; nil is now. Later ones are stamped in what may be the future;
  ///     the clock is not moved.
  public func pulse(
    _ line: Int, count: Int = 1, interval: Duration = .milliseconds(10), start: MonotonicInstant? = nil
  ) {
    changing { state, now in
      guard state.lines.indices.contains(line) else { return }
      let rest = state.lines[line].level
      var instant = start ?? now
      for _ in 0..<max(0, count) {
        state.drive(line, !rest, at: instant)
        state.drive(line, rest, at: instant.advanced(by: interval / 2))
        instant = instant.advanced(by: interval)
      }
    }
  }

  /// Lets the kernel's queue overflow: `count` edges that were dropped and that sequence numbers gave back.
  public func overflowQueue(of line: Int, droppedEdges count: UInt64) {
    changing { state, now in
      guard state.lines.indices.contains(line) else { return }
      for index in state.lines[line].counters.indices {
        state.lines[line].counters[index].count.total += count
        state.lines[line].counters[index].count.restored += count
        state.lines[line].counters[index].count.newestEdge = now
      }
    }
  }

  /// Breaks a line, or repairs it with nil.
  public func setFault(_ fault: LineFault?, of line: Int) {
    changing { state, _ in
      guard state.lines.indices.contains(line) else { return }
      state.lines[line].fault = fault
    }
  }

  /// Pulls the plug: all lines low and inputs, all holders gone.
  public func losePower() { changing { state, now in state.losePower(at: now) } }

  /// Plugs it in again: all lines are inputs and free.
  public func restorePower() { changing { state, now in state.restorePower(at: now) } }

  /// Whether the board has power.
  public var isPowered: Bool { state.withLock { $0.powered } }

  // MARK: - For the lines handed out

  func set(_ lines: [Int], levels: [Bool], heldBy id: UInt64) throws(PiHALError) {
    try changing { (state, now) throws(PiHALError) in
      try state.check(lines, heldBy: id)
      state.setOutputs(lines, levels: levels, at: now)
    }
  }

  func read(_ lines: [Int], heldBy id: UInt64) throws(PiHALError) -> [Bool] {
    try changing { (state, _) throws(PiHALError) in
      try state.check(lines, heldBy: id)
      return lines.map { state.level(of: $0) }
    }
  }

  func readCount(_ line: Int, heldBy id: UInt64) throws(PiHALError) -> EdgeCount {
    try changing { (state, _) throws(PiHALError) in
      try state.check([line], heldBy: id)
      return state.lines[line].counters.first { $0.id == id }?.count ?? EdgeCount()
    }
  }

  /// Gives lines back; `levels` are driven first.
  func release(_ lines: [Int], heldBy id: UInt64, leaving levels: [Bool]?) {
    changing { state, now in
      guard state.lines[lines[0]].holder?.id == id else { return }
      if let levels { state.setOutputs(lines, levels: levels, at: now) }
      state.release(lines, heldBy: id, keepsLevel: persistence == .keepsLevel, at: now)
    }
  }

  private func changing<Result: Sendable, Failure: Error>(
    _ change: (inout BoardState, MonotonicInstant) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let now = clock.now
    return try telling.withLock { _ throws(Failure) in
      let (result, untold) = state.withLock { state -> (Swift.Result<Result, Failure>, [LineTransition]) in
        let result: Swift.Result<Result, Failure>
        do throws(Failure) {
          result = .success(try change(&state, now))
        } catch {
          result = .failure(error)
        }
        defer { state.untold = [] }
        return (result, state.untold)
      }
      if !untold.isEmpty {
        let observers = observers.withLock { $0 }
        for transition in untold { for tell in observers { tell(transition) } }
      }
      return try result.get()
    }
  }
}
