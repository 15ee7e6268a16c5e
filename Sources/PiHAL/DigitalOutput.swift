/// Output lines that are driven together: a valve, a LED, a board of relays.
///
/// *For drivers:* think in active and inactive, never in high and low: polarity is the board's business and
/// was settled when the lines were requested. Lines are numbered in the order of that request. An object
/// belongs to one thread at a time.
///
/// *For boards:* the first level is part of the request, so that nothing clicks at start. `set` changes all
/// lines in one step where the hardware can, and has reached the pins when it returns.
public protocol DigitalOutput: AnyObject {
  /// How many lines are driven together; at least one.
  var lineCount: Int { get }

  /// What the lines were last set to; one element a line.
  var active: [Bool] { get }

  /// Drives every line at once.
  /// - Parameter active: one element a line, in the order of the request.
  /// - Throws: ``PiHALError`` with kind `invalidRequest` for a wrong number of elements, `disconnected` when
  ///   the lines (or the guard that holds them) are gone. The levels are then unknown.
  func set(active: [Bool]) throws(PiHALError)
}

extension DigitalOutput {
  /// Drives a single line and leaves the others as they are.
  public func set(line: Int = 0, active isActive: Bool) throws(PiHALError) {
    var next = active
    guard next.indices.contains(line) else {
      throw PiHALError(
        .invalidRequest, place: "line \(line)", problem: "is not among the \(next.count) requested lines")
    }
    next[line] = isActive
    try set(active: next)
  }
}
