import PiHAL
import Synchronization

/// A clock that stands still until somebody moves it.
///
/// ``sleep(for:)`` moves it: a driver that waits a millisecond finds the millisecond gone at once, so a test
/// of an evening takes no longer than its arithmetic. May be used from any thread.
public final class VirtualClock: MonotonicClock {
  private let instant: Mutex<MonotonicInstant>

  /// - Parameter start: the first instant; one second by default, so that nobody takes zero for "never".
  public init(start: MonotonicInstant = MonotonicInstant(nanoseconds: 1_000_000_000)) {
    instant = Mutex(start)
  }

  public var now: MonotonicInstant { instant.withLock { $0 } }

  /// Moves the clock on by `duration` and returns at once.
  public func sleep(for duration: Duration) { advance(by: duration) }

  /// Moves the clock on; a negative duration moves nothing, as this clock never goes back.
  public func advance(by duration: Duration) {
    guard duration > .zero else { return }
    instant.withLock { $0 = $0.advanced(by: duration) }
  }

  /// Moves the clock on to `target`, unless it is there or past it already.
  public func advance(to target: MonotonicInstant) {
    instant.withLock { $0 = max($0, target) }
  }
}
