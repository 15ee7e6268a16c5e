import PiHAL

/// What a reader noticed.
public enum CardEvent: Equatable, Sendable {
  /// A card has come into the field. A card that stays does not appear again.
  case appeared(UID)
  /// A card is gone for good; a single silent or garbled answer does not count.
  case removed(UID)
}

/// A card reader, whatever its chip or wire. It belongs to one thread, which polls it.
public protocol CardReader: AnyObject {
  /// How long a card stays silent until it counts as removed. A card that lay there when the reader was opened is
  /// reported within this time, if the reader works.
  var silenceBeforeRemoval: Duration { get }

  /// Looks once at the field.
  ///
  /// Call it ten times a second or more; it never waits for a card.
  /// - Returns: what has changed since the last call, in the order in which it was noticed.
  /// - Throws: ``RC522Error`` when the reader does not answer. Go on polling: the reader is reset and comes
  ///   back by itself; cards that were in the field are not reported as removed because of a fault.
  func poll() throws(RC522Error) -> [CardEvent]

  /// For how long a card that the last ``poll()`` reported as removed had not been heard by then. It may be longer
  /// than ``silenceBeforeRemoval`` where answers get lost.
  func silence(of uid: UID) -> Duration

  /// When the reader last knew who is in its field; nil before that, and for a reader that knows whenever ``poll()``
  /// does not throw.
  var lastCertainty: MonotonicInstant? { get }
}

extension CardReader {
  /// ``silenceBeforeRemoval``
  public func silence(of uid: UID) -> Duration { silenceBeforeRemoval }

  public var lastCertainty: MonotonicInstant? { nil }
}
