import PiHAL

/// The lines of a ``VirtualBoard``, without locks and without time of their own.
struct BoardState {
  struct Line {
    var holder: Holder?
    var fault: LineFault?
    /// Driven by the Pi; nil is an input.
    var output: Bool?
    /// Driven by whatever is wired to the pin; nil is nothing.
    var outside: Bool?
    var bias: Bias = .asWired
    /// The pin's pull resistor after power-on: lines 0 to 8 up, the others down (BCM2835 peripherals, 6.2).
    let wiredHigh: Bool
    var counters: [CounterState] = []
    var transitions: [LineTransition] = []
    var transitionCount: UInt64 = 0

    var level: Bool {
      if let output { return output }
      if let outside { return outside }
      switch bias {
      case .pullUp: return true
      case .pullDown: return false
      case .asWired, .disabled: return wiredHigh
      }
    }
  }

  struct Holder: Equatable {
    let id: UInt64
    let consumer: String
  }

  struct CounterState {
    let id: UInt64
    let edge: Edge
    let activeLow: Bool
    let minimumInterval: Duration
    var count = EdgeCount()
  }

  var lines: [Line]
  var powered = true
  var nextID: UInt64 = 1
  /// Transitions that the board's observers have not been told yet, in order.
  var untold: [LineTransition] = []
  let transitionLimit: Int

  init(lineCount: Int, transitionLimit: Int) {
    lines = (0..<lineCount).map { Line(wiredHigh: $0 <= 8) }
    self.transitionLimit = transitionLimit
  }

  func level(of line: Int) -> Bool { powered && lines.indices.contains(line) && lines[line].level }

  // MARK: - Requests

  mutating func request(
    _ offsets: [Int], consumer: String, at instant: MonotonicInstant,
    configure: (inout Line, Int) -> Void
  ) throws(PiHALError) -> UInt64 {
    guard !offsets.isEmpty else {
      throw PiHALError(.invalidRequest, place: "the request", problem: "names no line")
    }
    guard Set(offsets).count == offsets.count else {
      throw PiHALError(.invalidRequest, place: "the request", problem: "names a line twice")
    }
    for offset in offsets { try checkFree(offset) }
    let id = nextID
    nextID += 1
    for (position, offset) in offsets.enumerated() {
      changeLevel(of: offset, at: instant) { line in
        line.holder = Holder(id: id, consumer: consumer)
        configure(&line, position)
      }
    }
    return id
  }

  private func checkFree(_ offset: Int) throws(PiHALError) {
    let place = "GPIO\(offset)"
    guard lines.indices.contains(offset) else {
      throw PiHALError(
        .invalidRequest, place: place, problem: "is not a line of this board",
        remedy: "use a BCM number from 0 to \(lines.count - 1)")
    }
    guard powered else {
      throw PiHALError(.missing, place: place, problem: "is on a board without power")
    }
    switch lines[offset].fault {
    case .missing: throw PiHALError(.missing, place: place, problem: "does not exist", errorNumber: 19)
    case .inputOutputError:
      throw PiHALError(.disconnected, place: place, problem: "answers with an error", errorNumber: 5)
    case .usedByKernel(let consumer): throw busy(place, consumer)
    case nil: break
    }
    if let holder = lines[offset].holder { throw busy(place, holder.consumer) }
  }

  private func busy(_ place: String, _ consumer: String) -> PiHALError {
    PiHALError(
      .busy, place: place, problem: "is held by \"\(consumer)\"",
      remedy: "stop that program, or take another pin", errorNumber: 16)
  }

  /// Throws unless the lines are still there and still belong to `id`.
  func check(_ offsets: [Int], heldBy id: UInt64) throws(PiHALError) {
    for offset in offsets {
      let line = lines[offset]
      guard powered, line.holder?.id == id, line.fault != .missing else {
        throw PiHALError(.disconnected, place: "GPIO\(offset)", problem: "is gone", errorNumber: 19)
      }
      if line.fault == .inputOutputError {
        throw PiHALError(
          .disconnected, place: "GPIO\(offset)", problem: "answers with an error", errorNumber: 5)
      }
    }
  }

  mutating func setOutputs(_ offsets: [Int], levels: [Bool], at instant: MonotonicInstant) {
    for (offset, level) in zip(offsets, levels) {
      changeLevel(of: offset, at: instant) { $0.output = level }
    }
  }

  /// Gives the lines back. An output keeps driving its level when `keepsLevel`, as on Raspberry Pi kernels;
  /// otherwise it becomes an input, as on mainline kernels.
  mutating func release(_ offsets: [Int], heldBy id: UInt64, keepsLevel: Bool, at instant: MonotonicInstant) {
    for offset in offsets where lines[offset].holder?.id == id {
      changeLevel(of: offset, at: instant) { line in
        line.holder = nil
        line.counters.removeAll { $0.id == id }
        if !keepsLevel { line.output = nil }
      }
    }
  }

  // MARK: - The world outside

  mutating func drive(_ offset: Int, _ level: Bool?, at instant: MonotonicInstant) {
    guard lines.indices.contains(offset) else { return }
    changeLevel(of: offset, at: instant) { $0.outside = level }
  }

  mutating func losePower(at instant: MonotonicInstant) {
    guard powered else { return }
    for offset in lines.indices where lines[offset].level {
      record(LineTransition(line: offset, level: false, instant: instant))
    }
    powered = false
    for offset in lines.indices {
      lines[offset].output = nil
      lines[offset].bias = .asWired
      lines[offset].holder = nil
      lines[offset].counters = []
    }
  }

  mutating func restorePower(at instant: MonotonicInstant) {
    guard !powered else { return }
    powered = true
    for offset in lines.indices where lines[offset].level {
      record(LineTransition(line: offset, level: true, instant: instant))
    }
  }

  private mutating func changeLevel(
    of offset: Int, at instant: MonotonicInstant, _ change: (inout Line) -> Void
  ) {
    let before = lines[offset].level
    change(&lines[offset])
    let after = lines[offset].level
    guard powered, before != after else { return }
    record(LineTransition(line: offset, level: after, instant: instant))
    for index in lines[offset].counters.indices {
      lines[offset].counters[index].notice(level: after, at: instant)
    }
  }

  private mutating func record(_ transition: LineTransition) {
    let offset = transition.line
    lines[offset].transitionCount += 1
    if lines[offset].transitions.count >= 2 * transitionLimit {
      lines[offset].transitions.removeFirst(transitionLimit)
    }
    lines[offset].transitions.append(transition)
    untold.append(transition)
  }
}

extension BoardState.CounterState {
  mutating func notice(level: Bool, at instant: MonotonicInstant) {
    let toActive = level != activeLow
    switch edge {
    case .rising: guard toActive else { return }
    case .falling: guard !toActive else { return }
    case .both: break
    }
    if minimumInterval > .zero, let newest = count.newestEdge,
      newest.duration(to: instant) < minimumInterval
    {
      count.rejected += 1
      return
    }
    count.total += 1
    count.newestEdge = instant
  }
}
