/// How many edges a line has seen.
public struct EdgeCount: Equatable, Sendable {
  /// Edges since the counter was opened, restored ones included, rejected ones not. Never falls.
  public var total: UInt64
  /// Of `total`: edges that the kernel's queue dropped and whose number its sequence numbers gave back.
  public var restored: UInt64
  /// Edges that came sooner after the one before than the line can produce, and were not counted.
  public var rejected: UInt64
  /// The kernel's time stamp of the newest counted edge; nil before the first.
  public var newestEdge: MonotonicInstant?

  public init(
    total: UInt64 = 0, restored: UInt64 = 0, rejected: UInt64 = 0, newestEdge: MonotonicInstant? = nil
  ) {
    self.total = total
    self.restored = restored
    self.rejected = rejected
    self.newestEdge = newestEdge
  }
}

/// Counts the edges of a line without losing one silently.
///
/// It is a counter and not a stream of events: a reader that stalls finds the right number when it comes
/// back. May be read from any thread, at any rate; reading never waits for an edge.
public protocol EdgeCounter: AnyObject, Sendable {
  /// The count at this moment.
  /// - Throws: ``PiHALError`` with kind `disconnected` when the line is gone; the count before stays readable
  ///   in the last value returned.
  func read() throws(PiHALError) -> EdgeCount
}
