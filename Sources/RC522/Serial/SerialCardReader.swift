import PiHAL

/// A ``CardReader`` on a serial line. One whose line is lost, as when a USB adapter is pulled out, opens it again.
public final class SerialCardReader<Parser: CardFrameParser>: CardReader {
  private let open: () throws(PiHALError) -> any SerialLine
  private let clock: any MonotonicClock
  private let place: String
  private var line: (any SerialLine)?
  /// When the line that was lost is opened again, and why not before.
  private var lost: (until: MonotonicInstant, reason: RC522Error)?
  private let newParser: Parser
  private var parser: Parser
  private var presence: SerialPresence
  private var lastBytes: MonotonicInstant?
  /// A number takes less than this at 9600 baud, and USB adapters hold bytes back for less.
  private static var pauseBetweenNumbers: Duration { .milliseconds(50) }
  private static var pauseBetweenOpenings: Duration { .seconds(1) }

  /// - Parameters:
  ///   - parser: ``CardLineParser`` or ``RDM6300Parser``.
  ///   - style: how the reader tells that a card is still there.
  ///   - place: what the reader is called in errors.
  ///   - open: opens the line with the reader's speed (9600 baud for those known); called again when it is lost.
  /// - Throws: ``RC522Error`` `bus` when the line cannot be opened.
  public init(
    parser: Parser, style: ReportStyle = .standard, clock: any MonotonicClock,
    place: String = "serial card reader", open: @escaping () throws(PiHALError) -> any SerialLine
  ) throws(RC522Error) {
    self.open = open
    newParser = parser
    self.parser = parser
    self.clock = clock
    self.place = place
    presence = SerialPresence(style: style, reportsOfFirstCard: Parser.reportsOfFirstCard)
    _ = try openLine(at: clock.now)
  }

  /// The card that counts as present.
  public var presentCard: UID? { presence.card }

  /// As the ``ReportStyle`` has it. A reader that tells a card once never tells of one that lay there before.
  public var silenceBeforeRemoval: Duration { presence.patience }

  /// Takes what has come and never waits.
  /// - Throws: ``RC522Error`` `bus` while the line is gone. The card stays as it was: its silence is not its own
  ///   fault.
  public func poll() throws(RC522Error) -> [CardEvent] {
    var events: [CardEvent] = []
    let now = clock.now
    let line = try openLine(at: now)
    var hasHeard = false
    let last = lastBytes ?? now
    lastBytes = last
    // Bounded: a line that never falls silent must not hold the caller.
    for _ in 0..<16 {
      let bytes: [UInt8]
      do {
        bytes = try line.read(timeout: .zero)
      } catch {
        throw lose(because: error, at: now)
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

  private func openLine(at now: MonotonicInstant) throws(RC522Error) -> any SerialLine {
    if let line { return line }
    if let lost, now < lost.until { throw lost.reason }
    do {
      let opened = try open()
      line = opened
      if lost != nil {
        lost = nil
        // What was begun is not what comes now.
        parser = newParser
        lastBytes = nil
        presence.lineCameBack(at: now)
      }
      return opened
    } catch {
      throw lose(because: error, at: now)
    }
  }

  private func lose(because error: PiHALError, at now: MonotonicInstant) -> RC522Error {
    // First the old one is closed: nobody else may have it open.
    line = nil
    let reason = RC522Error(.bus(error), place: place, problem: "cannot be read: \(error)")
    lost = (now.advanced(by: Self.pauseBetweenOpenings), reason)
    return reason
  }
}
