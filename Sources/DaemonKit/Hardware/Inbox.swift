import Dispatch
import PiHAL
import Synchronization

/// Events posted from any thread and taken out by one.
public final class Inbox<Event: Sendable>: Sendable {
  private let events = Mutex<[Event]>([])
  private let arrival = DispatchSemaphore(value: 0)

  public init() {}

  public func post(_ event: Event) {
    events.withLock { $0.append(event) }
    arrival.signal()
  }

  /// Waits until something was posted, `timeout` at most, and takes out all that is there. Blocks its thread.
  public func take(waiting timeout: Duration) -> [Event] {
    let deadline = DispatchTime.now() + .nanoseconds(Int(clamping: timeout.wholeNanoseconds))
    _ = arrival.wait(timeout: deadline)
    return events.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
