#if os(Linux)
  /// Decides, from time-stamped edges, when a bouncing contact has changed.
  ///
  /// A change counts once the contact has rested for the quiet time, and is dated at its first edge.
  struct ButtonDebounce {
    let quietTime: Duration
    /// What was last reported.
    private(set) var isActive: Bool
    private var moving: Moving?

    private struct Moving {
      let firstEdge: MonotonicInstant
      var newestEdge: MonotonicInstant
      var isActive: Bool
    }

    init(quietTime: Duration, isActive: Bool) {
      self.quietTime = quietTime
      self.isActive = isActive
    }

    /// When ``settle(at:)`` should be called; nil while the contact rests.
    var deadline: MonotonicInstant? { moving?.newestEdge.advanced(by: quietTime) }

    /// Takes an edge that led to a level, and returns the change that had come to rest before it, if any.
    mutating func edge(toActive level: Bool, at instant: MonotonicInstant) -> ButtonEvent? {
      let settled = settle(at: instant)
      moving = Moving(firstEdge: moving?.firstEdge ?? instant, newestEdge: instant, isActive: level)
      return settled
    }

    /// The change that has come to rest by now.
    mutating func settle(at now: MonotonicInstant) -> ButtonEvent? {
      guard let rested = moving, let deadline, now >= deadline else { return nil }
      moving = nil
      guard rested.isActive != isActive else { return nil }
      isActive = rested.isActive
      return ButtonEvent(isActive: rested.isActive, instant: rested.firstEdge)
    }
  }
#endif
