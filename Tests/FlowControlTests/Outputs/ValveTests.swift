import FlowControl
import PiHAL
import Testing
import VirtualPi

@Suite struct ValveTests {
  private let limits = FlowWatch.Limits(maximumOpenTime: .seconds(30), noFlowTimeout: .seconds(5))

  @Test func itIsClosedFromTheStartWhateverTheLineWas() throws {
    let output = FakeOutput(active: true)
    let valve = try Valve(output: output, at: .zero)
    #expect(output.active == [false])
    #expect(valve.position == .closed)
  }

  @Test func itDrivesItsOwnLineOnly() throws {
    let output = FakeOutput(lineCount: 3, active: true)
    let valve = try Valve(output: output, line: 1, at: .zero)
    #expect(output.active == [true, false, true])
    try valve.open(at: .zero)
    #expect(output.active == [true, true, true])
    let missing = kind { () throws(FlowControlError) in _ = try Valve(output: output, line: 3, at: .zero) }
    guard case .hardware(let cause) = missing else {
      Issue.record("no error for a line that is not there")
      return
    }
    #expect(cause.kind == .invalidRequest)
  }

  @Test func theOrderToCloseAlwaysGoesOut() throws {
    let output = FakeOutput()
    let valve = try Valve(output: output, at: .zero)
    let before = output.orders
    try valve.close(at: .zero)
    try valve.close(at: .zero)
    #expect(output.orders == before + 2)
  }

  @Test func itClosesByItselfWithoutFlow() throws {
    let output = FakeOutput()
    let valve = try Valve(output: output, limits: limits, at: .zero)
    try valve.open(at: .milliseconds(100))
    #expect(valve.nextDeadline == .milliseconds(5100))
    #expect(valve.update(FlowReading(), at: .milliseconds(5099)) == [])
    #expect(valve.update(nil, at: .milliseconds(5100)) == [.found(.noFlow)])
    #expect(output.active == [false])
    #expect(valve.position == .closed)
  }

  @Test(arguments: 1...20)
  func noSequenceOfCallsKeepsItOpenPastItsMaximum(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let output = FakeOutput()
    let valve = try Valve(output: output, limits: limits, at: .zero)
    var now = MonotonicInstant.zero
    var reading = FlowReading()
    var openSince: MonotonicInstant?
    var longest = Duration.zero
    var seen = output.history.count
    for _ in 0..<5000 {
      now = now.advanced(by: .milliseconds(Int.random(in: 0...200, using: &random)))
      output.isBroken = Int.random(in: 0..<50, using: &random) == 0
      switch Int.random(in: 0..<1000, using: &random) {
      case 0..<100: try? valve.open(at: now)
      case 100: try? valve.close(at: now)
      case 101...500:
        reading.microlitres += 2222
        reading.newestPulse = now
      default: break
      }
      _ = valve.update(reading, at: now)
      for levels in output.history[seen...] { openSince = levels[0] ? now : nil }
      seen = output.history.count
      if let openSince { longest = max(longest, openSince.duration(to: now)) }
      if valve.position != .unknown { #expect((valve.position == .open) == output.active[0]) }
      // Overdue is only what the broken line did not let go of, and that is tried again each time.
      if !output.isBroken, let openSince { #expect(openSince.duration(to: now) < .seconds(30)) }
    }
    #expect(longest > .seconds(20), "the test never came near the maximum")
  }

  @Test func aFailedOrderLeavesItUnknownAndIsTriedAgain() throws {
    let output = FakeOutput()
    let valve = try Valve(name: "valve of tap 1", output: output, limits: limits, at: .zero)
    try valve.open(at: .zero)
    output.isBroken = true
    let error = #expect(throws: FlowControlError.self) { try valve.close(at: .milliseconds(10)) }
    #expect(error?.description == "valve of tap 1 could not be reached, GPIO17 is gone: plug it in")
    #expect(valve.position == .unknown)
    let before = output.orders
    for time in 2...6 { #expect(valve.update(FlowReading(), at: .milliseconds(time * 10)) == []) }
    #expect(output.orders == before + 5)
    #expect(throws: FlowControlError.self) { try valve.open(at: .milliseconds(65)) }
    output.isBroken = false
    #expect(valve.update(FlowReading(), at: .milliseconds(70)) == [.recovered])
    #expect(output.active == [false])
    #expect(valve.position == .closed)
  }

  @Test func aValveThatFailsToCloseInTimeSaysSoOnce() throws {
    let output = FakeOutput()
    let valve = try Valve(output: output, limits: limits, at: .zero)
    try valve.open(at: .zero)
    output.isBroken = true
    let events = valve.update(FlowReading(), at: .milliseconds(5000))
    #expect(events.count == 2)
    #expect(events.first == .found(.noFlow))
    guard case .failed = events.last else {
      Issue.record("the failure was not reported")
      return
    }
    #expect(valve.update(FlowReading(), at: .milliseconds(5100)) == [])
    #expect(output.active == [true])
    output.isBroken = false
    #expect(valve.update(FlowReading(), at: .milliseconds(5200)) == [.recovered])
    #expect(output.active == [false])
  }

  @Test func aLeakIsReportedWhileTheLineCannotBeClosed() throws {
    let output = FakeOutput()
    let valve = try Valve(output: output, limits: limits, at: .zero)
    var found: [Valve.Event] = []
    for time in stride(from: 0, through: 5000, by: 100) {
      let reading = FlowReading(microlitres: Int64(time) * 10, newestPulse: .milliseconds(time))
      found += valve.update(reading, at: .milliseconds(time))
    }
    #expect(found == [.found(.leak(microlitres: 21_000)), .found(.leak(microlitres: 21_000))])
  }

  @Test func aForgottenValveCloses() throws {
    let output = FakeOutput()
    do {
      let valve = try Valve(output: output, at: .zero)
      try valve.open(at: .zero)
      #expect(output.active == [true])
      _ = valve
    }
    #expect(output.active == [false])
  }
}
