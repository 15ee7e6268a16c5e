#if os(Linux)
  import Synchronization

  /// Counts the edges of one line of a GPIO chip, for flow meters and the like.
  ///
  /// A thread empties the kernel's queue of 1024 events; ``read()`` empties it too, so that it tells the edges
  /// up to this moment. Should both come late (the process was stopped), the kernel's sequence numbers give the
  /// lost number back. Not seen by anybody: two edges closer together than the machine needs to answer an
  /// interrupt, a few microseconds.
  public final class LinuxEdgeCounter: EdgeCounter {
    private let counter: Counter
    private let thread: WatcherThread

    /// The thread wakes up no more often than this, however fast the edges come. What the queue holds would have to
    /// come within this time to be dropped: 200,000 edges a second.
    private static let gathering = Duration.milliseconds(5)

    /// - Parameters:
    ///   - lines: one line.
    ///   - minimumInterval: an edge that comes sooner than this after the counted one before is noise and is
    ///     not counted (``EdgeCount/rejected``); half of what the sensor can produce at most is a good value,
    ///     zero counts all. Edges restored from sequence numbers have no time and always count.
    /// - Throws: ``PiHALError``: `invalidRequest`, `busy` with the holder's name, `permissionDenied`, `missing`.
    public convenience init(_ lines: InputLines, edge: Edge = .rising, minimumInterval: Duration = .zero)
      throws(PiHALError)
    {
      try self.init(lines, edge: edge, minimumInterval: minimumInterval, kernel: .system)
    }

    init(_ lines: InputLines, edge: Edge, minimumInterval: Duration, kernel: Kernel) throws(PiHALError) {
      guard lines.offsets.count == 1 else {
        throw PiHALError(
          .invalidRequest, place: lines.place, problem: "are \(lines.offsets.count) lines for one counter",
          remedy: "open a counter for each")
      }
      let events = try LineEvents(lines, edge: edge, kernel: kernel)
      let counter = Counter(events, minimumInterval: minimumInterval)
      self.counter = counter
      do {
        thread = try WatcherThread(descriptor: events.descriptor, pause: Self.gathering) {
          () throws(PiHALError) in
          _ = try counter.drain()
          return nil
        }
      } catch {
        events.close()
        throw error
      }
    }

    deinit {
      thread.stop()
      counter.close()
    }

    public func read() throws(PiHALError) -> EdgeCount { try counter.drain() }
  }

  /// The part that the thread and the readers share.
  private final class Counter: Sendable {
    private let events: LineEvents
    private let tally: Mutex<EdgeTally>

    init(_ events: LineEvents, minimumInterval: Duration) {
      self.events = events
      tally = Mutex(EdgeTally(minimumInterval: minimumInterval))
    }

    func drain() throws(PiHALError) -> EdgeCount {
      try tally.withLock { (tally: inout EdgeTally) throws(PiHALError) -> EdgeCount in
        try events.drain { event in
          tally.add(
            number: event.line_seqno, at: MonotonicInstant(nanoseconds: event.timestamp_ns))
        }
        return tally.count
      }
    }

    func close() { events.close() }
  }
#endif
