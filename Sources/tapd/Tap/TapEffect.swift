import DaemonKit
import PiHAL

/// What a tap's machine wants done. Effects are carried out in their order.
enum TapEffect: Codable, Equatable, Sendable {
  /// Put this to the ledger; its answer comes back as `TapEvent.answered` with the same number.
  case ask(EffectID, LedgerRequest)
  /// Read the meter now and report it as `TapEvent.pulses`: the machine waits for it.
  case readMeter
  /// Open the valve, and close it `atMost` later whatever happens. Report `valveOpened` or `valveFailed`.
  case openValve(EffectID, atMost: Duration)
  /// Close the valve. Report `valveClosed` or `valveFailed`. Comes again until it is confirmed.
  case closeValve(EffectID)
  /// The screen now shows this.
  case show(TapScreen)
  case log(TapLog)
}

/// A line for the log.
struct TapLog: Codable, Equatable, Sendable {
  enum Level: String, Codable, Sendable {
    /// Daily business.
    case info
    /// Worth knowing; the tap helps itself.
    case warning
    /// Somebody should come.
    case alarm
  }

  var level: Level
  var message: String
}
