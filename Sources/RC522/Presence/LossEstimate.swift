/// How many of the answers of a card that is there get lost: an average of its last looks.
///
/// Only the first question after an answer counts. Answers that are lost at random are spread over the looks; a card
/// that was lifted for a moment is silent many times in a row, and says nothing about the air.
struct LossEstimate {
  /// The average reaches back over so many looks.
  private static let reach = 32.0
  /// Silence that answers lost at random would explain less often than this is no accident.
  private static let improbable = 1e-9

  /// The share of answers that is lost. Before the first answer it is a guess that weighs as much as four looks.
  private(set) var share = 0.15
  private var weight = 4.0

  /// The card was heard.
  /// - Parameter wasLost: whether it had to be asked again.
  mutating func heard(wasLost: Bool) {
    weight = min(weight + 1, Self.reach)
    share += ((wasLost ? 1 : 0) - share) / weight
  }

  /// Whether a card that is there would hardly ever leave so many questions in a row without an answer.
  func isImprobable(silentQuestions: Int) -> Bool {
    var chance = 1.0
    for _ in 0..<silentQuestions {
      chance *= share
      if chance < Self.improbable { return true }
    }
    return false
  }
}
