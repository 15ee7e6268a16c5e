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
struct SerialPresence {
  let style: ReportStyle
  private(set) var card: UID?
  private var lastReport = MonotonicInstant.zero

  init(style: ReportStyle) { self.style = style }

  mutating func report(_ uid: UID, at now: MonotonicInstant) -> [CardEvent] {
    // Who was silent for too long before this report has been gone meanwhile.
    var events = tick(at: now)
    lastReport = now
    if card == uid { return events }
    if let card { events.append(.removed(card)) }
    card = uid
    return events + [.appeared(uid)]
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
