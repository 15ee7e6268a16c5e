import PiHAL

/// Turns looks at the field into cards that appear and are removed.
///
/// A card appears when it has been read once, check bytes and all. It is removed when it stayed silent in
/// several looks and for some time, whichever ends later. A look that heard damaged bytes counts for nothing:
/// corrupt is not gone.
struct PresenceTracker {
  private struct Card {
    var uid: UID
    var silentLooks = 0
    var silentSince: MonotonicInstant?
  }

  let silentLooksBeforeRemoval: Int
  let silenceBeforeRemoval: Duration
  /// More cards than this are not tracked; a field feeds about five.
  let capacity: Int
  private var cards: [Card] = []

  init(silentLooksBeforeRemoval: Int, silenceBeforeRemoval: Duration, capacity: Int) {
    self.silentLooksBeforeRemoval = silentLooksBeforeRemoval
    self.silenceBeforeRemoval = silenceBeforeRemoval
    self.capacity = capacity
  }

  /// The cards in the field, in the order in which they appeared.
  var present: [UID] { cards.map(\.uid) }

  /// Takes what one look found.
  /// - Parameters:
  ///   - seen: the cards that were read.
  ///   - isClear: whether all answers were readable; silence counts only then.
  mutating func look(seen: [UID], isClear: Bool, at now: MonotonicInstant) -> [CardEvent] {
    var events: [CardEvent] = []
    for index in cards.indices {
      if seen.contains(cards[index].uid) {
        cards[index].silentLooks = 0
        cards[index].silentSince = nil
      } else if isClear {
        cards[index].silentLooks += 1
        cards[index].silentSince = cards[index].silentSince ?? now
      }
    }
    cards.removeAll { card in
      guard isClear, let since = card.silentSince, card.silentLooks >= silentLooksBeforeRemoval,
        since.duration(to: now) >= silenceBeforeRemoval
      else { return false }
      events.append(.removed(card.uid))
      return true
    }
    for uid in seen where !present.contains(uid) && cards.count < capacity {
      cards.append(Card(uid: uid))
      events.append(.appeared(uid))
    }
    return events
  }

  /// Forgets silence that the reader, not the cards, was to blame for.
  mutating func forgiveSilence() {
    for index in cards.indices {
      cards[index].silentLooks = 0
      cards[index].silentSince = nil
    }
  }
}
