import PiHAL

/// Events posted from any thread and taken out by one.
public final class Inbox<Event: Sendable>: Sendable {
  private let events = Monitor<[Event]>([])

  public init() {}

  public func post(_ event: Event) { events.change { $0.append(event) } }

  /// Waits until something was posted, `timeout` at most by the monotonic clock, and takes out all that is there.
  /// Blocks its thread.
  public func take(waiting timeout: Duration) -> [Event] {
    events.wait(atMost: timeout, until: { !$0.isEmpty }) { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
