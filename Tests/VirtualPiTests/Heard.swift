import Synchronization
import VirtualPi

/// Collects what an observer hears.
final class Heard: Sendable {
  private let transitions = Mutex<[LineTransition]>([])
  func add(_ transition: LineTransition) { transitions.withLock { $0.append(transition) } }
  var all: [LineTransition] { transitions.withLock { $0 } }
}
