import FlowControl
import PiHAL
import Testing

@Suite struct PlausibleRateTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var pulses: UInt64
    var restored: UInt64
    var allowed: Int
    var withheld: UInt64
    var testDescription: String { "\(pulses) pulses, \(restored) restored, \(allowed) allowed" }
  }

  /// The table in the documentation of `PlausibleRate`, and its edges.
  @Test(arguments: [
    Row(pulses: 0, restored: 0, allowed: 1, withheld: 0),
    Row(pulses: 10, restored: 0, allowed: 12, withheld: 0),
    Row(pulses: 10, restored: 0, allowed: 8, withheld: 0),
    Row(pulses: 10, restored: 4, allowed: 12, withheld: 0),
    Row(pulses: 10, restored: 4, allowed: 10, withheld: 0),
    Row(pulses: 10, restored: 4, allowed: 9, withheld: 1),
    Row(pulses: 10, restored: 4, allowed: 8, withheld: 2),
    Row(pulses: 10, restored: 4, allowed: 6, withheld: 4),
    Row(pulses: 10, restored: 4, allowed: 3, withheld: 4),
    Row(pulses: 10, restored: 10, allowed: 3, withheld: 7),
  ])
  func theTruthTableHolds(row: Row) throws {
    // At 1000 Hz, one pulse and one more a millisecond.
    let plausible = try PlausibleRate(maximumHertz: 1000)
    let older = EdgeCount(total: 500, restored: 7, newestEdge: .milliseconds(2000))
    let newer = EdgeCount(
      total: 500 + row.pulses, restored: 7 + row.restored, newestEdge: .milliseconds(2000 + row.allowed - 1))
    #expect(plausible.withheldPulses(in: newer, since: older, at: .milliseconds(2000)) == row.withheld)
  }

  @Test func withoutAnEarlierEdgeTheReadingsInstantCounts() throws {
    let plausible = try PlausibleRate(maximumHertz: 1000)
    let newer = EdgeCount(total: 30, restored: 25, newestEdge: .milliseconds(1009))
    #expect(plausible.withheldPulses(in: newer, since: EdgeCount(), at: .milliseconds(1000)) == 20)
  }

  @Test func theIntervalLetsUnevenMagnetsPass() throws {
    #expect(PlausibleRate.yfS201.minimumInterval == .nanoseconds(2_222_222))
    #expect(try PlausibleRate(maximumHertz: 100_000).minimumInterval == .microseconds(5))
    #expect(kind { () throws(FlowControlError) in _ = try PlausibleRate(maximumHertz: 0) } == .outOfRange)
    #expect(
      kind { () throws(FlowControlError) in _ = try PlausibleRate(maximumHertz: 100_001) } == .outOfRange)
  }
}

@Suite struct FlowMeterTests {
  @Test func aReadingHoldsVolumeRateAndLosses() throws {
    let counter = FakeCounter()
    let meter = FlowMeter(counter: counter, calibration: .yfS201, plausible: .yfS201)
    #expect(try meter.read(at: .milliseconds(1000)) == FlowReading())
    counter.put(EdgeCount(total: 45, newestEdge: .milliseconds(1500)))
    _ = try meter.read(at: .milliseconds(1501))
    counter.put(EdgeCount(total: 90, restored: 16, rejected: 3, newestEdge: .milliseconds(2000)))
    let reading = try meter.read(at: .milliseconds(2001))
    #expect(
      reading
        == FlowReading(
          pulses: 90, microlitres: 200_000, microlitresPerSecond: 200_000, newestPulse: .milliseconds(2000),
          restored: 16, rejected: 3))
  }

  @Test func restoredNoiseIsNotCharged() throws {
    let counter = FakeCounter()
    let meter = FlowMeter(counter: counter, calibration: .yfS201, plausible: .yfS201)
    counter.put(EdgeCount(total: 100, newestEdge: .milliseconds(1000)))
    _ = try meter.read(at: .milliseconds(1000))
    // A second allows 226 pulses of 225 Hz; 5000 came, 4900 of them out of the queue's overflow.
    counter.put(EdgeCount(total: 5100, restored: 4900, newestEdge: .milliseconds(2000)))
    let reading = try meter.read(at: .milliseconds(2000))
    #expect(reading.pulses == 326)
    #expect(reading.restored == 126)
    #expect(reading.rejected == 4774)
    // It stays withheld.
    counter.put(EdgeCount(total: 5101, restored: 4900, newestEdge: .milliseconds(2100)))
    #expect(try meter.read(at: .milliseconds(2100)).pulses == 327)
  }

  @Test func aLostLineSaysWhatAndWhereAndKeepsTheLastReading() throws {
    let counter = FakeCounter()
    let meter = FlowMeter(
      name: "meter of tap 2", counter: counter, calibration: .yfS201, plausible: .yfS201)
    counter.put(EdgeCount(total: 450, newestEdge: .milliseconds(1)))
    let last = try meter.read(at: .milliseconds(2))
    counter.fail(PiHALError(.disconnected, place: "GPIO23", problem: "is gone", remedy: "start again"))
    let error = #expect(throws: FlowControlError.self) { try meter.read(at: .milliseconds(3)) }
    #expect(error?.description == "meter of tap 2 could not be reached, GPIO23 is gone: start again")
    #expect(meter.latest == last)
  }
}
