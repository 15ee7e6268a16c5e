import PiHAL

/// What went wrong with a meter, a relay or a valve, where, and what to do about it.
public struct FlowControlError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The coarse cause.
  public enum Kind: Equatable, Sendable {
    /// The line underneath failed. For an output: its level is unknown until a later `update` has reached it.
    case hardware(PiHALError)
    /// A figure is outside its range, or no figure at all.
    case outOfRange
    /// A relay of the same interlock group is on.
    case interlocked
    /// The request does not fit the object, such as the number of a relay that is not there.
    case invalidRequest
  }

  /// The coarse cause.
  public let kind: Kind
  /// What it happened to, as its user names it: `valve of tap 1`, `relay 3`.
  public let place: String
  /// What is wrong, as the rest of a sentence that starts with ``place``.
  public let problem: String
  /// What to do about it; may be empty.
  public let remedy: String

  public init(_ kind: Kind, place: String, problem: String, remedy: String = "") {
    self.kind = kind
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }

  init(_ cause: PiHALError, place: String) {
    self.init(
      .hardware(cause), place: place, problem: "could not be reached, \(cause.place) \(cause.problem)",
      remedy: cause.remedy)
  }

  public var description: String {
    remedy.isEmpty ? "\(place) \(problem)" : "\(place) \(problem): \(remedy)"
  }
}
