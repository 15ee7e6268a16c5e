import FlowControl
import PiHAL
import VirtualPi

/// A tap as its meter sees it: pulses with exact time stamps, read every 20 ms.
struct SimulatedTap {
  var calibration = FlowCalibration.yfS201
  /// With the lever wide open, in microlitres per second.
  var flow = 33_333.0
  /// After a pause of a second the line refills so many times as fast, for so long.
  var refillFactor = 1.5
  var refillSeconds = 0.5
  /// How unevenly the turbine turns: 0.1 is ten percent from pulse to pulse.
  var unevenness = 0.0

  /// What flows, one piece after the other: how far the lever is pulled (or how many times as fast as the drink gas
  /// comes), and for how long in seconds.
  typealias Course = [(strength: Double, seconds: Double)]

  /// What a watch makes of a pour.
  struct Outcome {
    var found: GasWatch.Finding?
    var foundAfterSilence: GasWatch.Finding?
    /// What the meter counted.
    var microlitres: Int64 = 0
    /// What it had counted when the gas was found.
    var microlitresAtFinding: Int64 = 0
    var steadyPeak: Int64 = 0
  }

  /// Lets a course run until its end, or until gas is found.
  func pour(_ course: Course, usual: Int64?, random: inout SeededRandom) -> Outcome {
    var now = 1.0
    var watch = GasWatch(usualMicrolitresPerSecond: usual, at: instant(now))
    var outcome = Outcome()
    let perPulse = Double(calibration.microlitres) / Double(calibration.pulses)
    var (rate, turned, stillFor, refillLeft) = (0.0, 0.0, 5.0, 0.0)
    var (pulses, nextPulse, newest) = (UInt64(0), perPulse, now)
    for (strength, seconds) in course {
      let end = now + seconds
      while now < end {
        let wanted = flow * strength
        if rate < 50, wanted > 0, stillFor > 1 { refillLeft = refillSeconds }
        rate += (wanted - rate) * (wanted > rate ? 0.3 : 0.15)
        stillFor = rate < 50 ? stillFor + 0.02 : 0
        let moved = rate * 0.02 * (refillLeft > 0 ? refillFactor : 1)
        if rate >= 50 { refillLeft -= 0.02 }
        while nextPulse <= turned + moved {
          newest = now + 0.02 * (nextPulse - turned) / max(moved, 1e-9)
          pulses += 1
          let odd = unevenness > 0 ? Double.random(in: -unevenness...unevenness, using: &random) : 0
          nextPulse += perPulse * (1 + odd)
        }
        turned += moved
        now += 0.02
        outcome.microlitres = calibration.microlitres(fromPulses: pulses)
        if let found = watch.update(microlitres: outcome.microlitres, newestPulse: instant(newest)) {
          outcome.found = found
          outcome.microlitresAtFinding = outcome.microlitres
          return outcome
        }
      }
    }
    outcome.foundAfterSilence = watch.findingAfterSilence()
    outcome.steadyPeak = watch.steadyPeak
    return outcome
  }

  private func instant(_ seconds: Double) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: UInt64(seconds * 1e9))
  }

  /// Taps of all kinds: slow and fast, coarse and fine meters, gentle and violent bursts.
  static func random(using random: inout SeededRandom) -> SimulatedTap {
    let meters: [UInt64] = [300, 390, 450, 596, 1000, 2280, 5600]
    let pulses = meters.randomElement(using: &random) ?? 450
    return SimulatedTap(
      calibration: (try? FlowCalibration(pulses: pulses, microlitres: 1_000_000)) ?? .yfS201,
      flow: .random(in: 16_667...83_333, using: &random),
      refillFactor: .random(in: 1...3, using: &random),
      refillSeconds: .random(in: 0.2...0.8, using: &random),
      unevenness: .random(in: 0...0.15, using: &random))
  }

  /// What guests do: most pull the lever right through, some throttle, some play with it, some come back for a
  /// sip. The keg's pressure differs a little from pour to pour.
  static func ordinaryCourse(using random: inout SeededRandom) -> Course {
    let pressure = Double.random(in: 0.92...1.08, using: &random)
    var course: Course = [(0, .random(in: 0.1...2, using: &random))]
    switch Int.random(in: 0..<10, using: &random) {
    case 0...4: course.append((1, .random(in: 2...12, using: &random)))
    case 5...6: course.append((.random(in: 0.2...1, using: &random), .random(in: 2...12, using: &random)))
    case 7:
      for _ in 0..<Int.random(in: 2...8, using: &random) {
        course.append((.random(in: 0...1, using: &random), .random(in: 0.2...2.5, using: &random)))
      }
    case 8:
      course.append((1, .random(in: 3...6, using: &random)))
      course.append((0, .random(in: 0.3...4, using: &random)))
      course.append((1, .random(in: 0.2...2, using: &random)))
    default: course.append((1, .random(in: 0.1...0.6, using: &random)))
    }
    course.append((0, .random(in: 1...5, using: &random)))
    return course.map { ($0.strength * pressure, $0.seconds) }
  }
}
