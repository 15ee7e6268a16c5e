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
}
