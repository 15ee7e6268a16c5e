import DaemonKit
import FlowControl
import PiHAL
import RC522

/// What a tap's machine is told.
enum TapEvent: Codable, Equatable, Sendable {
  /// A card has come onto the reader. A card that stays does not appear again.
  case cardAppeared(UID)
  /// A card has left the reader, which had not heard it for `silence` when that was certain.
  case cardRemoved(UID, silence: Duration = .zero)
  /// The reader does not answer: who is on it is unknown until it recovers, and has been since `since` (nil: now). May
  /// come again with another reason.
  case readerFailed(message: String, since: MonotonicInstant? = nil)
  /// The reader answers again, and reports removals that it missed.
  case readerRecovered

  /// The meter was read. Expected at least every `TapSettings.readingInterval`; while the machine is idle, every
  /// quarter of a second will do.
  case pulses(PulseReading)
  /// The meter's line is gone or cannot be read.
  case meterFailed(message: String)

  /// The valve has opened by the order of this number.
  case valveOpened(EffectID)
  /// The valve is closed: by the order of this number, or by itself (the guard's doing) when nil.
  case valveClosed(EffectID?)
  /// The valve cannot be driven or its guard has died. The machine orders it closed, again and again, until
  /// `valveClosed` comes.
  case valveFailed(message: String)

  /// The ledger's answer to the request of this number.
  case answered(EffectID, LedgerAnswer)
  /// The keg, the service, a leak or what was learned of this tap has changed in the ledger.
  case tapChanged(TapStatus)
  /// A card's balance has changed in the ledger other than by its pour (a top-up).
  case balanceChanged(UID)

  /// A card was blocked in the ledger: its pour ends.
  case cardBlocked(UID)

  /// Someone stops the pour that is running: a button on a page.
  case cancelPour
  /// The daemon is about to end: the pour that is running is ended, and no other begins. Go on delivering
  /// events until `TapMachine.hasFinished`.
  case shutDown
  /// Time has passed. Expected at least every `TapSettings.tickInterval`; while the machine is idle, every quarter
  /// of a second will do.
  case tick
}

/// The meter's count at a moment.
struct PulseReading: Codable, Equatable, Sendable {
  /// Which run of the counter this is. The shell adds one each time it opens the counter again; `total`
  /// then starts from zero.
  var epoch: UInt32 = 0
  /// Pulses since the counter was opened.
  var total: UInt64
  /// Of `total`: pulses that the kernel's sequence numbers gave back.
  var restored: UInt64 = 0
  /// Edges that came too fast to be flow; not in `total`.
  var rejected: UInt64 = 0
  /// When the newest pulse came.
  var newestEdge: MonotonicInstant?
}

/// An event and when it came: a line of a recorded evening.
struct RecordedEvent: Codable, Equatable, Sendable {
  var at: MonotonicInstant
  var event: TapEvent
}

/// What the ledger knows of a tap, as far as its machine needs it.
struct TapStatus: Codable, Equatable, Sendable {
  var inService = true
  var keg: Keg?
  /// What will flow on after the order to close, as learned.
  var afterFlow = AfterFlow()
  /// How fast the tap pours with its lever wide open, as learned; nil as long as it is unknown.
  var usualMicrolitresPerSecond: Int64?
  /// The keg seems to be empty, and nobody has said that it is not: guests are refused.
  var kegIsInDoubt = false
  /// The tap is known to leak.
  var isLeaking = false

  struct Keg: Codable, Equatable, Sendable {
    var beverage: String
    var pricePerLitre: Money
    var capacityMicrolitres: Int64
    var remainingMicrolitres: Int64
    /// What may still be sold: what remains above the reserve.
    var availableMicrolitres: Int64
  }
}
