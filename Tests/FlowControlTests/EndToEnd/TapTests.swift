import FlowControl
import PiHAL
import Testing
import VirtualPi

/// Meter, valve and after-flow on a virtual tap that knows what has really run through it.
@Suite struct TapTests {
  private final class Bench {
    let clock = VirtualClock()
    let station: VirtualStation
    let meter: FlowMeter
    let valve: Valve
    var findings: [FlowWatch.Finding] = []

    init(
      limits: FlowWatch.Limits = FlowWatch.Limits(), seed: UInt64 = 1,
      _ change: (inout VirtualTap.Configuration) -> Void = { _ in }
    ) throws {
      var configuration = VirtualStation.Configuration()
      configuration.tap.seed = seed
      change(&configuration.tap)
      station = VirtualStation(clock: clock, configuration: configuration)
      let sensor = PlausibleRate.yfS201
      let counter = try station.board.edgeCounter(
        line: configuration.tap.sensorLine, edge: .rising, minimumInterval: sensor.minimumInterval)
      meter = FlowMeter(counter: counter, calibration: .yfS201, plausible: sensor)
      let output = try station.board.output(lines: [configuration.tap.valveLine])
      valve = try Valve(output: output, limits: limits, at: clock.now)
    }

    /// Lets 20 ms pass.
    func tick() throws -> FlowReading {
      clock.advance(by: .milliseconds(20))
      station.advance()
      let reading = try meter.read(at: clock.now)
      for event in valve.update(reading, at: clock.now) {
        guard case .found(let finding) = event else {
          Issue.record("unexpected \(event)")
          continue
        }
        findings.append(finding)
      }
      return reading
    }

    func run(for duration: Duration) throws {
      let end = clock.now.advanced(by: duration)
      while clock.now < end { _ = try tick() }
    }
  }

  @Test func poursOfAnEveningAreMeasuredToThePulseAndEndBelowTheirLimit() throws {
    let bench = try Bench()
    var afterFlow = AfterFlow(initialMicrolitres: 0)
    let limit: Int64 = 250_000
    var measured: Int64 = 0
    for pour in 0..<30 {
      let start = bench.meter.latest.microlitres
      let opened = bench.clock.now
      bench.findings = []
      bench.station.setLever(1)
      try bench.valve.open(at: opened)
      var reading: FlowReading
      var closingVolume: Int64
      repeat {
        reading = try bench.tick()
        closingVolume = afterFlow.closingVolume(
          limitMicrolitres: limit, marginMicrolitres: 2 * 2223 + reading.microlitresPerSecond / 50)
      } while reading.microlitres - start < closingVolume
      let rate = reading.microlitresPerSecond
      try bench.valve.close(at: bench.clock.now)
      let openTime = opened.duration(to: bench.clock.now)
      while bench.valve.phase != .closed { _ = try bench.tick() }
      guard case .settled(let ranOn) = bench.findings.last, bench.findings.count == 1 else {
        Issue.record("pour \(pour) found \(bench.findings)")
        return
      }
      afterFlow.learn(
        .init(
          microlitres: ranOn, microlitresPerSecondAtClosing: rate, openTime: openTime, settled: true))
      let poured = bench.meter.latest.microlitres - start
      measured += poured
      if pour >= 3 {
        #expect(poured <= limit)
        #expect(poured > limit - 12_000)
      }
      try bench.run(for: .seconds(5))
    }
    // Nothing is lost between the pours, and no more than one pulse in all.
    #expect(measured == bench.meter.latest.microlitres)
    #expect(abs(bench.station.tap.pouredMicrolitres - measured) <= 2223)
    #expect(bench.meter.latest.rejected == 0)
    #expect((1000...20_000).contains(afterFlow.predictedMicrolitres))
  }

  @Test func aRefillBurstIsNotRejected() throws {
    let bench = try Bench()
    bench.station.setLever(1)
    try bench.valve.open(at: bench.clock.now)
    try bench.run(for: .milliseconds(600))
    #expect(bench.meter.latest.pulses == bench.station.tap.pulses)
    #expect(bench.meter.latest.rejected == 0)
  }

  @Test func aValveThatNobodyPullsTheLeverOfCloses() throws {
    let bench = try Bench(limits: FlowWatch.Limits(noFlowTimeout: .seconds(5)))
    try bench.valve.open(at: bench.clock.now)
    try bench.run(for: .seconds(7))
    #expect(bench.findings == [.noFlow, .settled(afterFlowMicrolitres: 0)])
    #expect(!bench.station.tap.isValveOpen)
  }

  @Test func aDeadSensorClosesTheValveAsWell() throws {
    let bench = try Bench(limits: FlowWatch.Limits(noFlowTimeout: .seconds(5)))
    bench.station.setLever(1)
    try bench.valve.open(at: bench.clock.now)
    try bench.run(for: .seconds(2))
    bench.station.tap.isSensorDead = true
    try bench.run(for: .seconds(6))
    #expect(bench.findings.first == .noFlow)
    #expect(bench.valve.position == .closed)
  }

  @Test func aValveThatSticksOpenIsALeak() throws {
    let bench = try Bench()
    bench.station.setLever(1)
    try bench.valve.open(at: bench.clock.now)
    try bench.run(for: .seconds(3))
    bench.station.tap.setValveFault(.stuckOpen)
    try bench.valve.close(at: bench.clock.now)
    try bench.run(for: .seconds(6))
    guard case .stillFlowing = bench.findings.first, case .leak = bench.findings.last else {
      Issue.record("found \(bench.findings)")
      return
    }
  }

  @Test func aDripIsALeakAfterSomeTime() throws {
    let bench = try Bench()
    // 20 mL in 60 s is the bound: 1 mL/s passes it, 0.2 mL/s does not.
    bench.station.setLeak(microlitresPerSecond: 200)
    try bench.run(for: .seconds(600))
    #expect(bench.findings.isEmpty)
    bench.station.setLeak(microlitresPerSecond: 1000)
    try bench.run(for: .seconds(30))
    guard case .leak = bench.findings.first else {
      Issue.record("found \(bench.findings)")
      return
    }
  }

  /// Foam, then gas at twice to ten times the rate of the drink, steady or in spurts, or none: neither is drink.
  @Test(arguments: [
    (2.0, 5000, false), (5, 1000, false), (10, 600, false), (4, 5000, true), (10, 5000, true), (1, 0, false),
  ])
  func aKegThatRunsDryIsToldFromItsGas(factor: Double, milliseconds: Int, spurts: Bool) throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let bench = try Bench(seed: seed) {
        $0.kegMicrolitres = 400_000
        $0.gasFactor = factor
        $0.gasMilliseconds = milliseconds
        $0.gasSpurts = spurts
      }
      bench.station.setLever(1)
      var gas = GasWatch(usualMicrolitresPerSecond: 33_333, at: bench.clock.now)
      try bench.valve.open(at: bench.clock.now)
      var found: GasWatch.Finding?
      for _ in 0..<1700 where found == nil {
        let reading = try bench.tick()
        guard let newest = reading.newestPulse else { continue }
        found = gas.update(microlitres: reading.microlitres, newestPulse: newest)
      }
      found = found ?? gas.findingAfterSilence()
      let drink = try #require(found, "seed \(seed)").drinkMicrolitres
      // The last 300 mL foam, and the meter counts them as much more.
      #expect((80_000...180_000).contains(drink), "seed \(seed)")
      #expect(bench.meter.latest.microlitres > 500_000)
    }
  }

  @Test func theRateIsThatOfTheTap() throws {
    let bench = try Bench()
    bench.station.setLever(1)
    try bench.valve.open(at: bench.clock.now)
    try bench.run(for: .seconds(3))
    for _ in 0..<100 {
      let rate = Double(try bench.tick().microlitresPerSecond)
      #expect(abs(rate - bench.station.tap.flowMicrolitresPerSecond) < 0.2 * rate)
    }
  }
}
