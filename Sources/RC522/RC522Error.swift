import PiHAL

/// What went wrong with a card reader or a card, and what to do about it.
public struct RC522Error: Error, Equatable, Sendable, CustomStringConvertible {
  /// The coarse cause.
  public enum Kind: Equatable, Sendable {
    /// The bus or the line underneath failed.
    case bus(PiHALError)
    /// No reader answers: version 0x00 or 0xFF, or registers that do not hold what was written.
    case readerMissing
    /// The reader answered before and does no longer; it is being reset.
    case readerHung
    /// No card answered in time.
    case noAnswer
    /// A card answered with damaged bytes: parity, CRC, check byte or protocol.
    case corruptAnswer
    /// The card refused: wrong key, locked block, a NAK.
    case refused
    /// The request itself is wrong, such as a block number out of range.
    case invalidRequest
  }

  /// The coarse cause.
  public let kind: Kind
  /// What it happened to, such as `RC522 at /dev/spidev0.0` or `card 04a1b2c3`.
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

  public var description: String {
    remedy.isEmpty ? "\(place) \(problem)" : "\(place) \(problem): \(remedy)"
  }
}
