import Glibc
import PiHAL
import Synchronization

/// The flow sensor's line: square waves, never faster than a sensor can turn.
final class SensorLine: Sendable {
  /// From one edge to the next: half of what the fastest sensor takes (225 pulses a second, YF-S201). When
  /// this computer was busy for a moment, what is due comes at that pace and not in a burst.
  private static let shortestHalfPulse = Duration.microseconds(2200)

  private struct State {
    var due = 0
    var earliest = MonotonicInstant.zero
  }

  private let line: HeaderLine
  private let clock: any MonotonicClock
  private let state = Mutex(State())

  init(_ line: HeaderLine, clock: any MonotonicClock) {
    self.line = line
    self.clock = clock
  }

  /// Puts one more edge into the queue.
  func appendEdge() { state.withLock { $0.due += 1 } }

  /// Sends the next edge of the queue if its time has come.
  func sendDueEdge() throws(WorldError) {
    try state.withLock { state throws(WorldError) in
      let now = clock.now
      guard state.due > 0, now >= state.earliest else { return }
      state.due -= 1
      state.earliest = now.advanced(by: Self.shortestHalfPulse)
      try sendEdge()
    }
  }

  /// Sends exactly `count` pulses at `hertz`, beside whatever flows; returns when they are out.
  func send(pulses count: Int, hertz: Double) throws(WorldError) {
    let start = clock.now
    for edge in 0..<(2 * count) {
      let due = start.advanced(by: .nanoseconds(Int64(Double(edge) * 0.5e9 / hertz)))
      clock.sleep(for: clock.now.duration(to: due))
      try state.withLock { _ throws(WorldError) in try sendEdge() }
    }
  }

  /// Away from the level that is there: requesting the line with a bias moves a simulated one.
  private func sendEdge() throws(WorldError) { try line.pull(!line.level()) }
}
