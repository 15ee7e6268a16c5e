import PiHAL
import Synchronization

struct RelayWiring {
  var lines: [Int] = []
  var isActiveLow = false
}

/// The relays of a machine, and how they were switched.
final class WiredRelays: Sendable {
  struct History {
    /// Each relay, in the order of the lines.
    var isOn: [Bool]
    /// How often all were on after not all had been.
    var unlocked = 0
    /// What they were after each of the last changes, oldest first.
    var changes: [[Bool]] = []
    /// The longest time from one being on to none.
    var longest = Duration.zero
    /// Since when one of them is on.
    fileprivate var since: MonotonicInstant?
  }

  private let lines: [HeaderLine]
  private let isActiveLow: Bool
  private let clock: any MonotonicClock
  private let state: Mutex<History>

  init(_ wiring: RelayWiring, header: String, clock: any MonotonicClock) throws(WorldError) {
    var lines: [HeaderLine] = []
    for number in wiring.lines {
      let line = try HeaderLine(chip: header, number: number)
      // A relay that closes at low level pulls its input up.
      try line.pull(wiring.isActiveLow)
      lines.append(line)
    }
    self.lines = lines
    isActiveLow = wiring.isActiveLow
    self.clock = clock
    state = Mutex(History(isOn: lines.map { _ in false }))
  }

  /// What was seen up to now.
  var history: History { state.withLock { $0 } }

  /// Looks at the lines; expected every few milliseconds.
  func look() throws(WorldError) {
    try state.withLock { history throws(WorldError) in
      let now = clock.now
      let before = history.isOn
      history.isOn = try levels()
      if history.isOn != before { history.changes = history.changes.suffix(15) + [history.isOn] }
      if history.isOn.allSatisfy(\.self), !before.allSatisfy(\.self) { history.unlocked += 1 }
      if let since = history.since { history.longest = max(history.longest, since.duration(to: now)) }
      history.since = history.isOn.contains(true) ? history.since ?? now : nil
    }
  }

  /// What all are at one moment. The lines are read one after another, and while one relay opens and the next one
  /// closes that may look like two closed ones; what two readings agree on was so.
  private func levels() throws(WorldError) -> [Bool] {
    var seen = try read()
    while true {
      let again = try read()
      if again == seen { return seen }
      seen = again
    }
  }

  private func read() throws(WorldError) -> [Bool] {
    var isOn: [Bool] = []
    for line in lines { isOn.append(try line.level() != isActiveLow) }
    return isOn
  }

  /// Does something and waits until all relays are on.
  /// - Returns: how long that took, or nil if it took longer than `limit`.
  func timeToUnlock(limit: Duration, after action: () -> Void) throws(WorldError) -> Duration? {
    let start = clock.now
    action()
    while true {
      try look()
      let passed = start.duration(to: clock.now)
      if history.isOn.allSatisfy(\.self) { return passed }
      guard passed < limit else { return nil }
      // Not at once: there is one processor, and the daemon needs it.
      clock.sleep(for: .microseconds(200))
    }
  }
}
