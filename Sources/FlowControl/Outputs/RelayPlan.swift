import PiHAL

/// Which relays shall be on when: the decisions of a bank, without its lines.
struct RelayPlan {
  private struct State {
    var isWanted = false
    /// How long it shall stay on once it is; nil to hold.
    var pulse: Duration?
    /// Since when the line is active; nil while it is not.
    var onSince: MonotonicInstant?
    /// When the pulse is over; nil to hold.
    var offAt: MonotonicInstant?
    /// When it was switched off last.
    var offSince: MonotonicInstant?
  }

  private struct Sequence {
    let steps: [RelayStep]
    let relays: Set<Int>
    var step = 0
    var stepEnd: MonotonicInstant
  }

  let settings: [RelaySettings]
  let interlocks: [Interlock]
  private var states: [State]
  private var sequence: Sequence?

  init(settings: [RelaySettings], interlocks: [Interlock]) throws(FlowControlError) {
    self.settings = settings
    self.interlocks = interlocks
    states = Array(repeating: State(), count: settings.count)
    for interlock in interlocks {
      for relay in interlock.relays.sorted() { try check(relay) }
      guard interlock.deadTime >= .zero else {
        throw FlowControlError(.outOfRange, place: "dead time of an interlock", problem: "is below zero")
      }
    }
  }

  // MARK: Requests

  /// - Parameter pulse: nil to hold.
  mutating func request(_ relay: Int, pulse: Duration?, at now: MonotonicInstant) throws(FlowControlError) {
    try check(relay)
    let place = settings[relay].name
    if let pulse, pulse <= .zero {
      throw FlowControlError(.invalidRequest, place: place, problem: "was given a pulse that has no length")
    }
    if let sequence, sequence.relays.contains(relay) {
      throw FlowControlError(
        .invalidRequest, place: place, problem: "belongs to a running sequence",
        remedy: "wait for its end or switch the relay off, which stops it")
    }
    let reserved = sequence?.relays ?? []
    for other in rivals(of: relay).sorted() where states[other].isWanted || reserved.contains(other) {
      throw FlowControlError(
        .interlocked, place: place,
        problem: "may not be on together with \(settings[other].name)",
        remedy: "switch \(settings[other].name) off first")
    }
    states[relay].isWanted = true
    states[relay].pulse = pulse
    if states[relay].onSince != nil { states[relay].offAt = pulse.map { now.advanced(by: $0) } }
  }

  mutating func release(_ relay: Int) throws(FlowControlError) {
    try check(relay)
    if let sequence, sequence.relays.contains(relay) { stopSequence() }
    drop(relay)
  }

  mutating func releaseAll() {
    sequence = nil
    for relay in states.indices { drop(relay) }
  }

  mutating func start(_ steps: [RelayStep], at now: MonotonicInstant) throws(FlowControlError) {
    guard sequence == nil else {
      throw FlowControlError(
        .invalidRequest, place: "sequence", problem: "cannot start while another one runs",
        remedy: "wait for its end or switch all relays off")
    }
    guard let first = steps.first else {
      throw FlowControlError(.invalidRequest, place: "sequence", problem: "has no steps")
    }
    let relays = steps.reduce(into: Set<Int>()) { $0.formUnion($1.relays) }
    for (number, step) in steps.enumerated() {
      try check(step, number: number)
    }
    for relay in relays.sorted() {
      for other in rivals(of: relay).subtracting(relays).sorted() where states[other].isWanted {
        throw FlowControlError(
          .interlocked, place: "sequence",
          problem: "switches \(settings[relay].name), which may not be on together with "
            + settings[other].name,
          remedy: "switch \(settings[other].name) off first")
      }
    }
    sequence = Sequence(steps: steps, relays: relays, stepEnd: now.advanced(by: first.duration))
    want(first.relays, of: relays)
  }

  private func check(_ relay: Int) throws(FlowControlError) {
    guard settings.indices.contains(relay) else {
      throw FlowControlError(
        .invalidRequest, place: "relay number \(relay)",
        problem: "is not there", remedy: "the bank has \(settings.count), numbered from 0")
    }
  }

  private func check(_ step: RelayStep, number: Int) throws(FlowControlError) {
    let place = "step \(number) of the sequence"
    for relay in step.relays.sorted() { try check(relay) }
    guard step.duration > .zero else {
      throw FlowControlError(.invalidRequest, place: place, problem: "has no length")
    }
    for interlock in interlocks {
      let together = interlock.relays.intersection(step.relays).sorted()
      guard together.count < 2 else {
        throw FlowControlError(
          .interlocked, place: place,
          problem: "has \(settings[together[0]].name) and \(settings[together[1]].name) on together")
      }
      guard together.isEmpty || step.duration > interlock.deadTime else {
        throw FlowControlError(
          .invalidRequest, place: place,
          problem: "is not longer than the dead time of \(settings[together[0]].name)")
      }
    }
  }

  private func rivals(of relay: Int) -> Set<Int> {
    interlocks.filter { $0.relays.contains(relay) }
      .reduce(into: Set<Int>()) { $0.formUnion($1.relays) }
      .subtracting([relay])
  }

  // MARK: Time

  /// Lets pulses, longest times and steps end that are due.
  mutating func advance(to now: MonotonicInstant) -> [RelayEvent] {
    var events: [RelayEvent] = []
    for relay in states.indices {
      if let due = maximumEnd(of: relay), due <= now {
        events.append(.maximumOnTimeReached(relay))
        if let sequence, sequence.relays.contains(relay) { stopSequence() }
        drop(relay)
      } else if let offAt = states[relay].offAt, offAt <= now {
        events.append(.pulseEnded(relay))
        drop(relay)
      }
    }
    if var running = sequence, running.stepEnd <= now {
      running.step += 1
      if running.step < running.steps.count {
        // From now and not from the step's planned end: no step is skipped or cut short by a late caller.
        running.stepEnd = now.advanced(by: running.steps[running.step].duration)
        sequence = running
        want(running.steps[running.step].relays, of: running.relays)
        events.append(.stepStarted(running.step))
      } else {
        stopSequence()
        events.append(.sequenceFinished)
      }
    }
    return events
  }

  /// What the lines shall be now: all that is wanted, but for what has to wait for a dead time.
  func levels(at now: MonotonicInstant) -> [Bool] {
    states.indices.map { relay in
      states[relay].isWanted
        && (states[relay].onSince != nil || deadTimeEnd(of: relay).map { $0 <= now } ?? true)
    }
  }

  /// Takes note of what the lines are now.
  /// - Returns: the relays that were switched on.
  mutating func reached(_ levels: [Bool], at now: MonotonicInstant) -> [Int] {
    var switchedOn: [Int] = []
    for relay in states.indices {
      if levels[relay], states[relay].onSince == nil {
        states[relay].onSince = now
        states[relay].offAt = states[relay].pulse.map { now.advanced(by: $0) }
        switchedOn.append(relay)
      } else if !levels[relay], states[relay].onSince != nil {
        states[relay].onSince = nil
        states[relay].offSince = now
      }
    }
    return switchedOn
  }

  /// Drops everything; dead times count from now, because nobody knows what was on until now.
  mutating func restart(at now: MonotonicInstant) {
    releaseAll()
    for relay in states.indices {
      states[relay].onSince = nil
      states[relay].offSince = now
    }
  }

  /// When something is due next.
  var nextDeadline: MonotonicInstant? {
    var deadlines = states.indices.flatMap { relay -> [MonotonicInstant?] in
      let isWaiting = states[relay].isWanted && states[relay].onSince == nil
      return [maximumEnd(of: relay), states[relay].offAt, isWaiting ? deadTimeEnd(of: relay) : nil]
    }
    deadlines.append(sequence?.stepEnd)
    return deadlines.compactMap(\.self).min()
  }

  private func maximumEnd(of relay: Int) -> MonotonicInstant? {
    guard let since = states[relay].onSince, let maximum = settings[relay].maximumOnTime else { return nil }
    return since.advanced(by: maximum)
  }

  /// When the interlocks let the relay switch on; nil for at once.
  private func deadTimeEnd(of relay: Int) -> MonotonicInstant? {
    interlocks.filter { $0.relays.contains(relay) }
      .flatMap { interlock in
        interlock.relays.subtracting([relay]).compactMap { other in
          // A rival that is on at this moment goes off in the same step, before this one comes on.
          states[other].onSince != nil && interlock.deadTime > .zero
            ? .some(.init(nanoseconds: .max)) : states[other].offSince?.advanced(by: interlock.deadTime)
        }
      }
      .max()
  }

  private mutating func want(_ wanted: Set<Int>, of relays: Set<Int>) {
    for relay in relays {
      if wanted.contains(relay) {
        states[relay].isWanted = true
        states[relay].pulse = nil
        states[relay].offAt = nil
      } else {
        drop(relay)
      }
    }
  }

  private mutating func stopSequence() {
    let relays = sequence?.relays ?? []
    sequence = nil
    for relay in relays { drop(relay) }
  }

  private mutating func drop(_ relay: Int) {
    states[relay].isWanted = false
    states[relay].pulse = nil
    states[relay].offAt = nil
  }
}
