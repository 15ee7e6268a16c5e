/// A point in time on the clock that the kernel stamps edges with (`CLOCK_MONOTONIC`).
///
/// It starts near zero at boot, never jumps, and says nothing about the date: a Raspberry Pi has no
/// battery clock, so every duration in this package is measured with it.
public struct MonotonicInstant: InstantProtocol, Codable, Sendable, CustomStringConvertible {
  /// Nanoseconds since the clock's start.
  public var nanoseconds: UInt64

  public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// The clock's start.
  public static let zero = MonotonicInstant(nanoseconds: 0)

  /// The instant `duration` later; stops at zero when a negative duration leads before the clock's start.
  public func advanced(by duration: Duration) -> MonotonicInstant {
    let distance = duration.wholeNanoseconds
    if distance >= 0 {
      let (sum, overflow) = nanoseconds.addingReportingOverflow(UInt64(distance))
      return MonotonicInstant(nanoseconds: overflow ? .max : sum)
    }
    let magnitude = distance.magnitude
    return MonotonicInstant(nanoseconds: nanoseconds > magnitude ? nanoseconds - magnitude : 0)
  }

  public func duration(to other: MonotonicInstant) -> Duration {
    other.nanoseconds >= nanoseconds
      ? .nanoseconds(Int64(clamping: other.nanoseconds - nanoseconds))
      : .zero - .nanoseconds(Int64(clamping: nanoseconds - other.nanoseconds))
  }

  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  public var description: String { "\(Double(nanoseconds) / 1e9) s" }
}

extension Duration {
  /// The duration in whole nanoseconds, towards zero; stops at the ends of `Int64` (292 years).
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, sumOverflow) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return sumOverflow ? (seconds < 0 ? .min : .max) : sum
  }
}

/// Where time comes from. Drivers and daemons take one, so that a test can run a year in a second.
public protocol MonotonicClock: Sendable {
  /// The present instant.
  var now: MonotonicInstant { get }
  /// Blocks the calling thread for `duration` or a little longer. Never call it on Swift's cooperative pool.
  func sleep(for duration: Duration)
}
