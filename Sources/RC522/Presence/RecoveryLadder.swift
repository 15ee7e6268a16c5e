import PiHAL

/// Which step comes next after a fault, and when.
///
/// Each fault in a row takes a stronger step after a longer pause, so that a dead reader costs little and a loose
/// contact is not made worse. No pause is so long that somebody with a card would go away: a reader that works again
/// serves within three seconds, whatever was before. One that has worked for a while starts at the bottom again.
struct RecoveryLadder {
  enum Step: Equatable, CustomStringConvertible {
    /// Write all registers again.
    case initialize
    case softReset
    case hardReset
    /// Open the bus again.
    case reopen

    var description: String {
      switch self {
      case .initialize: "writing its settings again"
      case .softReset: "a soft reset"
      case .hardReset: "a reset by its line"
      case .reopen: "opening it again"
      }
    }
  }

  /// Many short ones first: a pour survives a fault of two seconds and more.
  static let pauses: [Duration] =
    [.zero, .milliseconds(100), .milliseconds(250)] + Array(repeating: .milliseconds(500), count: 5)
    + [.seconds(1), .seconds(2)]
  /// How long the reader must work before the ladder starts at the bottom again.
  static let probation = Duration.seconds(3)

  let hasResetLine: Bool
  let canReopen: Bool
  private(set) var failures = 0
  private var isBusLost = false
  private var nextTry = MonotonicInstant.zero
  private var recoveredAt: MonotonicInstant?

  init(hasResetLine: Bool, canReopen: Bool = false) {
    self.hasResetLine = hasResetLine
    self.canReopen = canReopen
  }

  /// The step to take after the failures so far.
  var step: Step {
    switch failures {
    case ...1: .initialize
    // Resets do not get through to the chip.
    case _ where isBusLost && canReopen: .reopen
    case 2: .softReset
    default: hasResetLine ? .hardReset : .softReset
    }
  }

  /// How long to wait still before the next step.
  func pause(at now: MonotonicInstant) -> Duration { max(.zero, now.duration(to: nextTry)) }

  /// - Parameter isBusLost: whether it was the bus that failed, not the chip.
  mutating func failed(isBusLost: Bool = false, at now: MonotonicInstant) {
    if let recoveredAt, recoveredAt.duration(to: now) >= Self.probation { failures = 0 }
    recoveredAt = nil
    self.isBusLost = isBusLost
    nextTry = now.advanced(by: Self.pauses[min(failures, Self.pauses.count - 1)])
    failures += 1
  }

  mutating func recovered(at now: MonotonicInstant) { recoveredAt = now }
}
