import FlowControl
import PiHAL
import RC522
import Testing

@testable import tapd

@Suite struct ServingTests {
  @Test func aCardPoursABeer() throws {
    var bar = Bar()
    bar.wait(.milliseconds(100))
    #expect(bar.screen?.phase == .waiting)
    bar.lay(Bar.guest)
    #expect(bar.screen?.phase == .authorising)
    bar.wait(.milliseconds(40))
    #expect(bar.plant.valveIsOpen)
    #expect(bar.screen?.phase == .pouring)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(5))
    #expect(bar.screen?.pour?.microlitres ?? 0 > 150_000)
    #expect(bar.screen?.pour?.balance?.minorUnits == 2000 - (bar.screen?.pour?.cost?.minorUnits ?? 0))
    #expect(bar.screen?.kegRemainingMicrolitres == 30_000_000 - (bar.screen?.pour?.microlitres ?? 0))
    bar.plant.leverIsOpen = false
    bar.take(Bar.guest)
    bar.wait(.milliseconds(900))
    #expect(bar.plant.valveIsOpen, "within the grace")
    bar.wait(.seconds(2))
    #expect(!bar.plant.valveIsOpen)
    let pour = try #require(bar.lastPour)
    #expect(pour.microlitres == bar.settings.calibration.microlitres(fromPulses: bar.plant.pulses))
    #expect(pour.charge == Pricing.charge(microlitres: pour.microlitres, pricePerLitre: Money(1000)))
    #expect(pour.reason == .cardRemoved)
    #expect(bar.balance == 2000 - pour.charge.minorUnits)
    #expect(bar.screen?.phase == .done)
    #expect(bar.screen?.pour?.balance?.minorUnits == bar.balance)
    bar.wait(.seconds(6))
    #expect(bar.screen?.phase == .waiting)
    #expect(bar.screen?.kegRemainingMicrolitres == 30_000_000 - pour.microlitres)
  }

  @Test func theSameCardComingBackInTimeContinues() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.take(Bar.guest)
    bar.wait(.milliseconds(800))
    bar.lay(Bar.guest)
    bar.wait(.seconds(3))
    #expect(bar.plant.valveIsOpen)
    #expect(bar.openings == 1)
  }

  @Test func aCardLeftOnTheReaderDoesNotPourAgain() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.send(.cancelPour)
    bar.wait(.seconds(60))
    #expect(bar.openings == 1)
    // A reader that was reset finds it anew.
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    #expect(bar.openings == 1)
    bar.take(Bar.guest)
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    #expect(bar.openings == 2)
  }

  @Test func aSecondCardBesideTheFirstIsIgnored() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.lay(Bar.other)
    bar.wait(.milliseconds(200))
    #expect(bar.screen?.notice == .secondCard)
    bar.take(Bar.guest)
    bar.wait(.seconds(20))
    #expect(bar.openings == 1, "the second card was never chosen")
  }

  @Test func theNextGuestNeedNotWaitForTheGrace() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.take(Bar.guest)
    bar.lay(Bar.other)
    #expect(!bar.plant.valveIsOpen)
    bar.wait(.seconds(2))
    #expect(bar.plant.valveIsOpen)
    #expect(bar.ledger.openPours.values.map(\.card) == [Bar.other])
    #expect(bar.ledger.recentPours.map(\.card) == [Bar.guest])
  }

  @Test func aCardTakenAwayBeforeTheAnswerIsReleased() {
    var bar = Bar()
    bar.ledgerAnswers = false
    bar.wait(.milliseconds(100))
    bar.lay(Bar.guest)
    bar.take(Bar.guest)
    bar.ledgerAnswers = true
    bar.wait(.seconds(5))
    #expect(bar.openings == 0)
    #expect(bar.ledger.openPours.isEmpty)
    #expect(bar.screen?.phase == .waiting)
  }

  @Test(arguments: [
    (Int64(0), Int64(30), TapScreen.Notice.noCredit), (Int64(2), 30, .noCredit), (2000, 0, .noKeg),
  ])
  func whoCannotPourIsToldWhy(balance: Int64, litres: Int64, notice: TapScreen.Notice) {
    var bar = Bar(beer: litres == 0 ? nil : 1000, balance: balance)
    bar.wait(.milliseconds(100))
    bar.lay(Bar.guest)
    #expect(bar.screen?.phase == .refused)
    #expect(bar.screen?.notice == notice)
    #expect(bar.screen?.balance?.minorUnits == balance)
    bar.wait(.seconds(5))
    #expect(bar.openings == 0)
    #expect(bar.screen?.phase == (litres == 0 ? .outOfService : .waiting))
  }

  @Test func freeServiceNeedsNoCredit() {
    var bar = Bar(beer: 0, balance: 0)
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(2))
    bar.take(Bar.guest)
    bar.wait(.seconds(5))
    #expect(bar.lastPour?.microlitres ?? 0 > 50_000)
    #expect(bar.lastPour?.charge == .zero)
  }

  @Test(arguments: [true, false])
  func aMaintenanceCardOpensWithoutCharging(inService: Bool) {
    var bar = Bar()
    bar.command(.setInService(bar.settings.tap, inService: inService))
    bar.restart()
    bar.lay(Bar.guest)
    #expect(bar.ledger.openPours.isEmpty == !inService)
    bar.take(Bar.guest)
    bar.wait(.seconds(1))
    bar.lay(Bar.cleaner)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(5))
    #expect(bar.screen?.phase == .maintenance)
    #expect(bar.screen?.pour?.cost == nil)
    bar.wait(.seconds(600))
    #expect(!bar.plant.valveIsOpen)
    #expect(bar.lastPour?.reason == .maximumTimeReached)
    #expect(bar.lastPour?.kind == .maintenance)
    #expect(bar.lastPour?.charge == .zero)
    // What runs out of a keg has left it, whoever poured it.
    let keg = bar.ledger.taps[bar.settings.tap]?.keg
    #expect((keg?.pouredMicrolitres ?? 0 > 0) == inService)
  }

  @Test func takingTheTapOutOfServiceEndsAPour() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.command(.setInService(bar.settings.tap, inService: false))
    bar.send(.tapChanged(bar.ledger.status(of: bar.settings.tap)))
    #expect(!bar.plant.valveIsOpen)
    bar.wait(.seconds(10))
    #expect(bar.lastPour?.reason == .tapOutOfService)
    #expect(bar.screen?.phase == .outOfService)
  }

  @Test func shuttingDownEndsThePourAndFinishes() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(1))
    bar.send(.shutDown)
    #expect(!bar.plant.valveIsOpen)
    #expect(!bar.machine.hasFinished)
    bar.wait(.seconds(3))
    #expect(bar.machine.hasFinished)
    #expect(bar.ledger.openPours.isEmpty)
    bar.lay(Bar.other)
    bar.wait(.seconds(1))
    #expect(bar.openings == 1)
  }
}

@Suite struct EndingTests {
  @Test(arguments: [0, 8000, 19_000] as [Int64])
  func nobodyPoursPastTheCredit(afterFlow: Int64) throws {
    var bar = Bar(balance: 300)
    bar.plant.afterFlow = afterFlow
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(20))
    let pour = try #require(bar.lastPour)
    #expect(pour.reason == .limitReached)
    let limit = try #require(Pricing.largestVolume(for: Money(300), pricePerLitre: Money(1000)))
    #expect(pour.microlitres <= limit)
    #expect(pour.microlitres > limit - 30_000, "and gets what was paid for, but for a sip")
  }

  @Test func theAfterFlowIsLearned() throws {
    var bar = Bar(balance: 10_000)
    bar.plant.afterFlow = 5000
    for _ in 1...12 {
      bar.lay(Bar.guest)
      bar.plant.leverIsOpen = true
      bar.wait(.seconds(4))
      bar.take(Bar.guest)
      bar.wait(.seconds(4))
    }
    let learned = bar.machine.status.afterFlow.predictedMicrolitres
    #expect((4000...9000).contains(learned))
  }

  /// So that its owner can be given a card with it.
  @Test func theLogNamesACardThatIsRefused() {
    var bar = Bar()
    bar.lay(UID("deadbeef")!)
    bar.wait(.milliseconds(100))
    #expect(bar.logs.contains("card deadbeef is refused: unknownCard"))
  }

  @Test func nobodyPoursIntoTheReserve() throws {
    var bar = Bar(litres: 1, reserve: 300_000, balance: 100_000)
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(40))
    #expect(bar.lastPour?.reason == .kegReserveReached)
    #expect((650_000...700_000).contains(bar.lastPour?.microlitres ?? 0))
    bar.take(Bar.guest)
    bar.wait(.seconds(10))
    #expect(bar.screen?.notice == .kegEmpty)
  }

  @Test func aTopUpDuringAPourLiftsItsLimit() throws {
    var bar = Bar(balance: 100)
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(1))
    bar.command(.topUp(Bar.guest, amount: Money(400)))
    bar.send(.balanceChanged(Bar.guest))
    bar.wait(.seconds(20))
    let pour = try #require(bar.lastPour)
    #expect(pour.reason == .limitReached)
    #expect((450_000...500_499).contains(pour.microlitres))
  }

  @Test func aPriceChangeDoesNotTouchARunningPour() throws {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(1))
    bar.command(.setKegPrice(bar.settings.tap, pricePerLitre: Money(9000)))
    bar.send(.tapChanged(bar.ledger.status(of: bar.settings.tap)))
    bar.wait(.seconds(3))
    bar.take(Bar.guest)
    bar.wait(.seconds(4))
    let pour = try #require(bar.lastPour)
    #expect(pour.charge == Pricing.charge(microlitres: pour.microlitres, pricePerLitre: Money(1000)))
  }

  @Test func aCounterThatWasStartedAgainIsNotTakenForSilence() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(3))
    bar.take(Bar.guest)
    bar.wait(bar.settings.removalGrace + .milliseconds(200))
    // While it is away, the last drops run out unseen.
    bar.meterIsRead = false
    bar.wait(bar.settings.meterTimeout - .milliseconds(100))
    for _ in 1...25 {
      #expect(bar.lastPour == nil)
      bar.send(.pulses(PulseReading(epoch: 1, total: 0)))
      bar.wait(.milliseconds(20))
    }
    for _ in 1...50 {
      bar.send(.pulses(PulseReading(epoch: 1, total: 0)))
      bar.wait(.milliseconds(20))
    }
    #expect(bar.lastPour?.reason == .cardRemoved)
  }

  @Test func withoutFlowAPourEnds() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(bar.settings.noFlowTimeout + bar.settings.flowStopped + .seconds(1))
    #expect(bar.lastPour?.reason == .noFlow)
    #expect(bar.lastPour?.charge == .zero)
  }

  @Test func aPourEndsAfterTheLongestTime() {
    var settings = TapSettings()
    settings.maximumPour = .seconds(20)
    var bar = Bar(balance: 1_000_000, settings: settings)
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(25))
    #expect(bar.lastPour?.reason == .maximumTimeReached)
  }
}

@Suite struct FaultTests {
  @Test func aHungReaderEndsThePourInBoundedTime() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.send(.readerFailed(message: "version register reads 0x00"))
    bar.wait(bar.settings.readerFaultGrace - .milliseconds(100))
    #expect(bar.plant.valveIsOpen)
    bar.wait(.milliseconds(100))
    #expect(!bar.plant.valveIsOpen)
    bar.wait(.seconds(10))
    #expect(bar.lastPour?.reason == .readerFault)
    #expect(bar.screen?.phase == .outOfService)
    bar.send(.readerRecovered)
    #expect(bar.screen?.phase == .waiting)
  }

  @Test func aReaderThatRecoversInTimeDoesNotEndThePour() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.send(.readerFailed(message: "version register reads 0x00"))
    bar.wait(.seconds(2))
    bar.send(.readerRecovered)
    bar.wait(.seconds(5))
    #expect(bar.plant.valveIsOpen)
  }

  @Test func aMeterThatFallsSilentClosesTheValve() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.meterIsRead = false
    bar.wait(bar.settings.meterTimeout + .milliseconds(20))
    #expect(!bar.plant.valveIsOpen)
    bar.wait(.seconds(20))
    #expect(bar.screen?.notice == .meterFault)
    bar.lay(Bar.other)
    bar.wait(.seconds(1))
    #expect(bar.openings == 1)
    bar.meterIsRead = true
    bar.wait(.seconds(5))
    #expect(bar.screen?.phase == .waiting)
  }

  @Test func withoutAReadingNoValveOpens() {
    var bar = Bar()
    bar.meterIsRead = false
    bar.lay(Bar.guest)
    bar.wait(.seconds(3))
    #expect(bar.openings == 0)
    #expect(bar.ledger.openPours.isEmpty, "the hold is released")
  }

  @Test func anOrderToCloseIsRepeatedUntilItIsConfirmed() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.valveObeys = false
    bar.take(Bar.guest)
    bar.wait(.seconds(10))
    #expect(bar.closings > 20)
    #expect(bar.screen?.notice == .valveFault)
    #expect(bar.ledger.openPours.isEmpty, "the guest gets the bill all the same")
    bar.lay(Bar.other)
    bar.wait(.seconds(1))
    #expect(bar.openings == 1)
    bar.valveObeys = true
    bar.wait(.seconds(5))
    #expect(bar.screen?.phase == .waiting)
  }

  @Test func nobodyIsServedBeforeTheValveIsKnownToBeClosed() {
    var bar = Bar()
    bar.valveObeys = false
    bar.restart()
    bar.lay(Bar.guest)
    bar.wait(.milliseconds(500))
    #expect(bar.ledger.openPours.isEmpty)
    bar.valveObeys = true
    bar.wait(.seconds(1))
    #expect(bar.plant.valveIsOpen)
  }

  @Test func anAttemptToCloseThatFailsSlowlyIsNotFollowedByTheNextAtOnce() {
    var bar = Bar()
    bar.wait(.seconds(1))
    bar.valveObeys = false
    bar.send(.valveFailed(message: "the guard has died"))
    let before = bar.closings
    bar.now = bar.now.advanced(by: .seconds(1))
    bar.send(.valveFailed(message: "the line is held by somebody else"))
    bar.send(.cardAppeared(Bar.guest))
    #expect(bar.closings == before, "cards, ticks and the end of the daemon come first")
    bar.send(.tick)
    #expect(bar.closings == before + 1)
  }

  @Test func theReasonIsToldThatComesAfterTheValveWasSilent() {
    var bar = Bar()
    bar.valveObeys = false
    bar.restart()
    bar.wait(.seconds(3))
    for _ in 0..<3 { bar.send(.valveFailed(message: "held by somebody else")) }
    #expect(
      bar.logs == [
        "the valve does not confirm its orders", "the valve cannot be driven: held by somebody else",
      ])
    bar.valveObeys = true
    bar.wait(.seconds(1))
    #expect(bar.logs.last == "the valve is closed again")
  }

  @Test func theGuardsDeathEndsThePour() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.plant.setValve(open: false)
    bar.send(.valveFailed(message: "the guard has died"))
    bar.wait(.seconds(3))
    #expect(bar.lastPour?.reason == .valveFault)
  }

  @Test func aFullDiskLetsTheRunningPourFinishAndNoOtherBegin() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(1))
    bar.failure = LedgerFailure(kind: .storage, message: "no space left on device")
    bar.wait(.seconds(3))
    #expect(bar.plant.valveIsOpen)
    #expect(bar.screen?.notice == .storageFault)
    bar.take(Bar.guest)
    bar.wait(.seconds(5))
    #expect(bar.balance == 2000)
    bar.lay(Bar.other)
    bar.wait(.seconds(1))
    #expect(bar.screen?.phase == .refused)
    #expect(bar.screen?.notice == .storageFault)
    #expect(bar.openings == 1)
    bar.take(Bar.other)
    bar.failure = nil
    bar.wait(.seconds(5))
    #expect(bar.balance == 2000 - (bar.lastPour?.charge.minorUnits ?? 0))
    #expect(bar.lastPour?.microlitres == bar.settings.calibration.microlitres(fromPulses: bar.plant.pulses))
  }

  @Test func aSilentLedgerIsGivenUp() {
    var bar = Bar()
    bar.ledgerAnswers = false
    bar.lay(Bar.guest)
    bar.wait(bar.settings.authorisationTimeout + .seconds(1))
    #expect(bar.screen?.notice == .serverUnreachable)
    #expect(bar.openings == 0)
  }

  @Test func anAnswerThatComesTooLateOpensNothing() throws {
    var bar = Bar()
    bar.ledgerAnswers = false
    bar.wait(.milliseconds(100))
    bar.lay(Bar.guest)
    guard
      case .ask(let id, .authorise(let hold))? = bar.effects.last(where: { effect in
        if case .ask(_, .authorise) = effect { true } else { false }
      })
    else {
      Issue.record("nothing was asked")
      return
    }
    bar.wait(.seconds(6))
    bar.send(
      .answered(
        id,
        .granted(
          Grant(
            pour: hold.pour, kind: .guest, limitMicrolitres: 500_000, limitedBy: .balance,
            pricePerLitre: Money(1000), hold: Money(500)))))
    bar.wait(.seconds(1))
    #expect(bar.openings == 0)
  }

  @Test func afterAPowerCutAPourIsSettledAtItsLastMark() throws {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(5))
    let mark = try #require(bar.ledger.openPours.values.first?.markedMicrolitres)
    #expect(mark > 100_000)
    bar.plant.setValve(open: false)
    bar.restart()
    #expect(bar.lastPour?.reason == .powerCut)
    #expect(bar.lastPour?.microlitres == mark)
    #expect(bar.screen?.notice == .settledAfterPowerCut)
    #expect(bar.balance == 2000 - Pricing.charge(microlitres: mark, pricePerLitre: Money(1000)).minorUnits)
    bar.restart()
    #expect(bar.ledger.recentPours.count == 1)
  }

  @Test func aMarkThatFailedIsRepeatedThoughNothingFlowsAnyMore() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(2))
    bar.failure = LedgerFailure(kind: .storage, message: "no space left on device")
    bar.wait(.seconds(1))
    bar.plant.leverIsOpen = false
    bar.wait(.seconds(2))
    #expect(bar.screen?.notice == .storageFault)
    bar.failure = nil
    bar.wait(.seconds(1))
    #expect(bar.screen?.notice == nil)
    let poured = bar.settings.calibration.microlitres(fromPulses: bar.plant.pulses)
    #expect(bar.ledger.openPours.values.first?.markedMicrolitres == poured)
  }

  @Test func marksAreNotAskedForInVainAtEveryTurn() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.failure = LedgerFailure(kind: .storage, message: "no space left on device")
    bar.wait(.milliseconds(100))
    bar.failure = nil
    bar.take(Bar.guest)
    bar.wait(.seconds(5))
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.failure = LedgerFailure(kind: .storage, message: "no space left on device")
    let before = bar.effects.count
    bar.wait(.seconds(5))
    let marks = bar.effects[before...].count { effect in
      if case .ask(_, .mark) = effect { true } else { false }
    }
    #expect((5...12).contains(marks))
  }

  @Test func whatFlowsAfterTheSettlementIsRecordedAndNotCharged() throws {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.plant.leverIsOpen = true
    bar.wait(.seconds(3))
    bar.take(Bar.guest)
    bar.wait(.seconds(3))
    let pour = try #require(bar.lastPour)
    let balance = bar.balance
    // A valve that closed late: drops that ran on after the flow had stopped.
    bar.plant.leak = 20_000
    bar.wait(.seconds(1))
    bar.plant.leak = 0
    bar.wait(.seconds(10))
    guard case .flowUnattributed(let late)? = bar.entries.last else {
      Issue.record("not recorded")
      return
    }
    #expect(late.cause == .lateAfterFlow)
    #expect(late.pour == pour.pour)
    #expect(bar.balance == balance)
    let all = bar.settings.calibration.microlitres(fromPulses: bar.plant.pulses)
    #expect(abs(pour.microlitres + late.microlitres - all) <= 1)
    #expect(bar.ledger.taps[bar.settings.tap]?.keg?.pouredMicrolitres == pour.microlitres + late.microlitres)
  }

  @Test func aLeakRaisesTheAlarmAndIsRecorded() {
    var bar = Bar()
    bar.wait(.seconds(1))
    bar.plant.leak = 5000
    bar.wait(.seconds(20))
    #expect(bar.screen?.notice == .leak)
    #expect(bar.logs.contains { $0.contains("leak") })
    bar.plant.leak = 0
    bar.wait(.seconds(70))
    #expect(bar.screen?.notice == nil)
    let lost = bar.ledger.taps[bar.settings.tap]?.totals.unattributedMicrolitres
    #expect(abs((lost ?? 0) - bar.plant.microlitres) < 20_000)
    #expect(bar.balance == 2000)
  }
}

@Suite struct MeterTallyTests {
  private let now = MonotonicInstant(nanoseconds: 1_000_000)

  @Test func eachPulseCountsOnceWhateverTheOrder() {
    var tally = MeterTally(at: now)
    #expect(tally.take(PulseReading(total: 100), at: now) == .counted(100))
    #expect(tally.take(PulseReading(total: 105), at: now) == .counted(5))
    #expect(tally.take(PulseReading(total: 105), at: now) == .counted(0))
    #expect(tally.take(PulseReading(total: 100), at: now) == .stale)
    #expect(tally.take(PulseReading(epoch: 1, total: 7), at: now) == .restarted(7))
    #expect(tally.take(PulseReading(epoch: 0, total: 200), at: now) == .stale)
    #expect(tally.take(PulseReading(epoch: 1, total: 8, restored: 1, rejected: 4), at: now) == .counted(1))
    #expect(tally.count == MeterTally.Count(pulses: 113, restored: 1, rejected: 4))
  }

  @Test func absurdCountsDoNotOverflow() {
    var tally = MeterTally(at: now)
    _ = tally.take(PulseReading(total: .max, restored: .max, rejected: .max), at: now)
    _ = tally.take(PulseReading(epoch: 1, total: .max), at: now)
    #expect(tally.count.pulses == .max)
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.send(.pulses(PulseReading(total: 0)))
    bar.send(.pulses(PulseReading(total: .max)))
    bar.wait(.seconds(5))
    #expect(bar.ledger.openPours.isEmpty)
    #expect(bar.balance == 0)
  }
}
