/// What the daemon refused, in its own words.
public struct ControlError: Error, Equatable, CustomStringConvertible {
  public let problem: String
  public var description: String { problem }

  public init(problem: String) { self.problem = problem }

  public static let unanswered = ControlError(
    problem: "the daemon ended before it answered: look whether it was done before you try again")

  /// The daemon's answer is not one to this request.
  public static let unexpected = ControlError(
    problem: "the daemon answered something else; is it of another version?")
}
