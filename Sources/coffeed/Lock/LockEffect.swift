import DaemonKit

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
