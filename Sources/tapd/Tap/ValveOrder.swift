import DaemonKit

/// Where the valve is to be.
enum ValvePosition: Equatable, Sendable {
  case open, closed
}

typealias ValveOrder = OutputOrder<ValvePosition>

extension ValveOrder {
  var isClosed: Bool { position == .closed && isConfirmed }
}
