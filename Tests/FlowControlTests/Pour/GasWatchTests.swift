import FlowControl
import Foundation
import PiHAL
import Testing
import VirtualPi

@Suite struct GasWatchTests {
  private static let isThorough = ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] == "1"
  /// A hundred pours at each tap: 10,000 when there is time.
  private static let seeds = 1...(isThorough ? 100 : 10) as ClosedRange<Int>

  /// The first pours of a new tap are among them, with nothing learned.
  @Test func ordinaryPoursAreNeverTakenForGas() {
    var alarms = 0
    var known = 0
    for seed in Self.seeds {
      var random = SeededRandom(seed: UInt64(seed))
      let tap = SimulatedTap.random(using: &random)
      var usual = UsualFlow()
      for pour in 0..<100 {
        let course = SimulatedTap.ordinaryCourse(using: &random)
        let outcome = tap.pour(course, usual: usual.microlitresPerSecond, random: &random)
        if outcome.found != nil || outcome.foundAfterSilence != nil {
          alarms += 1
          Issue.record("seed \(seed), pour \(pour): \(tap) \(course)")
        }
        usual.learn(peak: outcome.steadyPeak)
      }
      if let learned = usual.microlitresPerSecond {
        known += 1
        #expect((0.85...1.3).contains(Double(learned) / tap.flow), "seed \(seed)")
      }
    }
    #expect(alarms == 0)
    #expect(known == Self.seeds.count)
  }

  /// The tap after some ordinary pours.
  private func learned(_ tap: SimulatedTap, _ random: inout SeededRandom) -> Int64? {
    var usual = UsualFlow()
    for _ in 0..<6 {
      usual.learn(peak: tap.pour([(1, 5)], usual: usual.microlitresPerSecond, random: &random).steadyPeak)
    }
    return usual.microlitresPerSecond
  }

  @Test(arguments: 1...40)
  func steadyGasIsFoundAndWhereItBegan(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let tap = SimulatedTap.random(using: &random)
    let usual = learned(tap, &random)
    for factor in [2.0, 3, 5, 10] {
      let drink = tap.flow * 4
      let outcome = tap.pour([(1, 4), (factor, 3)], usual: usual, random: &random)
      let found = try #require(outcome.found, "factor \(factor) at \(tap)")
      // The burst at the start is drink, and what the valve takes to open is not.
      let burst = tap.flow * (tap.refillFactor - 1) * tap.refillSeconds
      #expect(abs(Double(found.drinkMicrolitres) - drink - burst) < tap.flow * 0.5, "factor \(factor)")
      #expect(Double(outcome.microlitresAtFinding - found.drinkMicrolitres) < tap.flow * 3)
    }
  }

  @Test(arguments: 1...40)
  func spurtsAreFoundAtTheLatestWhenTheyFallSilent(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let tap = SimulatedTap.random(using: &random)
    let usual = learned(tap, &random)
    var course: SimulatedTap.Course = [(1, 4)]
    for _ in 0..<6 {
      course.append((.random(in: 2.5...6, using: &random), .random(in: 0.15...0.4, using: &random)))
      course.append((0, .random(in: 0.1...0.5, using: &random)))
    }
    let outcome = tap.pour(course + [(0, 5)], usual: usual, random: &random)
    let found = try #require(outcome.found ?? outcome.foundAfterSilence, "\(tap)")
    #expect(Double(found.drinkMicrolitres) < tap.flow * 6)
  }

  /// Half a second of it that is over before anything could be done.
  @Test func aShortBlowBeforeTheSilenceIsGas() throws {
    var random = SeededRandom(seed: 1)
    let tap = SimulatedTap()
    let outcome = tap.pour([(1, 4), (2.2, 0.5), (0, 5)], usual: 33_333, random: &random)
    let found = try #require(outcome.found ?? outcome.foundAfterSilence)
    #expect((130_000...150_000).contains(found.drinkMicrolitres))
  }

  /// 5 s of beer, then 198 Hz.
  @Test func aNewTapKnowsWhatNoBeerTapPours() throws {
    var random = SeededRandom(seed: 1)
    let tap = SimulatedTap(flow: 39_500)
    let outcome = tap.pour([(1, 5), (198.0 / 0.45 * 1000 / 39_500, 5)], usual: nil, random: &random)
    let found = try #require(outcome.found)
    #expect((195_000...225_000).contains(found.drinkMicrolitres))
    #expect(found.microlitresPerSecond > 250_000)
  }

  @Test func anEmptyKegsGasIsFoundAtTheStartOfAPourToo() throws {
    var random = SeededRandom(seed: 1)
    let outcome = SimulatedTap(refillFactor: 1).pour([(0, 1), (8, 2)], usual: 33_333, random: &random)
    #expect(try #require(outcome.found).drinkMicrolitres < 30_000)
  }
}

@Suite struct UsualFlowTests {
  @Test func itIsUnknownUntilTheFastestPoursAgree() {
    var usual = UsualFlow()
    for peak in [33_000, 12_000, 32_500, 33_300] as [Int64] { usual.learn(peak: peak) }
    #expect(usual.microlitresPerSecond == nil)
    usual.learn(peak: 32_900)
    #expect(usual.microlitresPerSecond == 33_000)
  }

  @Test func throttlingGuestsDoNotMakeTheTapSlower() {
    var usual = UsualFlow()
    for _ in 0..<5 { usual.learn(peak: 33_000) }
    for _ in 0..<(UsualFlow.memory - 1) { usual.learn(peak: 20_000) }
    #expect(usual.microlitresPerSecond == 33_000)
    // Unless nobody has been faster for a whole memory of pours.
    usual.learn(peak: 20_000)
    #expect(usual.microlitresPerSecond == 26_666)
  }

  @Test func anOddPourMakesItNoFaster() {
    var usual = UsualFlow()
    for peak in [33_000, 33_000, 60_000, 33_000, 33_000, 0, -5] as [Int64] { usual.learn(peak: peak) }
    #expect(usual.microlitresPerSecond == 33_000)
    for _ in 0..<UsualFlow.memory { usual.learn(peak: 33_000) }
    #expect(usual.microlitresPerSecond == 33_000)
  }

  @Test func whatStaffSayIsBelieved() {
    var usual = UsualFlow()
    usual.accept(90_000)
    #expect(usual.microlitresPerSecond == 90_000)
    usual.accept(.max)
    usual.learn(peak: .max)
    #expect(usual.microlitresPerSecond == 10_000_000)
  }
}
