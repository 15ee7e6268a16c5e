import DaemonTesting
import DaemonKit
import FlowControl
import PiHAL
import RC522
import Testing

@testable import tapd

/// A keg that runs dry blows gas through the meter: nobody pays for it, and nobody else pours until somebody has
/// looked.
@Suite(.ownThreads) struct KegEndTests {
  /// A tap that has learned how fast it pours.
  private func bar(flow: Int64 = 40_000, pulsesPerLitre: UInt64 = 450, learning pours: Int = 5) throws -> Bar
  {
    var settings = TapSettings()
    settings.calibration = try FlowCalibration(pulses: pulsesPerLitre, microlitres: 1_000_000)
    var bar = Bar(balance: 100_000, settings: settings)
    bar.plant.flow = flow
    for _ in 0..<pours {
      bar.serve(.seconds(5))
      #expect(bar.lastPour?.reason == .cardRemoved)
    }
    return bar
  }

  /// 1, 2.4 and 5 litres a minute; gas at twice to ten times the rate of the drink, steady and in spurts.
  @Test(arguments: [16_667, 40_000, 83_333] as [Int64], [450, 5600] as [UInt64])
  func gasIsRecordedAndNotCharged(flow: Int64, pulsesPerLitre: UInt64) throws {
    for (factor, comesInSpurts) in [(2, false), (4, false), (10, false), (4, true), (10, true)] {
      var bar = try bar(flow: flow, pulsesPerLitre: pulsesPerLitre)
      let balance = try #require(bar.balance)
      let before = bar.plant.microlitres
      bar.plant.mountKeg(microlitres: flow * 6)
      bar.plant.gas = Plant.Gas(factor: Int64(factor), milliseconds: 4000, comesInSpurts: comesInSpurts)
      bar.plant.leverIsOpen = true
      bar.lay(Bar.guest)
      bar.wait(.seconds(25))
      let pour = try #require(bar.lastPour)
      let comment: Comment = "factor \(factor), in spurts \(comesInSpurts)"
      #expect(pour.reason == .kegSuspectedEmpty, comment)
      let drink = bar.plant.microlitres - before
      #expect(abs(pour.microlitres - drink) <= flow * 3 / 10 + 4500, comment)
      #expect(balance - (bar.balance ?? 0) == pour.charge.minorUnits)
      #expect(pour.charge == Pricing.charge(microlitres: pour.microlitres, pricePerLitre: Money(1000)))
      #expect(pour.gasMicrolitres ?? 0 > 0, comment)
      #expect(bar.screen?.notice == .kegSuspectedEmpty)
      #expect(bar.screen?.phase == .outOfService)
    }
  }

  /// Nothing is learned of a new tap, but no beer tap pours 26 litres a minute: 5 s of beer, 5 s at 198 Hz.
  @Test func aNewTapDoesNotChargeGasEither() throws {
    var bar = Bar(balance: 100_000)
    bar.plant.flow = 39_500
    bar.plant.mountKeg(microlitres: 39_500 * 5)
    bar.plant.gas = Plant.Gas(factor: 11, milliseconds: 5000)
    bar.plant.leverIsOpen = true
    bar.lay(Bar.guest)
    bar.wait(.seconds(25))
    #expect(bar.lastPour?.reason == .kegSuspectedEmpty)
    #expect((190_000...210_000).contains(bar.lastPour?.microlitres ?? 0))
  }

  private func dry() throws -> Bar {
    var bar = try bar()
    bar.plant.mountKeg(microlitres: 200_000)
    bar.plant.leverIsOpen = true
    bar.lay(Bar.guest)
    bar.wait(.seconds(15))
    bar.take(Bar.guest)
    bar.wait(.seconds(10))
    #expect(bar.lastPour?.reason == .kegSuspectedEmpty)
    return bar
  }

  @Test func noGuestIsServedUntilAKegIsMounted() throws {
    var bar = try dry()
    let openings = bar.openings
    bar.lay(Bar.other)
    bar.wait(.seconds(1))
    #expect(bar.screen?.phase == .refused)
    #expect(bar.screen?.notice == .kegSuspectedEmpty)
    bar.take(Bar.other)
    // Not after a restart either.
    bar.restart()
    bar.wait(.seconds(1))
    bar.lay(Bar.other)
    bar.wait(.seconds(1))
    bar.take(Bar.other)
    #expect(bar.openings == openings)
    bar.lay(Bar.cleaner)
    bar.wait(.seconds(1))
    #expect(bar.screen?.phase == .maintenance)
    bar.take(Bar.cleaner)
    bar.wait(.seconds(10))
    bar.change(
      .mountKeg(
        bar.settings.tap, beverage: "Brune", microlitres: 30_000_000, reserveMicrolitres: 0,
        pricePerLitre: Money(1000)))
    bar.plant.mountKeg(microlitres: 30_000_000)
    #expect(bar.screen?.phase == .waiting)
    bar.serve(.seconds(5))
    #expect(bar.lastPour?.reason == .cardRemoved)
    #expect(bar.lastPour?.microlitres ?? 0 > 150_000)
  }

  /// A tap that is faster than it was taken for: whoever looked says so, and the tap knows it from then on.
  @Test func staffSayThatTheKegIsNotEmpty() throws {
    var bar = try bar()
    bar.plant.flow = 80_000
    bar.serve(.seconds(5))
    #expect(bar.lastPour?.reason == .kegSuspectedEmpty)
    bar.change(.declareKegNotEmpty(bar.settings.tap))
    #expect(bar.screen?.phase == .waiting)
    bar.restart()
    bar.wait(.milliseconds(100))
    for _ in 0..<3 {
      bar.serve(.seconds(5))
      #expect(bar.lastPour?.reason == .cardRemoved)
    }
    #expect(throws: LedgerError.self) {
      try LocalLedger.carryOut(.declareKegNotEmpty(bar.settings.tap), id: CommandID("again"), in: bar.ledger)
    }
  }

  /// A keg that ends without gas: what the screen says is true, and nobody pays for anything else.
  @Test func aPourThatFallsSilentIsNotTakenForALeverThatWasNotPulled() throws {
    var bar = try bar()
    bar.plant.mountKeg(microlitres: 200_000)
    bar.plant.gas.milliseconds = 0
    bar.plant.leverIsOpen = true
    bar.lay(Bar.guest)
    bar.wait(.seconds(7))
    #expect(bar.screen?.phase == .pouring)
    #expect(bar.screen?.notice == nil)
    bar.wait(.seconds(3))
    #expect(bar.screen?.notice == .flowStopped)
    bar.wait(.seconds(15))
    #expect(bar.lastPour?.reason == .noFlow)
    #expect(bar.lastPour?.microlitres ?? 0 <= 200_000)
    #expect(bar.screen?.phase == .done)
    #expect(bar.screen?.notice == .flowStopped)
  }

  /// A guest who sees that only foam spits out takes the card away.
  @Test func aGuestWhoGivesUpDoesNotPayForGas() throws {
    var bar = try bar()
    bar.plant.mountKeg(microlitres: 200_000)
    bar.plant.gas = Plant.Gas(factor: 2, milliseconds: 400)
    bar.plant.leverIsOpen = true
    bar.lay(Bar.guest)
    bar.wait(.seconds(7))
    bar.take(Bar.guest)
    bar.wait(.seconds(5))
    #expect(bar.lastPour?.reason == .kegSuspectedEmpty)
    #expect(bar.lastPour?.microlitres ?? 0 <= 204_500)
  }

  @Test func whatWasLearnedSurvives() throws {
    var bar = try bar()
    #expect(abs((bar.machine.status.usualMicrolitresPerSecond ?? 0) - 40_000) < 2000)
    bar.restart()
    #expect(abs((bar.machine.status.usualMicrolitresPerSecond ?? 0) - 40_000) < 2000)
  }
}

@Suite struct MeterAlarmTests {
  @Test func rejectedPulsesRaiseAnAlarmAndAreOnRecord() throws {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    for total in 1...100 as ClosedRange<UInt64> {
      bar.now = bar.now.advanced(by: .milliseconds(20))
      bar.send(.pulses(PulseReading(total: total, rejected: total, newestEdge: bar.now)))
    }
    bar.take(Bar.guest)
    for _ in 0..<200 {
      bar.now = bar.now.advanced(by: .milliseconds(20))
      bar.send(.pulses(PulseReading(total: 100, rejected: 100, newestEdge: nil)))
    }
    #expect(bar.lastPour?.rejectedPulses == 100)
    #expect(bar.alarms.contains { $0.contains("100 pulses of a pour came too fast") })
  }

  @Test func aSparkIsNoAlarm() throws {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(3))
    bar.send(.pulses(PulseReading(total: bar.plant.pulses, rejected: 4, newestEdge: bar.plant.lastPulse)))
    bar.take(Bar.guest)
    bar.wait(.seconds(5))
    #expect(bar.lastPour?.rejectedPulses == 4)
    #expect(bar.alarms.isEmpty)
  }
}

@Suite struct BlockedCardTests {
  @Test(arguments: [Bar.guest, Bar.cleaner])
  func blockingACardEndsItsPour(card: UID) {
    var bar = Bar()
    bar.lay(card)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(2))
    bar.change(.setBlocked(Bar.other, blocked: true))
    bar.send(.cardBlocked(Bar.other))
    #expect(bar.plant.valveIsOpen)
    bar.change(.setBlocked(card, blocked: true))
    bar.send(.cardBlocked(card))
    #expect(!bar.plant.valveIsOpen)
    bar.wait(.seconds(3))
    #expect(bar.lastPour?.reason == .cardBlocked)
    #expect(bar.screen?.notice == .blockedCard)
  }
}
