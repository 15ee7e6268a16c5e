import PiHAL

/// A state machine's last order to an output, and whether it was carried out.
public struct OutputOrder<Position: Equatable & Sendable>: Equatable, Sendable {
  public var position: Position
  public var id: EffectID
  public var given: MonotonicInstant
  /// When it was last sent: an order to make the output safe is repeated until it is confirmed.
  public var sent: MonotonicInstant
  public var isConfirmed = false
  /// It was not confirmed in time.
  public var isOverdue = false

  public init(_ position: Position, id: EffectID, at now: MonotonicInstant) {
    self.position = position
    self.id = id
    given = now
    sent = now
  }

  /// Whether it is to be sent again now, because it was not confirmed; then it counts as sent.
  ///
  /// Ask at ticks only: an attempt may take longer than the time between two of them, and what has come meanwhile is
  /// to have its turn.
  public mutating func repeats(every interval: Duration, at now: MonotonicInstant) -> Bool {
    guard !isConfirmed, sent.duration(to: now) >= interval else { return false }
    sent = now
    return true
  }

  /// Whether it was not confirmed in time; true once.
  public mutating func becomesOverdue(after timeout: Duration, at now: MonotonicInstant) -> Bool {
    guard !isConfirmed, !isOverdue, given.duration(to: now) >= timeout else { return false }
    isOverdue = true
    return true
  }
}
