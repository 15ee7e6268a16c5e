import PiHAL

/// A ``CardReader`` on a serial line.
public final class SerialCardReader<Parser: CardFrameParser>: CardReader {
  private let line: any SerialLine
  private let clock: any MonotonicClock
  private let place: String
  private var parser: Parser
  private var presence: SerialPresence
  private var lastBytes: MonotonicInstant?
  /// A number takes less than this at 9600 baud, and USB adapters hold bytes back for less.
  private static var pauseBetweenNumbers: Duration { .milliseconds(50) }

  /// - Parameters:
  ///   - line: the line, opened with the reader's speed (9600 baud for those known).
  ///   - parser: ``CardLineParser`` or ``RDM6300Parser``.
  ///   - style: how the reader tells that a card is still there.
  ///   - place: what the reader is called in errors.
  public init(
    line: any SerialLine, parser: Parser, style: ReportStyle = .standard, clock: any MonotonicClock,
    place: String = "serial card reader"
  ) {
    self.line = line
    self.parser = parser
    self.clock = clock
    self.place = place
    presence = SerialPresence(style: style)
  }

  /// The card that counts as present.
  public var presentCard: UID? { presence.card }

  /// Takes what has come and never waits.
  /// - Throws: ``RC522Error`` `bus` when the line is gone. The card stays as it was: its silence is not its own
  ///   fault.
  public func poll() throws(RC522Error) -> [CardEvent] {
    var events: [CardEvent] = []
    let now = clock.now
    var hasHeard = false
    let last = lastBytes ?? now
    lastBytes = last
    // Bounded: a line that never falls silent must not hold the caller.
    for _ in 0..<16 {
      let bytes: [UInt8]
      do {
        bytes = try line.read(timeout: .zero)
      } catch {
        throw RC522Error(.bus(error), place: place, problem: "cannot be read: \(error)")
      }
      if bytes.isEmpty { break }
      hasHeard = true
      for uid in parser.take(bytes) { events += presence.report(uid, at: now) }
    }
    if hasHeard {
      lastBytes = now
    } else if last.duration(to: now) >= Self.pauseBetweenNumbers {
      parser.lineFellSilent()
    }
    return events + presence.tick(at: now)
  }
}
