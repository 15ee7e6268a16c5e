import Foundation
import PiHAL
import RC522
import Synchronization

/// Polls a card reader on a thread of its own and posts what it notices.
///
/// The reader is opened on that thread and never leaves it. One that cannot be opened is tried again; one that
/// fails goes on being polled, for its driver resets it. A transfer that never comes back is noticed by whoever
/// watches the thread.
public final class CardReaderThread: Sendable {
  public enum Notice: Equatable, Sendable {
    case card(CardEvent)
    /// The reader does not answer, in words that say what to do.
    case failed(String)
    case recovered
    /// It has looked often and long enough, and well: what lay on it before the start has been reported. Told once.
    case settled
  }

  /// How many looks it takes until a card that lies there has been found for certain, if its silence is short.
  private static let looksUntilSettled = 5

  /// A poll that takes longer hangs in a transfer.
  private static let longestPoll = Duration.seconds(3)

  private struct Pulse {
    /// When the last poll came back, well or badly.
    var lastPoll: MonotonicInstant
    var hasFailed = false
    /// What ``watch(at:)`` told last.
    var hangs = false
  }

  private let clock: any MonotonicClock
  private let stopped = Atomic<Bool>(false)
  private let pulse: Mutex<Pulse>
  private let ended = DispatchSemaphore(value: 0)

  public init(clock: any MonotonicClock) {
    self.clock = clock
    pulse = Mutex(Pulse(lastPoll: clock.now))
  }

  /// Looks whether a poll hangs; expected several times a second, from any thread but its own.
  /// - Returns: what has changed since the last look. A reader that comes back with an error is not well yet, and
  ///   tells its recovery itself.
  public func watch(at now: MonotonicInstant) -> Notice? {
    pulse.withLock { pulse in
      let hangs = pulse.lastPoll.duration(to: now) > Self.longestPoll
      guard hangs != pulse.hangs else { return nil }
      pulse.hangs = hangs
      if hangs { return .failed("the card reader's bus does not come back") }
      return pulse.hasFailed ? nil : .recovered
    }
  }

  /// Starts polling.
  /// - Parameters:
  ///   - interval: the pause between two polls.
  ///   - open: opens the reader; called on the thread, again after each failure.
  ///   - prepare: called before each poll, for what must be told to the driver from its own thread.
  ///   - post: takes what was noticed; called on the thread.
  public func start(
    every interval: Duration,
    open: @escaping @Sendable () throws -> any CardReader,
    prepare: @escaping @Sendable (any CardReader) -> Void,
    post: @escaping @Sendable (Notice) -> Void
  ) {
    let thread = Thread { [self] in
      run(every: interval, open: open, prepare: prepare, post: post)
      ended.signal()
    }
    thread.name = "card reader"
    thread.start()
  }

  /// Ends the thread and waits for it, a second at most: a hung transfer must not hold up the end.
  public func stop() {
    stopped.store(true, ordering: .releasing)
    _ = ended.wait(timeout: .now() + 1)
  }

  private func run(
    every interval: Duration, open: () throws -> any CardReader, prepare: (any CardReader) -> Void,
    post: (Notice) -> Void
  ) {
    var reader: (any CardReader)?
    var failure: String?
    var looks = 0
    var hasSettled = false
    var wellSince = clock.now
    while !stopped.load(ordering: .acquiring) {
      do {
        let current = try reader ?? open()
        reader = current
        prepare(current)
        let events = try current.poll()
        if failure != nil { post(.recovered) }
        failure = nil
        events.forEach { post(.card($0)) }
        if looks == 0 { wellSince = clock.now }
        looks += 1
        if !hasSettled, looks >= Self.looksUntilSettled,
          wellSince.duration(to: clock.now) >= current.silenceBeforeRemoval
        {
          hasSettled = true
          post(.settled)
        }
      } catch {
        let words = "\(error)"
        if failure != words { post(.failed(words)) }
        failure = words
        looks = 0
      }
      pulse.withLock { pulse in
        pulse.lastPoll = clock.now
        pulse.hasFailed = failure != nil
      }
      clock.sleep(for: reader == nil ? .seconds(1) : interval)
    }
  }
}
