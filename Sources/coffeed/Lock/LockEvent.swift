import DaemonKit
import PiHAL
import RC522

/// What the lock's state machine is told.
enum LockEvent: Codable, Equatable, Sendable {
  /// A card has come onto the reader. A card that stays does not appear again.
  case cardAppeared(UID)
  /// A card has left the reader.
  case cardRemoved(UID)
  /// The reader does not answer.
  case readerFailed(message: String)
  case readerRecovered
  /// The reader has looked often enough since the start: a card that lay on it before has been reported.
  case readerSettled
  /// A drink's button was pressed, or its current was seen.
  case brewed(Drink)
  /// Whether drinks are seen from now on: there are inputs for them, and each of them works. Until this is said they
  /// are not.
  case drinksAreSeen(Bool)

  /// The relays are on by the order of this number.
  case unlocked(EffectID)
  /// The relays are off by the order of this number.
  case locked(EffectID)
  /// The relays cannot be driven, their guard has died, or it has switched them off by itself. The machine orders
  /// them off, again and again, until `locked` comes; then what is left of the time goes on.
  case relaysFailed(message: String)

  /// The books' answer to the request of this number.
  case answered(EffectID, LockAnswer)
  /// Times, master token or scan mode were changed.
  case settingsChanged(LockSettings)

  /// The daemon is about to end.
  case shutDown
  /// Time has passed. Expected at least ten times a second.
  case tick
}

/// An event and when it came: a line of a recorded day.
struct RecordedLockEvent: Codable, Equatable, Sendable {
  var at: MonotonicInstant
  var event: LockEvent
}
