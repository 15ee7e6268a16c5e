/// Input lines that are read together.
///
/// The polarity was settled when the lines were requested: `true` is active. An object belongs to one thread
/// at a time.
public protocol DigitalInput: AnyObject {
  /// How many lines are read together; at least one.
  var lineCount: Int { get }

  /// Reads all lines in one step where the hardware can.
  /// - Returns: one element a line, in the order of the request.
  /// - Throws: ``PiHALError`` with kind `disconnected` when the lines are gone.
  func read() throws(PiHALError) -> [Bool]
}

/// What an open input reads as.
public enum Bias: String, Codable, Sendable, CaseIterable {
  /// Whatever the board has wired; nothing is switched on.
  case asWired = "as-wired"
  case pullUp = "pull-up"
  case pullDown = "pull-down"
  case disabled
}

/// Which changes of a line count.
public enum Edge: String, Codable, Sendable, CaseIterable {
  case rising, falling, both
}
