import FlowControl
import PiHAL

@testable import tapd

/// A tap as iron and beer: what flows depends on the valve and on the lever, and some runs on. A keg ends in gas.
struct Plant {
  /// What follows the last drop.
  struct Gas {
    /// So many times as fast as the drink it turns the meter.
    var factor: Int64 = 6
    var milliseconds: Int64 = 2000
    /// Whether it pauses for 200 ms after each 200 ms.
    var comesInSpurts = false
  }

  let calibration: FlowCalibration
  /// With valve and lever open, in microlitres per second.
  var flow: Int64 = 40_000
  /// What runs on after the valve has closed on a full flow.
  var afterFlow: Int64 = 12_000
  /// What drips although the valve is closed, in microlitres per second.
  var leak: Int64 = 0
  /// What is left in the keg; nil for one that never ends.
  var kegMicrolitres: Int64?
  /// How it ends.
  var gas = Gas()

  var leverIsOpen = false
  private(set) var valveIsOpen = false
  /// All the drink that ever flowed.
  private(set) var microlitres: Int64 = 0
  private(set) var lastPulse = MonotonicInstant.zero
  private var runningOn: Int64 = 0
  /// What has turned the meter, gas included.
  private var turned: Int64 = 0
  private var gasTime: Int64 = 0

  init(calibration: FlowCalibration) { self.calibration = calibration }

  var pulses: UInt64 { calibration.pulses(withinMicrolitres: turned) }

  mutating func setValve(open: Bool) {
    if valveIsOpen, !open, leverIsOpen { runningOn = afterFlow }
    if open { runningOn = 0 }
    valveIsOpen = open
  }

  mutating func mountKeg(microlitres: Int64) {
    kegMicrolitres = microlitres
    gasTime = 0
  }

  /// Lets `milliseconds` pass, which end `at`.
  mutating func run(milliseconds: Int64, at: MonotonicInstant) {
    let before = pulses
    var wanted = valveIsOpen && leverIsOpen ? flow * milliseconds / 1000 : 0
    // The rest of the line runs out at the same rate.
    let rest = min(runningOn, flow * milliseconds / 1000)
    runningOn -= rest
    wanted += rest + leak * milliseconds / 1000
    let drink = min(wanted, kegMicrolitres ?? .max)
    if let left = kegMicrolitres { kegMicrolitres = left - drink }
    microlitres += drink
    turned += drink + (drink < wanted ? gas(for: milliseconds, wanted) : 0)
    if pulses > before { lastPulse = at }
  }

  private mutating func gas(for milliseconds: Int64, _ wanted: Int64) -> Int64 {
    guard gasTime < gas.milliseconds else { return 0 }
    gasTime += milliseconds
    return gas.comesInSpurts && (gasTime / 200).isMultiple(of: 2) ? 0 : wanted * gas.factor
  }
}
