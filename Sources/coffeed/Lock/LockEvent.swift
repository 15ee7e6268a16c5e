import RC522

/// Numbers an effect that is to be answered. Counts from 1 in each life of a machine.
struct EffectID: Hashable, Codable, Sendable {
  var number: UInt64

  init(_ number: UInt64) { self.number = number }
}

/// What the lock's state machine is told.
enum LockEvent: Codable, Equatable, Sendable {
  /// A card has come onto the reader. A card that stays does not appear again.
  case cardAppeared(UID)
  /// A card has left the reader.
  case cardRemoved(UID)
  /// The reader does not answer.
  case readerFailed(message: String)
  case readerRecovered
  /// A drink's button was pressed, or its current was seen.
  case brewed(Drink)

  /// The relays are on by the order of this number.
  case unlocked(EffectID)
  /// The relays are off: by the order of this number, or by themselves (the guard's doing) when nil.
  case locked(EffectID?)
  /// The relays cannot be driven or their guard has died. The machine orders them off, again and again, until
  /// `locked` comes.
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

/// What the lock's state machine wants done. Effects are carried out in their order.
enum LockEffect: Codable, Equatable, Sendable {
  /// Put this to the books; the answer comes back as `LockEvent.answered` with the same number.
  case ask(EffectID, LockRequest)
  /// Switch the relays on, and off `atMost` later whatever happens. Report `unlocked` or `relaysFailed`.
  case unlock(EffectID, atMost: Duration)
  /// Switch the relays off. Report `locked` or `relaysFailed`. Comes again until it is confirmed.
  case lock(EffectID)
  case lights(Lights)
  /// The pages now show this.
  case show(LockView)
  /// A token was shown in scan mode (or refused): the administration page shows it for some seconds.
  case scanned(Token)
  case log(LockLog)
}

/// The LEDs at the machine.
enum Lights: String, Codable, Sendable, CaseIterable {
  /// Red: a token may be presented.
  case ready
  /// Green: unlocked for a user.
  case active
  /// Both: always on.
  case master
  /// None: locked out, or out of order.
  case off
}

/// What the pages show of the machine, as one value.
struct LockView: Codable, Equatable, Sendable {
  enum Phase: String, Codable, Sendable, CaseIterable {
    case starting, ready, asking, active, master, lockedOut, outOfOrder
  }

  enum Notice: String, Codable, Sendable, CaseIterable {
    case refused, enrolled, storageFault, readerFault, relayFault
  }

  var phase = Phase.starting
  var notice: Notice?
  /// When an activation or a lock-out ends, in whole seconds from when this was made; nil without an end.
  var secondsLeft: Int?
  /// Who is being served; shown to those who are logged in.
  var userName: String?
  var isScanMode = false
}

struct LockLog: Codable, Equatable, Sendable {
  enum Level: String, Codable, Sendable { case info, warning, alarm }

  var level: Level
  var message: String
}

/// What the lock goes by.
struct LockSettings: Codable, Equatable, Sendable {
  /// How long a token unlocks the machine.
  var activation: Duration = .seconds(30)
  /// How long when it has to warm up: it was unused for `coldAfter`.
  var coldActivation: Duration = .seconds(90)
  var coldAfter: Duration = .seconds(180 * 60)
  /// More than so many invalid tokens within `attemptWindow` lock everybody out for `lockOut`.
  var invalidTokens = 10
  var attemptWindow: Duration = .seconds(60)
  var lockOut: Duration = .seconds(300)
  /// The token that turns the machine on until it is shown again.
  var masterToken: Token?
  var isScanMode = false
  /// Whether drinks are seen, and only those are charged.
  var chargesDrinks = false
}
