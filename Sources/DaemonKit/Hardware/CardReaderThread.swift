import Foundation
import PiHAL
import RC522
import Synchronization

/// Polls a card reader on a thread of its own and posts what it notices.
///
/// The reader is opened on that thread and never leaves it. One that cannot be opened is tried again; one that
/// fails goes on being polled, for its driver resets it and opens its bus again. A transfer that never comes back is
/// noticed by whoever watches the thread.
public final class CardReaderThread: Sendable {
  public enum Notice: Equatable, Sendable {
    case appeared(UID)
    /// A card is gone: it had not been heard for `silence` when that was certain.
    case removed(UID, silence: Duration)
    /// The reader does not tell who is there, in words that say what to do, and since when that is unknown. Told again
    /// when the reason has changed.
    case failed(String, since: MonotonicInstant)
    case recovered
    /// It has looked often and long enough, and well: what lay on it before the start has been reported. Told once.
    case settled
  }

  /// The pause between two polls of a reader that is in use: most of the time from a card to what it opens.
  public static let interval = Duration.milliseconds(25)
  /// The same when no card has come or gone for ten minutes.
  public static let intervalAtRest = Duration.milliseconds(50)

  /// How many looks it takes until a card that lies there has been found for certain, if its silence is short.
  private static let looksUntilSettled = 5

  /// A poll that takes longer hangs in a transfer. Longer than the pause after a reader could not be opened.
  private static let longestPoll = Duration.seconds(2)
  private static let pauseBetweenOpenings = Duration.seconds(1)
  /// A loose contact has another reason at each poll.
  private static let pauseBetweenReasons = Duration.seconds(10)

  private struct Pulse {
    /// When the last poll came back, well or badly.
    var lastPoll: MonotonicInstant
    /// When it was known last who is on the reader.
    var lastCertainty: MonotonicInstant
    var hasFailed = false
    /// What ``watch(at:)`` told last.
    var hangs = false
  }

  private let clock: any MonotonicClock
  private let stopped = Atomic<Bool>(false)
  private let pulse: Mutex<Pulse>
  private let hasEnded = Monitor(false)

  public init(clock: any MonotonicClock) {
    self.clock = clock
    pulse = Mutex(Pulse(lastPoll: clock.now, lastCertainty: clock.now))
  }

  /// Looks whether a poll hangs; expected several times a second, from any thread but its own.
  /// - Returns: what has changed since the last look. A reader that comes back with an error is not well yet, and
  ///   tells its recovery itself.
  public func watch(at now: MonotonicInstant) -> Notice? {
    pulse.withLock { pulse in
      let hangs = pulse.lastPoll.duration(to: now) > Self.longestPoll
      guard hangs != pulse.hangs else { return nil }
      pulse.hangs = hangs
      if hangs { return .failed("the card reader's bus does not come back", since: pulse.lastCertainty) }
      return pulse.hasFailed ? nil : .recovered
    }
  }

  /// Starts polling.
  /// - Parameters:
  ///   - interval: the pause between two polls.
  ///   - intervalAtRest: the pause when no card has come or gone for ten minutes; nil for the same.
  ///   - open: opens the reader; called on the thread, again until it succeeds.
  ///   - prepare: called before each poll, for what must be told to the driver from its own thread.
  ///   - post: takes what was noticed; called on the thread.
  public func start(
    every interval: Duration, atRest intervalAtRest: Duration? = nil,
    open: @escaping @Sendable () throws -> any CardReader,
    prepare: @escaping @Sendable (any CardReader) -> Void,
    post: @escaping @Sendable (Notice) -> Void
  ) {
    let pace = PollingPace(inUse: interval, atRest: intervalAtRest ?? interval)
    let thread = Thread { [self] in
      run(pace, open: open, prepare: prepare, post: post)
      hasEnded.change { $0 = true }
    }
    thread.name = "card reader"
    thread.start()
  }

  /// Ends the thread and waits for it, a second at most: a hung transfer must not hold up the end.
  public func stop() {
    stopped.store(true, ordering: .releasing)
    hasEnded.wait(atMost: .seconds(1), until: \.self)
  }

  /// In steps, so that the end of the daemon does not wait for a pause.
  private func pause(_ duration: Duration) {
    let end = clock.now.advanced(by: duration)
    while !stopped.load(ordering: .acquiring) {
      let rest = clock.now.duration(to: end)
      guard rest > .zero else { return }
      clock.sleep(for: min(rest, .milliseconds(50)))
    }
  }

  private func run(
    _ pace: PollingPace, open: () throws -> any CardReader, prepare: (any CardReader) -> Void,
    post: (Notice) -> Void
  ) {
    var reader: (any CardReader)?
    var told: (reason: String, at: MonotonicInstant)?
    var lastCard: MonotonicInstant?
    var lastCertainty = clock.now
    var looks = 0
    var hasSettled = false
    var wellSince = lastCertainty
    while !stopped.load(ordering: .acquiring) {
      let now: MonotonicInstant
      do {
        let current = try reader ?? open()
        reader = current
        prepare(current)
        let events = try current.poll()
        now = clock.now
        lastCertainty = current.lastCertainty ?? now
        if told != nil { post(.recovered) }
        told = nil
        for event in events {
          lastCard = now
          switch event {
          case .appeared(let uid): post(.appeared(uid))
          case .removed(let uid): post(.removed(uid, silence: current.silence(of: uid)))
          }
        }
        if looks == 0 { wellSince = now }
        looks += 1
        if !hasSettled, looks >= Self.looksUntilSettled,
          wellSince.duration(to: now) >= current.silenceBeforeRemoval
        {
          hasSettled = true
          post(.settled)
        }
      } catch {
        now = clock.now
        lastCertainty = reader?.lastCertainty ?? lastCertainty
        let reason = Self.reason(of: error)
        let isNews =
          told.map { $0.reason != reason && $0.at.duration(to: now) >= Self.pauseBetweenReasons } ?? true
        if isNews {
          post(.failed("\(error)", since: lastCertainty))
          told = (reason, now)
        }
        looks = 0
      }
      pulse.withLock { pulse in
        pulse.lastPoll = now
        pulse.lastCertainty = lastCertainty
        pulse.hasFailed = told != nil
      }
      pause(reader == nil ? Self.pauseBetweenOpenings : pace.pause(lastCard: lastCard, at: now))
    }
  }

  /// Without what is done about it next, which changes from one attempt to the other.
  private static func reason(of error: any Error) -> String {
    guard let error = error as? RC522Error else { return "\(error)" }
    return "\(error.place) \(error.problem)"
  }
}
