import FlowControl

/// What can be set for a tap. Durations are real time, not wall time.
struct TapSettings: Codable, Equatable, Sendable {
  /// The tap's name.
  var tap = TapID("tap")
  /// ISO 4217 code or a festival's own token name.
  var currency = "EUR"
  /// How many digits of an amount stand after the decimal point: 0...4.
  var currencyDecimals = 2
  var calibration = FlowCalibration.yfS201

  /// How often the meter is read: 5 ms...200 ms. The volume between two readings counts towards closing
  /// early.
  var readingInterval: Duration = .milliseconds(20)
  /// How often `tick` comes: 10 ms...500 ms.
  var tickInterval: Duration = .milliseconds(50)
  /// Without a reading for so long the meter has failed: 200 ms...10 s.
  var meterTimeout: Duration = .seconds(1)

  /// How long a card may be away before its pour ends: 0 s...5 s.
  var removalGrace: Duration = .seconds(1)
  /// How long a pour goes on while the reader does not answer: 0 s...30 s.
  var readerFaultGrace: Duration = .seconds(3)
  /// A pour ends when nothing has flowed for so long: 2 s...120 s.
  var noFlowTimeout: Duration = .seconds(15)
  /// A guest's pour ends after so long: 5 s...600 s.
  var maximumPour: Duration = .seconds(120)
  /// A maintenance pour ends after so long: 5 s...3600 s.
  var maximumMaintenance: Duration = .seconds(600)

  /// The smallest volume that is worth opening the valve for, the after-flow not counted: 1 ml...500 ml.
  var minimumPourMicrolitres: Int64 = 20_000
  /// A running pour leaves a durable mark after so much...: 1 ml...500 ml.
  var markMicrolitres: Int64 = 25_000
  /// ...or so long, whichever comes first: 100 ms...10 s.
  var markInterval: Duration = .milliseconds(500)

  /// The flow has stopped when no pulse came for so long after the valve closed: 100 ms...5 s.
  var flowStopped: Duration = .milliseconds(600)
  /// What flows later than so long after the valve closed is a leak: 500 ms...30 s.
  var maximumSettling: Duration = .seconds(4)
  /// An order to close that is not confirmed is repeated so often: 50 ms...2 s.
  var closeRetry: Duration = .milliseconds(250)
  /// An order to the valve that is not confirmed for so long has failed: 200 ms...10 s.
  var valveTimeout: Duration = .seconds(2)

  /// The ledger has so long to authorise a card: 500 ms...30 s.
  var authorisationTimeout: Duration = .seconds(5)
  /// A record that was not acknowledged is asked for again so often: 200 ms...60 s.
  var recordRetry: Duration = .seconds(2)

  /// How long the screen shows what a pour came to: 1 s...60 s.
  var doneScreen: Duration = .seconds(6)
  /// How long the screen shows a refusal: 1 s...60 s.
  var refusedScreen: Duration = .seconds(4)
  /// The least time between two screens of a running pour: 20 ms...1 s.
  var screenInterval: Duration = .milliseconds(100)

  /// Flow without a pour is collected for so long before it is recorded: 100 ms...60 s.
  var unattributedInterval: Duration = .seconds(2)
  /// Flow so soon after a settled pour is late after-flow, later flow is a leak: 0 s...60 s.
  var lateAfterFlow: Duration = .seconds(5)
  /// More flow than this within `leakWindow` without a pour raises the alarm: 1 ml...10 l.
  var leakMicrolitres: Int64 = 50_000
  /// See `leakMicrolitres`; a leak is over when none was found for so long: 1 s...600 s.
  var leakWindow: Duration = .seconds(60)
}
