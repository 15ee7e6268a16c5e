/// What the daemon refused, in its own words.
public struct ControlError: Error, Equatable, CustomStringConvertible {
  public let problem: String
  public var description: String { problem }

  public init(problem: String) { self.problem = problem }

  public static let unanswered = ControlError(
    problem: "the daemon ended before it answered: look whether it was done before you try again")

  /// The daemon is there and says nothing.
  /// - Parameter hasBegun: whether it may be carrying out the request.
  static func silent(for patience: Duration, hasBegun: Bool) -> ControlError {
    return ControlError(
      problem: hasBegun
        ? """
        the daemon has taken this and then said nothing for \(patience): it may still be done. Look whether it was \
        before you try again, and look at the daemon's log
        """
        : """
        the daemon does not answer: it said nothing for \(patience). This was given up and will not be done later. \
        Look at the daemon's log, and restart it
        """)
  }

  /// The daemon's answer is not one to this request.
  public static let unexpected = ControlError(
    problem: "the daemon answered something else; is it of another version?")
}
