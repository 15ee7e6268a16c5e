import PiHAL

/// A board of relays behind a group of output lines: hold with a maximum, pulses, interlocks, sequences.
///
/// Which level switches a relay on was settled when the lines were requested. The bank belongs to one
/// thread, which calls ``update(at:)`` some ten times a second, or at ``nextDeadline``; pulses end and steps
/// follow there.
///
/// ```swift
/// let bank = try RelayBank(output, interlocks: [Interlock([0, 1], deadTime: .milliseconds(50))], at: clock.now)
/// try bank.pulse(2, for: .milliseconds(300), at: clock.now)
/// try bank.run([RelayStep([0], for: .seconds(2)), RelayStep([1], for: .seconds(2))], at: clock.now)
/// while let deadline = bank.nextDeadline {
///   clock.sleep(for: clock.now.duration(to: deadline))
///   for event in bank.update(at: clock.now) { print(event) }
/// }
/// ```
public final class RelayBank {
  /// The relays in the order of the lines.
  public var relays: [RelaySettings] { plan.settings }

  /// Which relays are on; nil when the lines did not take the last order. Each update then tries again to
  /// switch all of them off.
  public private(set) var active: [Bool]?

  private let output: any DigitalOutput
  private var plan: RelayPlan

  /// Takes over the lines and switches all relays off.
  /// - Parameters:
  ///   - output: one line a relay.
  ///   - relays: names and longest times; nil for `relay 0`, `relay 1` and so on without a bound.
  ///   - interlocks: groups of which one relay at a time may be on; they may overlap.
  /// - Throws: ``FlowControlError``: `invalidRequest` when names or interlocks do not fit the lines,
  ///   `hardware` when the lines cannot be driven.
  public init(
    _ output: any DigitalOutput, relays: [RelaySettings]? = nil, interlocks: [Interlock] = [],
    at now: MonotonicInstant
  ) throws(FlowControlError) {
    let count = output.lineCount
    let settings = relays ?? (0..<count).map { RelaySettings(name: "relay \($0)") }
    guard settings.count == count else {
      throw FlowControlError(
        .invalidRequest, place: "relay bank", problem: "has \(count) lines and \(settings.count) relays",
        remedy: "describe one relay a line")
    }
    self.output = output
    plan = try RelayPlan(settings: settings, interlocks: interlocks)
    if let error = allOff(at: now) { throw error }
  }

  deinit {
    // The last chance; whoever holds the lines has its own safe level.
    try? output.set(active: Array(repeating: false, count: output.lineCount))
  }

  /// Switches a relay on until it is switched off, or until its longest time is over. On a relay that is on
  /// the longest time runs on; one that was pulsed is held from here.
  ///
  /// Within the dead time of an interlock the relay switches on in a later ``update(at:)``.
  /// - Throws: ``FlowControlError``: `interlocked` when another relay of its group is on or reserved by a
  ///   running sequence, `invalidRequest`, `hardware`.
  public func switchOn(_ relay: Int, at now: MonotonicInstant) throws(FlowControlError) {
    try request(relay, pulse: nil, at: now)
  }

  /// Switches a relay on for a time; on a relay that is on, the time counts from here. Its longest time
  /// bounds it as well.
  /// - Throws: as ``switchOn(_:at:)``.
  public func pulse(
    _ relay: Int, for duration: Duration, at now: MonotonicInstant
  ) throws(FlowControlError) {
    try request(relay, pulse: duration, at: now)
  }

  /// Switches a relay off. A running sequence that it belongs to is stopped, its relays off.
  /// - Throws: ``FlowControlError``: `invalidRequest`, `hardware`.
  public func switchOff(_ relay: Int, at now: MonotonicInstant) throws(FlowControlError) {
    try plan.release(relay)
    try commit(at: now)
  }

  /// Switches all relays off and stops a running sequence. The order goes out whatever the levels are
  /// believed to be.
  /// - Throws: ``FlowControlError`` with kind `hardware`.
  public func switchAllOff(at now: MonotonicInstant) throws(FlowControlError) {
    if let error = allOff(at: now) { throw error }
  }

  /// Starts a sequence: step after step, then all of its relays off. Relays that no step names are not
  /// touched. A step that comes late is neither skipped nor cut short.
  /// - Throws: ``FlowControlError``: `invalidRequest` for a sequence without steps, a step without length or
  ///   not longer than the dead time it needs, or when a sequence runs already; `interlocked` when a step
  ///   has two relays of a group, or a relay outside of the sequence is in the way; `hardware`.
  public func run(_ steps: [RelayStep], at now: MonotonicInstant) throws(FlowControlError) {
    try recoverFirst(at: now)
    try plan.start(steps, at: now)
    try commit(at: now)
  }

  /// Does what is due: ends pulses and longest times, goes on with a sequence, tries again after a failure.
  public func update(at now: MonotonicInstant) -> [RelayEvent] {
    if active == nil {
      return allOff(at: now) == nil ? [.recovered] : []
    }
    var events = plan.advance(to: now)
    do throws(FlowControlError) {
      for relay in try commit(at: now) { events.append(.switchedOn(relay)) }
    } catch {
      events.append(.failed(error))
    }
    return events
  }

  /// When to call ``update(at:)`` next at the latest; nil when nothing is planned. While ``active`` is nil,
  /// call it as often as it is worth trying.
  public var nextDeadline: MonotonicInstant? { plan.nextDeadline }

  private func request(
    _ relay: Int, pulse: Duration?, at now: MonotonicInstant
  ) throws(FlowControlError) {
    try recoverFirst(at: now)
    try plan.request(relay, pulse: pulse, at: now)
    try commit(at: now)
  }

  /// Lines whose level is unknown must first show that they can be switched off.
  private func recoverFirst(at now: MonotonicInstant) throws(FlowControlError) {
    if active == nil, let error = allOff(at: now) { throw error }
  }

  /// Brings the lines to what is planned.
  /// - Returns: the relays that were switched on.
  @discardableResult
  private func commit(at now: MonotonicInstant) throws(FlowControlError) -> [Int] {
    guard let before = active else {
      if let error = allOff(at: now) { throw error }
      return []
    }
    let levels = plan.levels(at: now)
    guard levels != before else { return [] }
    // Break before make: a board may switch its lines one by one.
    let common = zip(before, levels).map { $0 && $1 }
    do {
      if common != before { try output.set(active: common) }
      if common != levels { try output.set(active: levels) }
    } catch {
      active = nil
      _ = allOff(at: now)
      throw FlowControlError(error, place: "relay bank")
    }
    active = levels
    return plan.reached(levels, at: now)
  }

  /// Drops everything and switches all relays off.
  /// - Returns: what went wrong; the levels are then unknown.
  private func allOff(at now: MonotonicInstant) -> FlowControlError? {
    let levels = Array(repeating: false, count: plan.settings.count)
    plan.releaseAll()
    do {
      try output.set(active: levels)
    } catch {
      active = nil
      plan.restart(at: now)
      return FlowControlError(error, place: "relay bank")
    }
    // From levels that were unknown, any relay may have been on until now.
    if active == nil { plan.restart(at: now) } else { _ = plan.reached(levels, at: now) }
    active = levels
    return nil
  }
}
