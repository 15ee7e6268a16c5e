import FlowControl
import PiHAL
import Testing
import VirtualPi

@Suite struct FlowWatchTests {
  private func watch(_ change: (inout FlowWatch.Limits) -> Void = { _ in }) -> FlowWatch {
    var limits = FlowWatch.Limits(
      maximumOpenTime: .seconds(60), noFlowTimeout: .seconds(10), settleQuiet: .milliseconds(500),
      settleMaximum: .seconds(3), leakMicrolitres: 20_000, leakWindow: .seconds(60))
    change(&limits)
    return FlowWatch(limits: limits, at: .zero)
  }

  @Test func anOrdinaryPourSettlesWithItsAfterFlow() {
    var watch = watch()
    watch.open(at: .milliseconds(1000))
    #expect(
      watch.update(microlitres: 200_000, newestPulse: .milliseconds(5990), at: .milliseconds(6000)) == [])
    watch.close(at: .milliseconds(6000))
    #expect(
      watch.update(microlitres: 212_000, newestPulse: .milliseconds(6300), at: .milliseconds(6350)) == [])
    #expect(watch.afterFlowMicrolitres == 12_000)
    #expect(watch.nextDeadline == .milliseconds(6800))
    #expect(
      watch.update(microlitres: 212_000, newestPulse: .milliseconds(6300), at: .milliseconds(6799)) == [])
    #expect(
      watch.update(microlitres: 212_000, newestPulse: .milliseconds(6300), at: .milliseconds(6800))
        == [.settled(afterFlowMicrolitres: 12_000)])
    #expect(watch.phase == .closed)
    #expect(
      watch.update(microlitres: 212_000, newestPulse: .milliseconds(6300), at: .milliseconds(9000)) == [])
  }

  @Test func aPulseThatComesWithTheLastUpdateStillBelongsToThePour() {
    var watch = watch()
    watch.open(at: .zero)
    _ = watch.update(microlitres: 5000, newestPulse: .milliseconds(900), at: .milliseconds(1000))
    watch.close(at: .milliseconds(1000))
    // The reader stalled: the quiet is over in this very update, and so is what came before it.
    #expect(
      watch.update(microlitres: 7222, newestPulse: .milliseconds(1400), at: .milliseconds(2500))
        == [.settled(afterFlowMicrolitres: 2222)])
  }

  @Test func noFlowAndMaximumComeAgainUntilTheValveIsClosed() {
    var watch = watch()
    watch.open(at: .zero)
    #expect(watch.update(microlitres: 0, newestPulse: nil, at: .milliseconds(9999)) == [])
    #expect(watch.update(microlitres: 0, newestPulse: nil, at: .milliseconds(10_000)) == [.noFlow])
    #expect(watch.update(microlitres: 0, newestPulse: nil, at: .milliseconds(10_100)) == [.noFlow])
    #expect(
      watch.update(microlitres: 0, newestPulse: nil, at: .milliseconds(60_000))
        == [.maximumOpenTimeReached, .noFlow])
    // To be told to open again changes nothing.
    watch.open(at: .milliseconds(60_100))
    #expect(
      watch.update(microlitres: 0, newestPulse: nil, at: .milliseconds(60_200))
        == [.maximumOpenTimeReached, .noFlow])
    watch.close(at: .milliseconds(60_300))
    #expect(watch.update(microlitres: 0, newestPulse: nil, at: .milliseconds(60_400)) == [])
  }

  @Test func eachPulseBeginsTheNoFlowTimeAnew() {
    var watch = watch()
    watch.open(at: .zero)
    for second in stride(from: 9, to: 59, by: 9) {
      let now = MonotonicInstant.milliseconds(second * 1000)
      #expect(watch.update(microlitres: Int64(second), newestPulse: now, at: now) == [])
    }
    #expect(watch.update(microlitres: 54, newestPulse: nil, at: .milliseconds(59_999)) == [])
  }

  @Test func withoutAMeterOnlyTheMaximumCounts() {
    var watch = watch { $0.noFlowTimeout = nil }
    watch.open(at: .zero)
    #expect(watch.nextDeadline == .milliseconds(60_000))
    #expect(watch.update(microlitres: 0, newestPulse: nil, at: .milliseconds(59_999)) == [])
    #expect(
      watch.update(microlitres: 0, newestPulse: nil, at: .milliseconds(60_000)) == [.maximumOpenTimeReached])
  }

  @Test func aFlowThatDoesNotEndIsReportedAndThenALeak() {
    var watch = watch()
    watch.open(at: .zero)
    _ = watch.update(microlitres: 100_000, newestPulse: .milliseconds(1000), at: .milliseconds(1000))
    watch.close(at: .milliseconds(1000))
    var found: [FlowWatch.Finding] = []
    for time in stride(from: 1100, through: 7000, by: 100) {
      let volume = 100_000 + Int64(time - 1000) * 10
      found += watch.update(microlitres: volume, newestPulse: .milliseconds(time), at: .milliseconds(time))
    }
    #expect(
      found == [.stillFlowing(afterFlowMicrolitres: 30_000), .leak(microlitres: 20_000 + 1000)])
  }

  @Test(arguments: [5, 50, 500, 5000])
  func aDripBelowTheThresholdIsNoLeakAndOneAboveIs(updateEvery: Int) {
    // 20 mL a minute are 333 µL a second.
    for (rate, isLeak) in [(300, false), (400, true)] as [(Int64, Bool)] {
      var watch = watch()
      var found: [FlowWatch.Finding] = []
      for time in stride(from: 0, through: 600_000, by: updateEvery) {
        found += watch.update(
          microlitres: rate * Int64(time) / 1000, newestPulse: .milliseconds(time), at: .milliseconds(time))
      }
      #expect(found.isEmpty != isLeak, "\(rate) µL/s")
    }
  }

  /// Half a millilitre a second passes no window of a minute.
  @Test func aSlowLeakIsFoundByItsSum() {
    for (rate, expected) in [(500, 200), (20, 5000), (1, nil)] as [(Int64, Int?)] {
      var watch = watch { $0.slowLeakMicrolitres = 100_000 }
      watch.limits.leakMicrolitres = 50_000
      var found: [(second: Int, finding: FlowWatch.Finding)] = []
      for second in 0...86_400 where second % 10 == 0 {
        let now = MonotonicInstant.milliseconds(second * 1000)
        found += watch.update(microlitres: rate * Int64(second), newestPulse: now, at: now).map {
          (second, $0)
        }
      }
      #expect(found.first.map { abs($0.second - (expected ?? 0)) <= 10 } ?? (expected == nil), "\(rate) µL/s")
      #expect(found.allSatisfy { if case .slowLeak = $0.finding { true } else { false } })
    }
  }

  @Test func aPourAndADayEndTheSumOfASlowLeak() {
    var watch = watch { $0.slowLeakMicrolitres = 100_000 }
    _ = watch.update(microlitres: 15_000, newestPulse: nil, at: .milliseconds(100))
    watch.open(at: .milliseconds(200))
    watch.close(at: .milliseconds(300))
    _ = watch.update(microlitres: 15_000, newestPulse: nil, at: .milliseconds(5000))
    // 18 mL an hour: none in the window of a minute, and a day's sum is above 100 mL.
    for hour in 1...24 {
      let now = MonotonicInstant.milliseconds(hour * 3_600_000)
      let found = watch.update(microlitres: 15_000 + Int64(hour) * 4100, newestPulse: nil, at: now)
      #expect(found.isEmpty, "hour \(hour)")
    }
    let late = watch.update(
      microlitres: 15_000 + 25 * 4100, newestPulse: nil, at: .milliseconds(25 * 3_600_000))
    #expect(late.isEmpty, "the first hour is more than a day ago")
  }

  @Test func whatDripsWhileNobodyLooksIsHeldAgainstAllOfThatTime() {
    // Ten minutes without an update may hold ten times 20 mL.
    for (volume, isLeak) in [(200_000, false), (200_001, true)] as [(Int64, Bool)] {
      var watch = watch()
      let found = watch.update(microlitres: volume, newestPulse: nil, at: .milliseconds(600_000))
      #expect(found.isEmpty != isLeak)
    }
  }

  @Test func aBurstIsALeakAtOnce() {
    var watch = watch()
    #expect(watch.update(microlitres: 20_000, newestPulse: nil, at: .milliseconds(30_000)) == [])
    #expect(
      watch.update(microlitres: 20_001, newestPulse: nil, at: .milliseconds(30_100))
        == [.leak(microlitres: 20_001)])
    #expect(watch.update(microlitres: 30_000, newestPulse: nil, at: .milliseconds(30_200)) == [])
  }

  @Test func aMeterOpenedAnewIsANewStart() {
    var watch = watch()
    _ = watch.update(microlitres: 15_000, newestPulse: nil, at: .milliseconds(100))
    watch.open(at: .milliseconds(200))
    _ = watch.update(microlitres: 500_000, newestPulse: .milliseconds(900), at: .milliseconds(1000))
    watch.close(at: .milliseconds(1000))
    #expect(
      watch.update(microlitres: 503_000, newestPulse: .milliseconds(1100), at: .milliseconds(1150)) == [])
    #expect(watch.update(microlitres: 0, newestPulse: nil, at: .milliseconds(1200)) == [])
    #expect(
      watch.update(microlitres: 1000, newestPulse: .milliseconds(1250), at: .milliseconds(2000))
        == [.settled(afterFlowMicrolitres: 4000)])
    #expect(watch.update(microlitres: 20_000, newestPulse: nil, at: .milliseconds(2100)) == [])
  }

  /// Whatever is called in whatever order: an open valve that is overdue is reported, each closing ends in
  /// exactly one report, and a deadline is never missed.
  @Test(arguments: 1...20)
  func anySequenceOfCallsKeepsItsPromises(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var watch = watch()
    var now = MonotonicInstant.zero
    var volume: Int64 = 0
    var newest: MonotonicInstant?
    var openSince: MonotonicInstant?
    var closings = 0
    var reports = 0
    for _ in 0..<5000 {
      now = now.advanced(by: .milliseconds(Int.random(in: 0...400, using: &random)))
      switch Int.random(in: 0..<40, using: &random) {
      case 0:
        if case .settling = watch.phase { closings -= 1 }
        watch.open(at: now)
        openSince = openSince ?? now
      case 1:
        if openSince != nil { closings += 1 }
        watch.close(at: now)
        openSince = nil
      case 2...12:
        volume += .random(in: 0...3000, using: &random)
        newest = now
      default: break
      }
      let deadline = watch.nextDeadline
      let found = watch.update(microlitres: volume, newestPulse: newest, at: now)
      if let openSince {
        #expect(found.contains(.maximumOpenTimeReached) == (openSince.duration(to: now) >= .seconds(60)))
      }
      if case .open = watch.phase { #expect(openSince != nil) } else { #expect(openSince == nil) }
      for finding in found {
        switch finding {
        case .settled, .stillFlowing: reports += 1
        case .leak(let leaked), .slowLeak(let leaked): #expect(leaked > 20_000)
        case .noFlow, .maximumOpenTimeReached: #expect(openSince != nil)
        }
      }
      if let deadline, deadline <= now, newest.map({ $0 < now }) ?? true { #expect(!found.isEmpty) }
      #expect(watch.afterFlowMicrolitres >= 0)
    }
    if case .settling = watch.phase { closings -= 1 }
    #expect(reports == closings)
  }
}
