import PiHAL

/// Which reset comes next after a fault, and when.
///
/// Each fault in a row takes a stronger step after a longer pause, so that a dead reader costs little and a
/// loose contact is not made worse. A reader that has worked for a while starts at the bottom again.
struct RecoveryLadder {
  enum Step: Equatable, CustomStringConvertible {
    /// Write all registers again.
    case initialize
    case softReset
    case hardReset

    var description: String {
      switch self {
      case .initialize: "writing its settings again"
      case .softReset: "a soft reset"
      case .hardReset: "a reset by its line"
      }
    }
  }

  static let pauses: [Duration] = [
    .zero, .milliseconds(100), .milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), .seconds(5),
    .seconds(10),
  ]
  /// How long the reader must work before the ladder starts at the bottom again.
  static let probation = Duration.seconds(30)

  let hasResetLine: Bool
  private(set) var failures = 0
  private var nextTry = MonotonicInstant.zero
  private var recoveredAt: MonotonicInstant?

  init(hasResetLine: Bool) { self.hasResetLine = hasResetLine }

  /// The step to take after the failures so far.
  var step: Step {
    switch failures {
    case ...1: .initialize
    case 2: .softReset
    default: hasResetLine ? .hardReset : .softReset
    }
  }

  /// How long to wait still before the next step.
  func pause(at now: MonotonicInstant) -> Duration { max(.zero, now.duration(to: nextTry)) }

  mutating func failed(at now: MonotonicInstant) {
    if let recoveredAt, recoveredAt.duration(to: now) >= Self.probation { failures = 0 }
    recoveredAt = nil
    nextTry = now.advanced(by: Self.pauses[min(failures, Self.pauses.count - 1)])
    failures += 1
  }

  mutating func recovered(at now: MonotonicInstant) { recoveredAt = now }
}
