import DaemonTesting
import DaemonKit
import FlowControl
import PiHAL
import RC522
import Testing

@testable import tapd

/// Flow that no guest's valve lets through is nobody's pour.
@Suite(.ownThreads) struct LeakTests {
  /// A tap that is known to leak so much a second.
  private func leaking(_ rate: Int64) -> Bar {
    var bar = Bar()
    bar.wait(.seconds(1))
    bar.plant.leak = rate
    bar.wait(.seconds(40))
    #expect(bar.screen?.notice == .leak)
    return bar
  }

  @Test(arguments: [2000, 5000, 40_000] as [Int64])
  func whileATapLeaksGuestsAreRefused(rate: Int64) {
    var bar = leaking(rate)
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    #expect(bar.screen?.phase == .refused)
    #expect(bar.screen?.notice == .leak)
    bar.wait(.seconds(30))
    #expect(bar.openings == 0)
    #expect(bar.balance == 2000)
    #expect(bar.screen?.notice == .leak, "the alarm stays")
    #expect(bar.ledger.openPours.isEmpty)
  }

  @Test func maintenanceCardsAreServedAndTheAlarmStays() {
    var bar = leaking(5000)
    bar.lay(Bar.cleaner)
    bar.wait(.seconds(3))
    #expect(bar.screen?.phase == .maintenance)
    #expect(bar.screen?.notice == .leak)
    bar.take(Bar.cleaner)
    bar.wait(.seconds(20))
    #expect(bar.screen?.phase == .outOfService)
    #expect(bar.screen?.notice == .leak)
  }

  @Test func theAlarmEndsWhenNothingFlows() {
    var bar = leaking(5000)
    bar.plant.leak = 0
    bar.wait(.seconds(50))
    #expect(bar.screen?.notice == .leak)
    bar.wait(.seconds(15))
    #expect(bar.screen?.notice == nil)
    #expect(bar.ledger.taps[bar.settings.tap]?.leaksSince == nil)
    bar.serve(.seconds(3))
    #expect(bar.openings == 1)
  }

  @Test func theAlarmEndsWhenStaffSaySo() {
    var bar = leaking(5000)
    bar.plant.leak = 0
    bar.change(.declareLeakOver(bar.settings.tap))
    #expect(bar.screen?.phase == .waiting)
    bar.wait(.seconds(2))
    bar.serve(.seconds(3))
    #expect(bar.openings == 1)
  }

  @Test func aRestartForgetsNoLeak() {
    var bar = leaking(5000)
    bar.restart()
    bar.wait(.milliseconds(100))
    #expect(bar.screen?.notice == .leak)
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    #expect(bar.openings == 0)
  }

  /// The alarm has not gone off yet, but whoever lays a card on now would pay for what already runs.
  @Test(arguments: [5000, 20_000] as [Int64])
  func whatAlreadyFlowsIsNotTheGuests(rate: Int64) {
    var bar = Bar()
    bar.wait(.seconds(1))
    bar.plant.leak = rate
    bar.wait(.seconds(1))
    #expect(bar.screen?.notice == nil)
    bar.lay(Bar.guest)
    bar.wait(.seconds(20))
    #expect(bar.openings == 0)
    #expect(bar.balance == 2000)
    #expect(bar.screen?.notice == .leak)
  }

  /// The last drops of the pour before: the valve opens when they have run out.
  @Test func dropsThatRunOutOnlyDelayTheNextPour() {
    var bar = Bar()
    bar.wait(.seconds(1))
    bar.plant.leak = 5000
    bar.wait(.seconds(1))
    bar.lay(Bar.guest)
    bar.wait(.milliseconds(500))
    #expect(bar.openings == 0)
    bar.plant.leak = 0
    bar.wait(.seconds(2))
    #expect(bar.openings == 1)
  }

  /// Half a millilitre a second for an hour: 1.8 litres.
  @Test func aSlowLeakRaisesTheAlarmWithFewEntries() throws {
    var bar = Bar()
    bar.wait(.seconds(1))
    bar.plant.leak = 500
    let before = bar.entries.count
    bar.wait(.seconds(600))
    #expect(bar.screen?.notice == .leak)
    #expect(bar.alarms.contains { $0.contains("slow leak") })
    bar.wait(.seconds(3000))
    #expect(bar.screen?.notice == .leak)
    #expect(bar.entries.count - before < 25)
    let tap = try #require(bar.ledger.taps[bar.settings.tap])
    #expect(tap.unattributedSincePourMicrolitres == tap.totals.unattributedMicrolitres)
    #expect(tap.totals.unattributedMicrolitres > 1_000_000)
    bar.send(.shutDown)
    #expect(bar.ledger.taps[bar.settings.tap]?.totals.unattributedMicrolitres ?? 0 > 1_790_000)
  }

  @Test func aPourEndsTheSum() throws {
    var bar = Bar()
    bar.wait(.seconds(1))
    bar.plant.leak = 500
    bar.wait(.seconds(100))
    bar.plant.leak = 0
    bar.serve(.seconds(3))
    let tap = try #require(bar.ledger.taps[bar.settings.tap])
    #expect(tap.unattributedSincePourMicrolitres == nil)
    #expect((40_000...60_000).contains(tap.totals.unattributedMicrolitres))
  }
}
