import PiHAL

/// The last order to the valve, and whether it was carried out.
struct ValveOrder: Equatable, Sendable {
  enum Position: Equatable, Sendable {
    case open, closed
  }

  var position: Position
  var id: EffectID
  var given: MonotonicInstant
  /// When it was last sent: an order to close is repeated until it is confirmed.
  var sent: MonotonicInstant
  var isConfirmed = false
  /// It was not confirmed in time.
  var isOverdue = false

  init(_ position: Position, id: EffectID, at now: MonotonicInstant) {
    self.position = position
    self.id = id
    given = now
    sent = now
  }

  var isClosed: Bool { position == .closed && isConfirmed }
}
