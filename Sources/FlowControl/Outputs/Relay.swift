import PiHAL

/// A single relay: on, off, a pulse, and a longest time on. It belongs to one thread, which calls
/// ``update(at:)`` some ten times a second, or at ``nextDeadline``.
///
/// ```swift
/// let lamp = try Relay(output, maximumOnTime: .seconds(60), at: clock.now)
/// try lamp.pulse(for: .seconds(1), at: clock.now)
/// ```
public final class Relay {
  private let bank: RelayBank

  /// Takes over the line and switches the relay off.
  /// - Parameters:
  ///   - output: a single line; active switches the relay on.
  ///   - name: what it is called in errors.
  ///   - maximumOnTime: the relay is on at most this long without a break; nil for no bound.
  /// - Throws: ``FlowControlError``: `invalidRequest` for more than one line, `hardware` when it cannot be
  ///   driven.
  public init(
    _ output: any DigitalOutput, name: String = "relay", maximumOnTime: Duration? = nil,
    at now: MonotonicInstant
  ) throws(FlowControlError) {
    bank = try RelayBank(
      output, relays: [RelaySettings(name: name, maximumOnTime: maximumOnTime)], at: now)
  }

  /// Whether the relay is on; nil when the line did not take the last order.
  public var isOn: Bool? { bank.active?[0] }

  /// Switches the relay on until it is switched off or its longest time is over.
  /// - Throws: ``FlowControlError`` with kind `hardware`.
  public func switchOn(at now: MonotonicInstant) throws(FlowControlError) { try bank.switchOn(0, at: now) }

  /// Switches the relay on for a time.
  /// - Throws: ``FlowControlError``: `invalidRequest` for a time that is not above zero, `hardware`.
  public func pulse(for duration: Duration, at now: MonotonicInstant) throws(FlowControlError) {
    try bank.pulse(0, for: duration, at: now)
  }

  /// Switches the relay off. The order goes out whatever the level is believed to be.
  /// - Throws: ``FlowControlError`` with kind `hardware`; each update then tries again.
  public func switchOff(at now: MonotonicInstant) throws(FlowControlError) { try bank.switchAllOff(at: now) }

  /// Does what is due: ends a pulse or the longest time, tries again after a failure.
  public func update(at now: MonotonicInstant) -> [RelayEvent] { bank.update(at: now) }

  /// When to call ``update(at:)`` next at the latest; nil when nothing is due.
  public var nextDeadline: MonotonicInstant? { bank.nextDeadline }
}
