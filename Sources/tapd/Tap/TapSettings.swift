import FlowControl

/// What can be set for a tap. Durations are real time, not wall time.
struct TapSettings: Codable, Equatable, Sendable {
  /// The tap's name.
  var tap = TapID("tap")
  /// ISO 4217 code or a festival's own token name.
  var currency = "EUR"
  /// How many digits of an amount stand after the decimal point.
  var currencyDecimals = 2
  var calibration = FlowCalibration.yfS201

  /// How often the meter is read. The volume between two readings counts towards closing
  /// early.
  var readingInterval: Duration = .milliseconds(20)
  /// How often `tick` comes.
  var tickInterval: Duration = .milliseconds(50)
  /// Without a reading for so long the meter has failed.
  var meterTimeout: Duration = .seconds(1)

  /// How long a card may be away before its pour ends, counted from when the reader first missed it.
  var removalGrace: Duration = .seconds(1)
  /// How long a pour goes on while it is unknown who is on the reader.
  var readerFaultGrace: Duration = .seconds(3)
  /// A pour ends when nothing has flowed for so long.
  var noFlowTimeout: Duration = .seconds(15)
  /// A flow that has stopped for so long is not only slow.
  var silence: Duration = .seconds(4)
  /// A guest's pour ends after so long.
  var maximumPour: Duration = .seconds(120)
  /// A maintenance pour ends after so long.
  var maximumMaintenance: Duration = .seconds(600)

  /// The smallest volume that is worth opening the valve for, the after-flow not counted.
  var minimumPourMicrolitres: Int64 = 20_000
  /// A running pour leaves a durable mark after so much...
  var markMicrolitres: Int64 = 25_000
  /// ...or so long, whichever comes first.
  var markInterval: Duration = .milliseconds(500)

  /// The flow has stopped when no pulse came for so long after the valve closed.
  var flowStopped: Duration = .seconds(1)
  /// What flows later than so long after the valve closed is a leak.
  var maximumSettling: Duration = .seconds(5)
  /// An order to close that is not confirmed is repeated so often.
  var closeRetry: Duration = .milliseconds(250)
  /// An order to the valve that is not confirmed for so long has failed.
  var valveTimeout: Duration = .seconds(2)

  /// The ledger has so long to authorise a card.
  var authorisationTimeout: Duration = .seconds(5)
  /// A record that was not acknowledged is asked for again so often.
  var recordRetry: Duration = .seconds(2)

  /// How long the screen shows what a pour came to.
  var doneScreen: Duration = .seconds(6)
  /// How long the screen shows a refusal.
  var refusedScreen: Duration = .seconds(4)
  /// The least time between two screens of a running pour.
  var screenInterval: Duration = .milliseconds(100)

  /// Flow without a pour is collected for so long before it is recorded; twice as long each time until the next
  /// pour.
  var unattributedInterval: Duration = .seconds(2)
  /// It is collected for so long at most.
  var longestUnattributedInterval: Duration = .seconds(600)
  /// Flow so soon after a settled pour is late after-flow, later flow is a leak.
  var lateAfterFlow: Duration = .seconds(5)
  /// More flow than this within `leakWindow` without a pour raises the alarm.
  var leakMicrolitres: Int64 = 50_000
  /// See `leakMicrolitres`; a leak is over when nothing has flowed for so long.
  var leakWindow: Duration = .seconds(60)
  /// Twice `leakMicrolitres` since the last pour, at most in so long, raise it too.
  var slowLeakWindow: Duration = .seconds(86_400)
  /// A slow leak is over when nothing has flowed for so long.
  var slowLeakSilence: Duration = .seconds(600)
  /// What already flows before the valve opens is given so long to stop.
  var quietTimeout: Duration = .seconds(3)
}
