#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The machine's own monotonic clock.
public struct SystemClock: MonotonicClock {
  public init() {}

  public var now: MonotonicInstant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicInstant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  public func sleep(for duration: Duration) {
    let total = duration.wholeNanoseconds
    guard total > 0 else { return }
    var rest = timespec(tv_sec: Int(total / 1_000_000_000), tv_nsec: Int(total % 1_000_000_000))
    var left = timespec()
    // A signal ends the sleep early and leaves the rest.
    while nanosleep(&rest, &left) != 0, errno == EINTR { rest = left }
  }
}
