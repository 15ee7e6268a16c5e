import PiHAL

/// How long a card reader is left alone between two polls.
///
/// That pause is most of the time from a card to the valve, and polling is most of what an idle daemon does: so the
/// reader is looked at less often when nobody has come for long.
struct PollingPace: Equatable, Sendable {
  let inUse: Duration
  let atRest: Duration
  /// Nobody has come for so long.
  static let restsAfter = Duration.seconds(600)

  /// - Parameter lastCard: when a card has come or gone last; nil when none has.
  func pause(lastCard: MonotonicInstant?, at now: MonotonicInstant) -> Duration {
    guard let lastCard, lastCard.duration(to: now) < Self.restsAfter else { return atRest }
    return inUse
  }
}
