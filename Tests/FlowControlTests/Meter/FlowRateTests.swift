import FlowControl
import PiHAL
import Testing
import VirtualPi

@Suite struct FlowRateTests {
  /// A steady flow of `hertz`, read each `readEvery` milliseconds; the rates that were read.
  private func rates(hertz: Int, readEvery: Int, for total: Int) -> [Int64] {
    var rate = FlowRate()
    return stride(from: 0, through: total, by: readEvery).map { time in
      let pulses = time * hertz / 1000
      let edge = pulses == 0 ? nil : MonotonicInstant(nanoseconds: UInt64(pulses * 1_000_000_000 / hertz))
      rate.update(pulses: UInt64(pulses), newestEdge: edge)
      return rate.microlitresPerSecond(at: .milliseconds(time), calibration: .yfS201)
    }
  }

  @Test(arguments: [5, 20, 75, 225], [1, 10, 50, 130, 700])
  func aSteadyFlowIsReadExactlyHoweverOftenSomebodyLooks(hertz: Int, readEvery: Int) {
    let rates = rates(hertz: hertz, readEvery: readEvery, for: 5000)
    let expected = Int64(hertz) * 1_000_000 / 450
    let late = rates.suffix(rates.count / 2)
    // A rate never rises above the true one, and between two pulses it may begin to sink.
    #expect(late.allSatisfy { $0 <= expected + expected / 1000 && $0 >= expected / 2 })
    #expect(late.contains { abs($0 - expected) <= expected / 1000 })
  }

  @Test func aLateReaderSeesTheRateOfTheStamps() {
    var rate = FlowRate()
    rate.update(pulses: 10, newestEdge: .milliseconds(1000))
    rate.update(pulses: 55, newestEdge: .milliseconds(1500))
    // 45 pulses in half a second are 90 Hz, so 0.2 L/s; read 5 ms after the newest one.
    #expect(rate.microlitresPerSecond(at: .milliseconds(1505), calibration: .yfS201) == 200_000)
  }

  @Test func itSinksWithTheSilenceAndEnds() {
    var rate = FlowRate(stopAfter: .seconds(1))
    for pulse in 1...50 { rate.update(pulses: UInt64(pulse), newestEdge: .milliseconds(pulse * 20)) }
    let readings = stride(from: 1000, through: 2200, by: 20).map {
      rate.microlitresPerSecond(at: .milliseconds($0), calibration: .yfS201)
    }
    #expect(zip(readings, readings.dropFirst()).allSatisfy { $0 >= $1 })
    // After half a second of silence no more than one pulse in half a second.
    #expect(rate.microlitresPerSecond(at: .milliseconds(1500), calibration: .yfS201) == 4444)
    #expect(rate.microlitresPerSecond(at: .milliseconds(1999), calibration: .yfS201) > 0)
    #expect(rate.microlitresPerSecond(at: .milliseconds(2000), calibration: .yfS201) == 0)
  }

  @Test func aPauseDoesNotThinTheRateAfterIt() {
    var rate = FlowRate()
    rate.update(pulses: 10, newestEdge: .milliseconds(1000))
    rate.update(pulses: 20, newestEdge: .milliseconds(60_000))
    #expect(rate.microlitresPerSecond(at: .milliseconds(60_001), calibration: .yfS201) == 0)
    rate.update(pulses: 29, newestEdge: .milliseconds(60_100))
    #expect(rate.microlitresPerSecond(at: .milliseconds(60_100), calibration: .yfS201) == 200_000)
  }

  @Test func strangeReadingsDoNotTrap() {
    var random = SeededRandom(seed: 21)
    var rate = FlowRate()
    for _ in 0..<10_000 {
      let edge = MonotonicInstant(nanoseconds: .random(in: 0...UInt64.max, using: &random))
      rate.update(pulses: .random(in: 0...UInt64.max, using: &random), newestEdge: edge)
      let now = MonotonicInstant(nanoseconds: .random(in: 0...UInt64.max, using: &random))
      #expect(rate.microlitresPerSecond(at: now, calibration: .yfS201) >= 0)
    }
  }
}
