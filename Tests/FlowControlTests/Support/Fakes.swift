import FlowControl
import PiHAL
import Synchronization

/// An output that drives its lines one after the other, as a slow board may, and fails on demand.
final class FakeOutput: DigitalOutput {
  let lineCount: Int
  private(set) var active: [Bool]
  /// Every set of levels that the lines had, the passing ones included.
  private(set) var history: [[Bool]] = []
  /// How many orders were given.
  private(set) var orders = 0
  var isBroken = false
  var drivesBackwards = false

  init(lineCount: Int = 1, active: Bool = false) {
    self.lineCount = lineCount
    self.active = Array(repeating: active, count: lineCount)
  }

  func set(active next: [Bool]) throws(PiHALError) {
    orders += 1
    if isBroken { throw PiHALError(.disconnected, place: "GPIO17", problem: "is gone", remedy: "plug it in") }
    let lines = drivesBackwards ? Array(active.indices.reversed()) : Array(active.indices)
    for line in lines where active[line] != next[line] {
      active[line] = next[line]
      history.append(active)
    }
  }
}

/// A counter that holds what the test puts into it.
final class FakeCounter: EdgeCounter {
  private let state = Mutex<Result<EdgeCount, PiHALError>>(.success(EdgeCount()))
  func put(_ count: EdgeCount) { state.withLock { $0 = .success(count) } }
  func fail(_ error: PiHALError) { state.withLock { $0 = .failure(error) } }
  func read() throws(PiHALError) -> EdgeCount { try state.withLock { $0 }.get() }
}

extension MonotonicInstant {
  static func milliseconds(_ value: Int) -> MonotonicInstant {
    .zero.advanced(by: .milliseconds(value))
  }
}

/// The kind of the error that `body` throws; nil when it throws none.
func kind(of body: () throws(FlowControlError) -> Void) -> FlowControlError.Kind? {
  do throws(FlowControlError) { try body() } catch { return error.kind }
  return nil
}
