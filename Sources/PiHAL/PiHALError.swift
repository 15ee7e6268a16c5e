/// What went wrong with a pin, a bus or a serial line, where, and what to do about it.
///
/// Programs branch on ``kind``; people read ``description``:
/// `/dev/spidev0.0 is missing: enable SPI with raspi-config`.
public struct PiHALError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The coarse cause, stable across boards and libgpiod versions.
  public enum Kind: Equatable, Sendable {
    /// The device, chip or line does not exist here.
    case missing
    /// Somebody else holds it; the remedy names the holder when the kernel tells.
    case busy
    /// It exists, and this user may not open it.
    case permissionDenied
    /// The request itself is wrong: a line offset, a frequency, a frame that is too long.
    case invalidRequest
    /// It was there and is gone, or it answered with an input/output error.
    case disconnected
    /// No answer within the time given.
    case timedOut
    /// This board, kernel or library cannot do it.
    case unsupported
    /// What the device or a test's playback answered does not fit what was asked.
    case unexpected
  }

  /// The coarse cause.
  public let kind: Kind
  /// What it happened to, as its user names it: `/dev/spidev0.0`, `GPIO18`.
  public let place: String
  /// What is wrong, as the rest of a sentence that starts with ``place``.
  public let problem: String
  /// What to do about it; empty where nothing helps but reading the sentence.
  public let remedy: String
  /// The system's error number, where a system call failed.
  public let errorNumber: Int32?

  public init(_ kind: Kind, place: String, problem: String, remedy: String = "", errorNumber: Int32? = nil) {
    self.kind = kind
    self.place = place
    self.problem = problem
    self.remedy = remedy
    self.errorNumber = errorNumber
  }

  public var description: String {
    remedy.isEmpty ? "\(place) \(problem)" : "\(place) \(problem): \(remedy)"
  }
}
