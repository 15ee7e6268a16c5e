/// What is known of one relay of a bank.
public struct RelaySettings: Equatable, Sendable {
  /// What it is called in errors.
  public var name: String
  /// The relay is on at most this long without a break; nil for no bound.
  public var maximumOnTime: Duration?

  public init(name: String, maximumOnTime: Duration? = nil) {
    self.name = name
    self.maximumOnTime = maximumOnTime
  }
}

/// Relays of which never two are on at once: the two directions of a motor, two valves into one line.
///
/// This guards against mistakes of the program. Where two contacts closed at once would burn something,
/// wire the interlock as well: a relay that sticks does not ask.
public struct Interlock: Equatable, Sendable {
  /// The numbers of the relays.
  public var relays: Set<Int>
  /// How long all of them stay off before another one switches on; a relay's contacts need some 10 ms.
  public var deadTime: Duration

  public init(_ relays: Set<Int>, deadTime: Duration = .zero) {
    self.relays = relays
    self.deadTime = deadTime
  }
}

/// A step of a sequence: which relays are on, and for how long.
public struct RelayStep: Equatable, Sendable {
  /// The numbers of the relays that are on; the sequence's other relays are off.
  public var relays: Set<Int>
  /// How long the step lasts; it includes the dead time of an interlock.
  public var duration: Duration

  public init(_ relays: Set<Int>, for duration: Duration) {
    self.relays = relays
    self.duration = duration
  }
}

/// What an update of a relay or a bank of relays did.
public enum RelayEvent: Equatable, Sendable {
  /// A relay is on: one that had to wait for the dead time of its interlock, or one of a sequence's step.
  case switchedOn(Int)
  /// A pulse is over.
  case pulseEnded(Int)
  /// A relay was on for its longest time and is off. A sequence that it belongs to was stopped.
  case maximumOnTimeReached(Int)
  /// A sequence went on to this step; the first is number 0 and starts at once.
  case stepStarted(Int)
  /// A sequence is over and its relays are off.
  case sequenceFinished
  /// The lines did not take an order, and everything was dropped. Where not even switching off worked, the
  /// levels are unknown and each update tries again, silently until ``recovered``.
  case failed(FlowControlError)
  /// The lines took an order again; all relays are off.
  case recovered
}
