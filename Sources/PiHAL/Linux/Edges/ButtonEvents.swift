#if os(Linux)
  import CLinuxIO
  import Synchronization

  /// A contact has changed and come to rest.
  public struct ButtonEvent: Equatable, Sendable {
    /// Pressed, closed, or whatever active means for the line.
    public let isActive: Bool
    /// When it began to change, by the kernel's time stamp.
    public let instant: MonotonicInstant
  }

  /// The presses and releases of a button, lever or door contact.
  ///
  /// A bounded stream: a reader that sleeps finds the newest events, and ``dropped`` says how many it missed.
  /// Pulses belong into an ``EdgeCounter``.
  public final class ButtonEvents: Sendable {
    /// The changes, for one reader. Ends when this object goes, or the line does.
    public let events: AsyncStream<ButtonEvent>
    /// Whether the contact was active when the line was opened.
    public let isActiveAtStart: Bool
    /// How many events the reader has missed because it was late.
    public var dropped: Int { button.dropped.load(ordering: .relaxed) }

    private let button: Button
    private let thread: WatcherThread

    /// - Parameters:
    ///   - lines: one line.
    ///   - quietTime: how long the contact must rest until a change counts.
    ///   - capacity: how many events wait for the reader.
    /// - Throws: ``PiHALError``: `invalidRequest`, `busy` with the holder's name, `permissionDenied`, `missing`.
    public convenience init(
      _ lines: InputLines, quietTime: Duration = .milliseconds(10), capacity: Int = 64
    ) throws(PiHALError) {
      try self.init(lines, quietTime: quietTime, capacity: capacity, kernel: .system)
    }

    init(_ lines: InputLines, quietTime: Duration, capacity: Int, kernel: Kernel) throws(PiHALError) {
      guard lines.offsets.count == 1 else {
        throw PiHALError(
          .invalidRequest, place: lines.place, problem: "are \(lines.offsets.count) lines for one button",
          remedy: "open each by itself")
      }
      let source = try LineEvents(lines, edge: .both, kernel: kernel)
      do {
        isActiveAtStart = try source.isActive()
        let (stream, continuation) = AsyncStream<ButtonEvent>.makeStream(
          bufferingPolicy: .bufferingNewest(max(1, capacity)))
        let button = Button(
          source, ButtonDebounce(quietTime: quietTime, isActive: isActiveAtStart), continuation)
        thread = try WatcherThread(descriptor: source.descriptor) { () throws(PiHALError) in
          try button.step()
        }
        events = stream
        self.button = button
      } catch {
        source.close()
        throw error
      }
    }

    deinit {
      thread.stop()
      button.close()
    }
  }

  /// The part that the thread and the owner share.
  private final class Button: Sendable {
    let dropped = Atomic<Int>(0)
    private let source: LineEvents
    private let debounce: Mutex<ButtonDebounce>
    private let continuation: AsyncStream<ButtonEvent>.Continuation

    init(
      _ source: LineEvents, _ debounce: ButtonDebounce, _ continuation: AsyncStream<ButtonEvent>.Continuation
    ) {
      self.source = source
      self.debounce = Mutex(debounce)
      self.continuation = continuation
    }

    /// Reports what has come to rest, and returns when to look again.
    func step() throws(PiHALError) -> MonotonicInstant? {
      try debounce.withLock { (debounce: inout ButtonDebounce) throws(PiHALError) -> MonotonicInstant? in
        do throws(PiHALError) {
          // Everything that came before now must be looked at before now can settle anything.
          let now = SystemClock().now
          try source.drain { event in
            report(
              debounce.edge(
                toActive: event.id == GPIO_V2_LINE_EVENT_RISING_EDGE.rawValue,
                at: MonotonicInstant(nanoseconds: event.timestamp_ns)))
          }
          report(debounce.settle(at: now))
          return debounce.deadline
        } catch {
          continuation.finish()
          throw error
        }
      }
    }

    private func report(_ event: ButtonEvent?) {
      guard let event, case .dropped = continuation.yield(event) else { return }
      dropped.add(1, ordering: .relaxed)
    }

    func close() {
      source.close()
      continuation.finish()
    }
  }
#endif
