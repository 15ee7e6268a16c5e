import PiHAL

/// The last order to the relays, and whether it was carried out.
struct RelayOrder: Equatable, Sendable {
  enum Position: Equatable, Sendable {
    /// On, and by what right.
    case on(LockMachine.Right)
    case off
  }

  var position: Position
  var id: EffectID
  var given: MonotonicInstant
  /// When it was last sent: an order to switch off is repeated until it is confirmed.
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

  var isOff: Bool { position == .off && isConfirmed }
}
