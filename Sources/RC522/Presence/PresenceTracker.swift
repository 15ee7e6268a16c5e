import PiHAL

/// Turns looks at the field into cards that appear and are removed.
///
/// A card appears when it has been read once, check bytes and all. It is removed when it stayed silent in several
/// looks, for some time, and in so many questions that lost answers cannot be the reason, whichever ends last. A look
/// that heard damaged bytes is no silence, for corrupt is not gone; but a card of which nothing was heard for long,
/// while others were, is removed whatever was damaged meanwhile.
struct PresenceTracker {
  /// How often a silent card is asked in one look, as long as lost answers may be the reason for its silence.
  private static let questionsPerLook = 4

  private struct Card {
    let uid: UID
    var loss = LossEstimate()
    /// Silence in clear looks.
    var silentLooks = 0
    var silentQuestions = 0
    var silentSince: MonotonicInstant?
    /// Looks without it since it was last heard, damaged ones too. A reset of the reader does not forgive them.
    var missedLooks = 0
    var missedSince: MonotonicInstant?

    /// - Parameter questions: how many it took; nil when that says nothing about the air.
    mutating func heard(questions: Int?) {
      if let questions {
        loss.heard(wasLost: questions > 1 || missedLooks > 0)
      } else if missedLooks > 0 {
        loss.heard(wasLost: true)
      }
      missedLooks = 0
      missedSince = nil
      forgiveSilence()
    }

    mutating func missed(questions: Int, isClear: Bool, at now: MonotonicInstant) {
      missedLooks += 1
      missedSince = missedSince ?? now
      guard isClear else { return }
      silentLooks += 1
      silentQuestions += questions
      silentSince = silentSince ?? now
    }

    mutating func forgiveSilence() {
      silentLooks = 0
      silentQuestions = 0
      silentSince = nil
    }
  }

  let silentLooksBeforeRemoval: Int
  let silenceBeforeRemoval: Duration
  /// A card that was not heard for so long is removed, whatever the reason for its silence may be.
  let longestSilence: Duration
  /// More cards than this are not tracked; a field feeds about five.
  let capacity: Int
  private var cards: [Card] = []
  /// How long the cards that the last look removed had been silent.
  private(set) var silences: [UID: Duration] = [:]

  init(
    silentLooksBeforeRemoval: Int, silenceBeforeRemoval: Duration, longestSilence: Duration = .seconds(3),
    capacity: Int
  ) {
    self.silentLooksBeforeRemoval = silentLooksBeforeRemoval
    self.silenceBeforeRemoval = silenceBeforeRemoval
    self.longestSilence = max(longestSilence, silenceBeforeRemoval)
    self.capacity = capacity
  }

  /// The cards in the field, in the order in which they appeared.
  var present: [UID] { cards.map(\.uid) }

  /// How often a known card is to be asked in the next look until it answers.
  func questions(for uid: UID) -> Int {
    guard let card = cards.first(where: { $0.uid == uid }),
      !card.loss.isImprobable(silentQuestions: card.silentQuestions)
    else { return 1 }
    return Self.questionsPerLook
  }

  /// Takes what one look found.
  /// - Parameters:
  ///   - seen: the cards that were read.
  ///   - isClear: whether all answers were readable; silence counts only then.
  ///   - questions: how often each known card was asked; a silent one that is not in it as often as it should be.
  mutating func look(
    seen: [UID], isClear: Bool, questions: [UID: Int] = [:], at now: MonotonicInstant
  ) -> [CardEvent] {
    silences = [:]
    // Where everything is damaged, nobody can be missed.
    let tells = isClear || !seen.isEmpty
    for index in cards.indices {
      let asked = questions[cards[index].uid]
      if seen.contains(cards[index].uid) {
        cards[index].heard(questions: asked)
      } else if tells {
        cards[index].missed(questions: asked ?? Self.questionsPerLook, isClear: isClear, at: now)
      }
    }
    var events: [CardEvent] = []
    if tells {
      for card in cards where isGone(card, isClear: isClear, at: now) {
        silences[card.uid] = card.missedSince?.duration(to: now)
        events.append(.removed(card.uid))
      }
      cards.removeAll { silences[$0.uid] != nil }
    }
    for uid in seen where !present.contains(uid) && cards.count < capacity {
      cards.append(Card(uid: uid))
      events.append(.appeared(uid))
    }
    return events
  }

  private func isGone(_ card: Card, isClear: Bool, at now: MonotonicInstant) -> Bool {
    guard let missedSince = card.missedSince else { return false }
    // Twice the looks, so that a pause of the reader between two of them is not taken for the card's.
    if missedSince.duration(to: now) >= longestSilence, card.missedLooks >= 2 * silentLooksBeforeRemoval {
      return true
    }
    guard isClear, let silentSince = card.silentSince else { return false }
    return card.silentLooks >= silentLooksBeforeRemoval
      && silentSince.duration(to: now) >= silenceBeforeRemoval
      && card.loss.isImprobable(silentQuestions: card.silentQuestions)
  }

  /// Forgets silence that the reader, not the cards, was to blame for.
  mutating func forgiveSilence() {
    for index in cards.indices { cards[index].forgiveSilence() }
  }
}
