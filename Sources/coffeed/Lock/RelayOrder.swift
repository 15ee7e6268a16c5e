import DaemonKit

/// Where the relays are to be.
enum RelayPosition: Equatable, Sendable {
  /// On, and by what right.
  case on(LockMachine.Right)
  case off
}

typealias RelayOrder = OutputOrder<RelayPosition>

extension RelayOrder {
  var isOff: Bool { position == .off && isConfirmed }
}
