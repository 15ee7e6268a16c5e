import PiHAL
import Testing
import VirtualPi

@Suite struct TapTests {
  let clock = VirtualClock()

  private func station(_ change: (inout VirtualTap.Configuration) -> Void = { _ in }) -> VirtualStation {
    var configuration = VirtualStation.Configuration()
    configuration.tap.foamBelowMicrolitres = 0
    change(&configuration.tap)
    return VirtualStation(clock: clock, configuration: configuration)
  }

  private func pass(_ station: VirtualStation, _ duration: Duration) {
    clock.advance(by: duration)
    station.advance()
  }

  @Test func nothingFlowsUnlessValveAndLeverAreOpen() throws {
    let station = station()
    let valve = try station.board.output(lines: [18])
    station.setLever(1)
    pass(station, .seconds(5))
    #expect(station.tap.pouredMicrolitres == 0)
    station.setLever(0)
    try valve.set(active: true)
    pass(station, .seconds(5))
    #expect(station.tap.pouredMicrolitres == 0)
    station.setLever(1)
    pass(station, .seconds(5))
    #expect(station.tap.pouredMicrolitres > 150_000)
  }

  @Test func everyPulseStandsForItsVolume() throws {
    let station = station()
    let valve = try station.board.output(lines: [18])
    let counter = try station.board.edgeCounter(line: 23)
    for round in 1...20 {
      station.setLever(Double(round) / 20)
      try valve.set(active: true)
      pass(station, .milliseconds(700 * round))
      try valve.set(active: false)
      pass(station, .seconds(3))
      let counted = Double(try counter.read().total)
      let poured = Double(station.tap.pouredMicrolitres) * 450 / 1e6
      #expect(abs(counted - poured) <= 1, "round \(round)")
    }
    #expect(try counter.read().total > 1000)
    // Both are cut to whole microlitres.
    #expect((29_999_999...30_000_000).contains(station.tap.kegMicrolitres + station.tap.pouredMicrolitres))
  }

  @Test func liquidRunsOnAfterClosing() throws {
    let station = station()
    let valve = try station.board.output(lines: [18])
    station.setLever(1)
    try valve.set(active: true)
    pass(station, .seconds(3))
    let atClosing = station.tap.pouredMicrolitres
    try valve.set(active: false)
    pass(station, .milliseconds(100))
    let shortlyAfter = station.tap.pouredMicrolitres
    pass(station, .seconds(2))
    let atRest = station.tap.pouredMicrolitres
    // 120 ms of full flow in all: about 4 ml.
    #expect(shortlyAfter > atClosing + 1000)
    #expect((3000...5000).contains(atRest - atClosing))
    pass(station, .seconds(10))
    #expect(station.tap.pouredMicrolitres == atRest)
    #expect(station.tap.flowMicrolitresPerSecond == 0)
  }

  @Test func pourStartsWithABurst() throws {
    let station = station()
    let valve = try station.board.output(lines: [18])
    station.setLever(1)
    try valve.set(active: true)
    pass(station, .milliseconds(500))
    let first = station.tap.pouredMicrolitres
    pass(station, .milliseconds(500))
    #expect(Double(first) > Double(station.tap.pouredMicrolitres - first) * 1.2)
  }

  @Test func pulsesDoNotDependOnHowTimeIsCut() throws {
    func pour(_ steps: [Duration]) throws -> [LineTransition] {
      let clock = VirtualClock()
      var configuration = VirtualStation.Configuration()
      configuration.tap.kegMicrolitres = 200_000
      configuration.tap.foamBelowMicrolitres = 100_000
      let station = VirtualStation(clock: clock, configuration: configuration)
      let valve = try station.board.output(lines: [18])
      station.setLever(1)
      try valve.set(active: true)
      var rest = Duration.seconds(6)
      var index = 0
      while rest > .zero {
        let step = min(rest, steps[index % steps.count])
        clock.advance(by: step)
        station.advance()
        rest -= step
        index += 1
      }
      return station.board.transitions(of: 23)
    }
    let whole = try pour([.seconds(6)])
    #expect(whole.count > 100)
    #expect(try pour([.milliseconds(5)]) == whole)
    #expect(try pour([.microseconds(333), .milliseconds(17)]) == whole)
    #expect(zip(whole, whole.dropFirst()).allSatisfy { $0.instant < $1.instant })
  }

  @Test func valveActsWhenItMovedHoweverLateTheTapIsAdvanced() throws {
    func pour(advancing: Bool) throws -> [LineTransition] {
      let clock = VirtualClock()
      let station = VirtualStation(clock: clock)
      let valve = try station.board.output(lines: [18])
      station.setLever(1)
      for (pause, isOpen) in [(3, true), (2, false), (4, true), (1, false), (3, false)] {
        clock.advance(by: .seconds(pause))
        if advancing { station.advance() }
        try valve.set(active: isOpen)
      }
      station.advance()
      return station.board.transitions(of: 23)
    }
    let late = try pour(advancing: false)
    #expect(late.count > 80)
    #expect(try pour(advancing: true) == late)
  }

  @Test func steadyFlowGivesSteadyPulses() throws {
    let station = station()
    let valve = try station.board.output(lines: [18])
    station.setLever(1)
    try valve.set(active: true)
    pass(station, .seconds(4))
    let steadyFrom = clock.now.advanced(by: .seconds(-2))
    let rises = station.board.transitions(of: 23).filter { $0.level && $0.instant > steadyFrom }
    // 33.333 ml/s at 450 pulses a litre: 15 Hz, one pulse every 66.7 ms.
    for (one, next) in zip(rises, rises.dropFirst()) {
      let gap = one.instant.duration(to: next.instant)
      #expect(gap > .milliseconds(66) && gap < .milliseconds(67.5))
    }
    #expect(rises.count >= 29)
  }

  @Test func kegRunsDryWithFoam() throws {
    let station = station {
      $0.kegMicrolitres = 400_000
      $0.foamBelowMicrolitres = 300_000
    }
    let valve = try station.board.output(lines: [18])
    station.setLever(1)
    try valve.set(active: true)
    pass(station, .seconds(60))
    #expect(station.tap.kegMicrolitres == 0)
    #expect(station.tap.pouredMicrolitres == 400_000)
    #expect(Double(station.tap.pulses) > 0.4 * 450 * 1.1, "foam counts as more than it is")
    let pulses = station.tap.pulses
    pass(station, .seconds(5))
    #expect(station.tap.pulses == pulses, "an empty keg sends no pulses")
    station.mountKeg(microlitres: 30_000_000)
    pass(station, .seconds(5))
    #expect(station.tap.pulses > pulses)
  }

  /// The sensor's rises after the keg's last drop, and when each came.
  private func gas(_ change: (inout VirtualTap.Configuration) -> Void) throws -> [MonotonicInstant] {
    let station = station {
      $0.kegMicrolitres = 200_000
      change(&$0)
    }
    let valve = try station.board.output(lines: [18])
    station.setLever(1)
    try valve.set(active: true)
    for _ in 0..<20_000 where station.tap.kegMicrolitres > 0 { pass(station, .milliseconds(1)) }
    let dry = clock.now
    pass(station, .seconds(30))
    #expect(station.tap.pouredMicrolitres == 200_000, "gas is not poured")
    return station.board.transitions(of: 23).filter { $0.level && $0.instant > dry }.map(\.instant)
  }

  @Test(arguments: [2.0, 10]) func gasFollowsTheLastDrop(factor: Double) throws {
    let rises = try gas {
      $0.gasFactor = factor
      $0.gasMilliseconds = 3000
    }
    // 15 Hz is the drink's rate.
    #expect(abs(Double(rises.count) - 15 * factor * 3) < 3)
    let first = try #require(rises.first)
    #expect(rises.allSatisfy { first.duration(to: $0) < .seconds(3) })
  }

  @Test func gasThatSpurtsPauses() throws {
    let rises = try gas {
      $0.gasFactor = 10
      $0.gasMilliseconds = 5000
      $0.gasSpurts = true
    }
    let gaps = zip(rises, rises.dropFirst()).map { $0.duration(to: $1) }
    #expect(gaps.count { $0 > .milliseconds(80) } > 3)
    #expect(gaps.count { $0 < .milliseconds(12) } > 50)
  }

  @Test func gasStaysInTheKegWhileTheValveIsClosed() throws {
    let station = station {
      $0.kegMicrolitres = 100_000
      $0.gasMilliseconds = 5000
    }
    let valve = try station.board.output(lines: [18])
    station.setLever(1)
    try valve.set(active: true)
    for _ in 0..<2000 where station.tap.kegMicrolitres > 0 { pass(station, .milliseconds(10)) }
    try valve.set(active: false)
    pass(station, .seconds(60))
    let pulses = station.tap.pulses
    try valve.set(active: true)
    pass(station, .seconds(2))
    #expect(station.tap.pulses > pulses + 40)
  }

  @Test func aLeakHasARateOfItsOwn() throws {
    let station = station()
    let valve = try station.board.output(lines: [18])
    for (rate, seconds, expected) in [(500, 300, 150_000), (0.4, 600, 240)] as [(Double, Int, Int64)] {
      let before = station.tap.pouredMicrolitres
      station.setLeak(microlitresPerSecond: rate)
      pass(station, .seconds(seconds))
      #expect(abs(station.tap.pouredMicrolitres - before - expected) < 10, "no burst, nothing lost")
    }
    // It adds to a pour.
    station.setLeak(microlitresPerSecond: 5000)
    try valve.set(active: true)
    station.setLever(1)
    pass(station, .seconds(5))
    #expect(abs(station.tap.flowMicrolitresPerSecond - 38_333) < 10)
  }

  @Test func leakFlowsThroughTheClosedValve() throws {
    let station = station()
    station.setLeak(microlitresPerSecond: 1000)
    pass(station, .seconds(60))
    #expect((58_000...62_000).contains(station.tap.pouredMicrolitres))
    #expect(!station.tap.isValveOpen)
  }

  @Test func faultsOfValveAndSensor() throws {
    let station = station()
    station.setLever(1)
    station.tap.setValveFault(.stuckOpen)
    pass(station, .seconds(2))
    let poured = station.tap.pouredMicrolitres
    #expect(poured > 0)
    station.tap.isSensorDead = true
    let pulses = station.tap.pulses
    pass(station, .seconds(2))
    #expect(station.tap.pouredMicrolitres > poured)
    #expect(station.tap.pulses == pulses)
    station.tap.setValveFault(.stuckClosed)
    pass(station, .seconds(2))
    #expect(station.tap.flowMicrolitresPerSecond == 0)
  }

  @Test(arguments: [false, true])
  func powerLossClosesTheValve(activeLow: Bool) throws {
    let station = station { $0.isValveActiveLow = activeLow }
    #expect(!station.tap.isValveOpen)
    let valve = try station.board.output(lines: [18], activeLow: activeLow)
    station.setLever(1)
    try valve.set(active: true)
    pass(station, .seconds(2))
    #expect(station.tap.isValveOpen)
    station.losePower()
    pass(station, .seconds(2))
    #expect(!station.tap.isValveOpen)
    #expect(station.tap.flowMicrolitresPerSecond == 0)
    station.restorePower()
    pass(station, .seconds(2))
    #expect(!station.tap.isValveOpen)
  }

  @Test func realTimeRunnerMovesTheTap() async throws {
    let station = VirtualStation(clock: SystemClock())
    let valve = try station.board.output(lines: [18])
    station.setLever(1)
    try valve.set(active: true)
    station.start(every: .milliseconds(2))
    while station.tap.pulses == 0 { try await Task.sleep(for: .milliseconds(5)) }
    station.stop()
    #expect(station.tap.pouredMicrolitres > 0)
  }
}
