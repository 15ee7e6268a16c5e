import PiHAL

/// How a serial reader tells about a card.
public enum ReportStyle: Equatable, Sendable {
  /// It repeats the number while the card is there; after this long without it the card counts as removed.
  case repeating(silence: Duration)
  /// It tells once; the card counts as removed after this long, wherever it is.
  case once(hold: Duration)

  /// Most readers repeat every 100 ms or so, an RDM6300 every 65 ms.
  public static let standard = ReportStyle.repeating(silence: .seconds(1))
}

/// Turns the numbers that a serial reader sends into a card that appears and is removed. Such readers hear one
/// card at a time, so another number ends the presence of the one before.
///
/// A reader that repeats its numbers is believed another one when it comes twice in a row: what comes once between two
/// reports of a card that lies there is a damaged frame, or one that the reader made up.
struct SerialPresence {
  let style: ReportStyle
  /// How many reports in a row it takes when no card is there.
  let reportsOfFirstCard: Int
  private(set) var card: UID?
  private var lastReport = MonotonicInstant.zero
  /// Another number than the card's, and how often it came in a row.
  private var candidate: (uid: UID, reports: Int, last: MonotonicInstant)?

  init(style: ReportStyle, reportsOfFirstCard: Int = 1) {
    self.style = style
    self.reportsOfFirstCard = reportsOfFirstCard
  }

  mutating func report(_ uid: UID, at now: MonotonicInstant) -> [CardEvent] {
    // Who was silent for too long before this report has been gone meanwhile.
    var events = tick(at: now)
    if card == uid {
      lastReport = now
      candidate = nil
      return events
    }
    let before = candidate.map { $0.uid == uid && $0.last.duration(to: now) < patience ? $0.reports : 0 } ?? 0
    candidate = (uid, before + 1, now)
    guard before + 1 >= reportsUntilBelieved else { return events }
    candidate = nil
    lastReport = now
    if let card { events.append(.removed(card)) }
    card = uid
    return events + [.appeared(uid)]
  }

  private var reportsUntilBelieved: Int {
    if case .once = style { return 1 }
    return card == nil ? reportsOfFirstCard : 2
  }

  /// Nothing could be heard until now: the card's patience begins anew.
  mutating func lineCameBack(at now: MonotonicInstant) { lastReport = now }

  /// How long the card may be silent.
  var patience: Duration {
    switch style {
    case .repeating(let silence): silence
    case .once(let hold): hold
    }
  }

  mutating func tick(at now: MonotonicInstant) -> [CardEvent] {
    guard let card, lastReport.duration(to: now) >= patience else { return [] }
    self.card = nil
    return [.removed(card)]
  }
}
