#if os(Linux)
  /// What a guard knows and decides; it reads no clock and drives no line.
  struct GuardLease {
    let safe: [Bool]
    let lease: Duration
    let maximumActive: [Duration]
    /// What the lines are to be at.
    private(set) var active: [Bool]
    /// Counts how often the guard went safe of its own accord.
    private(set) var epoch: UInt32 = 0
    private var leaseEnd: MonotonicInstant
    /// When the time of each line that is away from its safe level is over.
    private var ends: [MonotonicInstant?]

    init(_ orders: GuardOrders, at now: MonotonicInstant) {
      safe = orders.lines.safe
      lease = orders.lease
      maximumActive = orders.maximumActive
      active = orders.lines.safe
      leaseEnd = now.advanced(by: orders.lease)
      ends = orders.lines.safe.map { _ in nil }
    }

    /// When ``pass(to:)`` must be called; nil while all lines are safe, when nothing can expire.
    var deadline: MonotonicInstant? {
      ends.compactMap(\.self).min().map { min($0, leaseEnd) }
    }

    enum Verdict: Equatable {
      case accepted
      /// Given without knowing that the guard went safe.
      case stale
      /// Not for these lines.
      case malformed
    }

    /// Takes an order. It renews the lease as well.
    /// - Parameter longest: how long the lines may be away from their safe level, counted anew from here, but not
    ///   for longer than their maximum time; nil goes on counting that from when each left its safe level.
    mutating func set(
      _ next: [Bool], epoch seen: UInt32, longest: Duration? = nil, at now: MonotonicInstant
    ) -> Verdict {
      guard next.count == safe.count else { return .malformed }
      // Safe is safe, whatever its giver knew.
      guard seen == epoch || next == safe else { return .stale }
      for line in next.indices {
        if next[line] == safe[line] {
          ends[line] = nil
        } else if ends[line] == nil || longest != nil {
          ends[line] = now.advanced(by: min(longest ?? maximumActive[line], maximumActive[line]))
        }
      }
      active = next
      renew(at: now)
      return .accepted
    }

    mutating func renew(at now: MonotonicInstant) { leaseEnd = now.advanced(by: lease) }

    /// Lets time pass, and says why lines went safe if they did.
    mutating func pass(to now: MonotonicInstant) -> SafeReason? {
      guard let deadline, now >= deadline else { return nil }
      if now >= leaseEnd {
        makeSafe()
        return .leaseExpired
      }
      let expired = ends.indices.first { line in ends[line].map { now >= $0 } ?? false }
      guard let expired else { return nil }
      active[expired] = safe[expired]
      ends[expired] = nil
      epoch &+= 1
      return .maximumTime(line: expired)
    }

    /// Everything safe; orders given before are stale.
    mutating func makeSafe() {
      active = safe
      ends = safe.map { _ in nil }
      epoch &+= 1
    }
  }
#endif
