import FlowControl
import PiHAL

@testable import tapd

/// A tap as iron and beer: what flows depends on the valve and on the lever, and some runs on.
struct Plant {
  let calibration: FlowCalibration
  /// With valve and lever open, in microlitres per second.
  var flow: Int64 = 40_000
  /// What runs on after the valve has closed on a full flow.
  var afterFlow: Int64 = 12_000
  /// What drips although the valve is closed, in microlitres per second.
  var leak: Int64 = 0

  var leverIsOpen = false
  private(set) var valveIsOpen = false
  /// All that ever flowed.
  private(set) var microlitres: Int64 = 0
  private(set) var lastPulse = MonotonicInstant.zero
  private var runningOn: Int64 = 0

  init(calibration: FlowCalibration) { self.calibration = calibration }

  var pulses: UInt64 { calibration.pulses(withinMicrolitres: microlitres) }

  mutating func setValve(open: Bool) {
    if valveIsOpen, !open, leverIsOpen { runningOn = afterFlow }
    if open { runningOn = 0 }
    valveIsOpen = open
  }

  /// Lets `milliseconds` pass, which end `at`.
  mutating func run(milliseconds: Int64, at: MonotonicInstant) {
    let before = pulses
    if valveIsOpen, leverIsOpen { microlitres += flow * milliseconds / 1000 }
    // The rest of the line runs out at the same rate.
    let rest = min(runningOn, flow * milliseconds / 1000)
    runningOn -= rest
    microlitres += rest + leak * milliseconds / 1000
    if pulses > before { lastPulse = at }
  }
}
