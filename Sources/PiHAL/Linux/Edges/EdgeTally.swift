#if os(Linux)
  /// Counts the edges of one line from the kernel's events.
  ///
  /// Each event carries the number of its edge since the request, 32 bits wide and starting at 1. When the
  /// kernel's queue was full it dropped its oldest events, so a jump in the numbers is the exact loss.
  struct EdgeTally {
    /// Edges closer than this to the counted one before are noise.
    let minimumInterval: Duration
    private(set) var count = EdgeCount()
    private var newestNumber: UInt32 = 0

    init(minimumInterval: Duration) { self.minimumInterval = minimumInterval }

    mutating func add(number: UInt32, at instant: MonotonicInstant) {
      let step = number &- newestNumber
      newestNumber = number
      // Half the range forward cannot be told from backward, and no line loses 2 thousand million edges: a
      // number that runs backward is a broken kernel's, of which only the event itself can be believed.
      let lost = (1...UInt32(Int32.max)).contains(step) ? UInt64(step - 1) : 0
      // What lies in the gap has no time stamps, so it cannot be judged and counts.
      count.restored += lost
      count.total += lost
      if lost == 0, let newest = count.newestEdge, newest.duration(to: instant) < minimumInterval {
        count.rejected += 1
        return
      }
      count.total += 1
      count.newestEdge = instant
    }
  }
#endif
