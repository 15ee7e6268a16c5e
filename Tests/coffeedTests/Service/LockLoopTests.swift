import DaemonKit
import Foundation
import JSONState
import PiHAL
import DaemonTesting
import Synchronization
import Testing
import VirtualPi

@testable import coffeed

/// A card on the reader, coffee in the books, relays on: the whole lock on the virtual board, in real time.
@Suite(.timeLimit(.minutes(5))) struct LockLoopTests {
  @Test func aCardUnlocksForItsTime() async throws {
    let bench = Bench()
    try await bench.live { life in
      try await waitUntil("the machine is ready") {
        life.view.phase == .ready && bench.lights == [true, false]
      }
      #expect(bench.relays == Bench.allOff)
      try bench.lay("anna")
      try await waitUntil("the machine is unlocked") { bench.unlocks == 1 }
      #expect(life.usages.map(\.userName) == ["anna"])
      try await waitUntil("its time is over") { bench.switching.count == 2 }
      try await waitUntil("it is ready again") { life.view.phase == .ready && bench.lights == [true, false] }
      #expect(
        life.hasShown { view in
          view.phase == .active && view.userName == "anna"
            && view.secondsLeft.map { (0...1).contains($0) } == true
        })
      #expect(
        bench.demo.table.board.transitions(of: Bench.lightPins[1]).count { $0.level } == 1, "green, once")
      let times = bench.switching.map(\.instant)
      try #require(times.count == 2)
      let length = times[0].duration(to: times[1])
      #expect(length > .milliseconds(900) && length < .seconds(3), "\(length)")
      // The card still lies there: it counted once.
      try await bench.settle(life)
      #expect(bench.switching.count == 2 && life.usages.count == 1)
      try await bench.take("anna")
      try bench.lay("beat")
      try await waitUntil("the next one is served") { life.usages.count == 2 && bench.unlocks == 2 }
    }
    #expect(bench.relays == Bench.allOff && bench.lights == [false, false], "locked and dark at the end")
    #expect(bench.log.texts().contains("usage 1: unlocked for 1 s"))
  }

  /// Whoever waits for a time to pass on it waits for ever.
  private struct StandingClock: MonotonicClock {
    let now = MonotonicInstant(nanoseconds: 1_000_000_000)
    func sleep(for duration: Duration) { SystemClock().sleep(for: .milliseconds(1)) }
  }

  @Test func theEndWaitsForNoHardwareThatWasNeverReached() async {
    let missing = PiHALError(.missing, place: "the chip", problem: "is missing")
    let loop = LockLoop(
      .init(memory: LockMemory(), settings: LockSettings(), boot: Bench.boot),
      hardware: LockHardware(
        openReader: { throw missing }, openRelays: { throw missing }, openLights: { throw missing }),
      surroundings: .init(ask: { _, _ in }, show: { _ in }, scanned: { _ in }), clock: StandingClock(),
      logger: LogLines().logger)
    loop.run()
    await onOwnThread { loop.stop() }
    #expect(loop.devices.all["relays"]?.contains("the chip is missing") == true, "\(loop.devices.all)")
  }

  /// Notes what is durable when the relays are ordered on.
  private final class Witness: LeasedOutput, Sendable {
    struct Order {
      var active: [Bool]
      var journal: String
    }

    let orders = Mutex<[Order]>([])
    private let bench: Bench

    init(_ bench: Bench) { self.bench = bench }

    func set(active: [Bool], atMost longest: Duration?) throws(PiHALError) {
      orders.withLock { $0.append(Order(active: active, journal: bench.durable("journal.jsonl"))) }
    }

    func renewLease() throws(PiHALError) {}
  }

  @Test func theCoffeeIsDurableBeforeTheRelaysAreOn() async throws {
    let bench = Bench()
    let witness = Witness(bench)
    try await bench.live(changing: { $0.openRelays = { witness } }) { life in
      try bench.lay("anna")
      try await waitUntil("the relays are ordered on") {
        witness.orders.withLock { $0.contains { $0.active == Bench.allOn } }
      }
    }
    let orders = witness.orders.withLock { $0 }
    let first = try #require(orders.firstIndex { $0.active == Bench.allOn })
    #expect(orders[first].journal.contains("\"usage\":1"), "\(orders[first].journal)")
    #expect(!orders[first - 1].journal.contains("\"usage\":1"), "it was not there before the card was")
    #expect(orders.last?.active == Bench.allOff)
  }

  @Test func whoIsNotLetInMovesNothing() async throws {
    let bench = Bench()
    try await bench.live { life in
      for (card, reason) in [("stranger", "unknown"), ("david", "barred")] {
        try bench.lay(card)
        try await waitUntil("\(card) is refused") {
          bench.log.texts().contains("a token was refused: \(reason)")
        }
        try await bench.take(card)
        try await waitUntil("it is over") { life.view.notice == nil }
        #expect(life.hasShown { $0.notice == .refused })
      }
      #expect(life.usages.isEmpty)
    }
    #expect(bench.switching.isEmpty)
  }

  @Test func aDiskThatFailsUnlocksNothingAndSaysSo() async throws {
    let bench = Bench()
    try await bench.live { life in
      try await waitUntil("the machine is ready") { life.view.phase == .ready }
      bench.disk.fill(leaving: 0)
      try bench.lay("anna")
      try await waitUntil("the fault is shown") { life.hasShown { $0.notice == .storageFault } }
      try await waitUntil("it is logged") {
        bench.log.texts(.error).contains {
          $0.contains("the books cannot record") && $0.contains("free some space")
        }
      }
      #expect(life.usages.isEmpty)
      try await bench.take("anna")
      try await waitUntil("she has left") { life.view.phase == .ready }
      #expect(bench.switching.isEmpty, "no coffee without a record")

      bench.disk.heal()
      // Nobody has to restart it: the next card does.
      try bench.lay("anna")
      try await waitUntil("the books record again") { bench.unlocks == 1 }
      #expect(life.usages.count == 1, "charged once, however often it was tried")
    }
  }

  @Test func theMasterTokenKeepsItOnOverARestart() async throws {
    let bench = Bench()
    let master = try #require(bench.demo.master)
    try await bench.live(master: master) { life in
      try bench.lay("master")
      try await waitUntil("always on") { bench.relays == Bench.allOn && life.view.phase == .master }
      try await waitUntil("both lights are on") { bench.lights == [true, true] }
      try await bench.take("master")
      // Longer than a token unlocks.
      bench.pass(.milliseconds(1500))
      try await bench.settle(life)
      #expect(bench.relays == Bench.allOn && bench.switching.count == 1)
    }
    #expect(bench.relays == Bench.allOff, "not without the daemon")
    try await bench.live(master: master) { life in
      try await waitUntil("always on again") { bench.relays == Bench.allOn && life.view.phase == .master }
      try bench.lay("master")
      try await waitUntil("shown again it ends") { bench.relays == Bench.allOff && life.view.phase == .ready }
      #expect(life.usages.isEmpty)
    }
    #expect(bench.log.texts(.warning).contains("master token: always on until it is shown again"))
  }

  @Test func inScanModeAStrangerBecomesAPendingUserAndGetsNothing() async throws {
    let bench = Bench()
    try await bench.live { life in
      try await life.books.carryOut(.setScanMode(true))
      life.loop.post(.settingsChanged(life.books.lockSettings))
      try await waitUntil("scan mode is shown") { life.view.isScanMode }
      try bench.lay("stranger")
      try await waitUntil("the token is shown to the administrator") {
        life.scans == [.of("5eedca4d")]
      }
      let user = try #require(life.books.reading.user(.of("5eedca4d")))
      #expect(user.barred && !user.active)
      try await bench.take("stranger")
      // Whoever is known has coffee all the same.
      try bench.lay("anna")
      try await waitUntil("anna is served") { bench.unlocks == 1 }
      #expect(life.usages.map(\.userName) == ["anna"])
    }
    #expect(bench.switching.map(\.level) == [true, false], "for Anna, and not for the stranger")
  }

  @Test func tooManyInvalidTokensLockOutOverARestart() async throws {
    let bench = Bench()
    try await bench.live { life in
      for attempt in 1...11 {
        #expect(life.view.phase != .lockedOut)
        try bench.lay("stranger")
        try await waitUntil("attempt \(attempt) is refused") {
          bench.log.texts().count { $0.hasPrefix("a token was refused") } == attempt
        }
        try await bench.take("stranger")
      }
      try await waitUntil("everybody is locked out") { life.view.phase == .lockedOut }
      try await waitUntil("no light") { bench.lights == [false, false] }
    }
    try await bench.live { life in
      try await waitUntil("the daemon knows it") { life.view.phase == .lockedOut }
      try await bench.layUntilSeen("anna")
      try await bench.settle(life)
      #expect(life.view.phase == .lockedOut && life.usages.isEmpty)
      try await bench.take("anna")
    }
    try await bench.live(lockOut: .milliseconds(1)) { life in
      try await waitUntil("it ends by itself") { life.view.phase == .ready && bench.lights == [true, false] }
    }
    #expect(bench.switching.isEmpty)
  }

  // MARK: Restarts

  @Test func aRestartWhileUnlockedGoesOnWithTheRest() async throws {
    let bench = Bench()
    var began: MonotonicInstant?
    try await bench.live(seconds: 10) { life in
      try bench.lay("anna")
      try await waitUntil("the machine is unlocked") { bench.unlocks == 1 }
      try await waitUntil("some of it is over") { life.view.secondsLeft.map { $0 < 10 } == true }
      began = life.books.lockMemory.activation?.start.instant
    }
    #expect(bench.relays == Bench.allOff, "locked while no daemon runs")
    try await bench.live(seconds: 10) { life in
      try await waitUntil("it goes on") { bench.unlocks == 2 }
      try await waitUntil("the time is over") { bench.switching.count == 4 && life.view.phase == .ready }
      #expect(life.usages.count == 1, "charged once")
    }
    let times = bench.switching
    try #require(times.map(\.level) == [true, false, true, false])
    // The time counts from the card, or from the relays where those came later.
    let length = try #require(began).duration(to: times[3].instant)
    #expect(length > .seconds(10) && length < .seconds(13), "\(length)")
  }

  @Test func afterABootNothingGoesOn() async throws {
    let bench = Bench()
    try await bench.live(seconds: 60) { life in
      try bench.lay("anna")
      try await waitUntil("the machine is unlocked") { bench.relays == Bench.allOn }
    }
    try bench.demo.table.perform(.card(id: "anna", isOnReader: false))
    try await bench.live(boot: "b0070000-0000-4000-8000-000000000002", seconds: 60) { life in
      try await waitUntil("the machine is ready") { life.view.phase == .ready }
      #expect(bench.switching.count == 2)
    }
  }

  // MARK: Clocks

  /// The predecessor's relays stayed on for an hour more when the clock was set back by one.
  @Test(arguments: [TimeInterval(-3600), 34_560_000])
  func aClockThatIsSetWhileUnlockedChangesNothing(seconds: TimeInterval) async throws {
    let bench = Bench()
    try await bench.live(seconds: 3) { life in
      try bench.lay("anna")
      try await waitUntil("the machine is unlocked") { bench.unlocks == 1 }
      bench.wallClock.withLock { $0 = seconds }
      try await waitUntil("its time is over") { bench.switching.count == 2 && life.view.phase == .ready }
      let times = bench.switching.map(\.instant)
      #expect(times[0].duration(to: times[1]) < .seconds(6))
      // The next card is served at once.
      try await bench.take("anna")
      try bench.lay("beat")
      try await waitUntil("the next one is served") { bench.unlocks == 2 }
      // By their numbers: by their times the order is another one where the clock was set back.
      let usages = life.usages.sorted { $0.number > $1.number }
      try #require(usages.map(\.userName) == ["beat", "anna"])
      let years = usages.map { Double($0.time.milliseconds) / 1000 }
      #expect(abs(years[0] - years[1] - seconds) < 60, "it is recorded by the clock on the wall")
    }
  }

  // MARK: Hardware

  @Test func drinksAreCounted() async throws {
    let bench = Bench()
    try await bench.live(seconds: 30) { life in
      try await waitUntil("the machine is ready") { life.view.phase == .ready }
      try await bench.demo.press(.double)
      try bench.lay("anna")
      try await waitUntil("the machine is unlocked") { bench.relays == Bench.allOn }
      try await bench.demo.press(.double)
      try await waitUntil("the drink is in the books") { life.usages.first?.drink == .double }
      #expect(life.usages.count == 1)
    }
  }

  /// A card that is laid on the reader while the machine unlocks for a second; nothing is brewed.
  private static func unlockWithoutADrink(
    _ bench: Bench, changing change: @escaping (inout LockHardware) -> Void
  ) async throws -> [UsageView] {
    var usages: [UsageView] = []
    try await bench.live(changing: change) { life in
      try await life.books.carryOut(.changeSettings(SettingsChange(chargesDrinks: true)))
      try bench.lay("anna")
      try await waitUntil("the machine is unlocked") { bench.unlocks == 1 }
      try await waitUntil("it is over, also for late drinks") {
        life.books.lockMemory.activation?.hasEnded == true
      }
      usages = life.usages
    }
    return usages
  }

  @Test func whatWasNotBrewedIsNotChargedWhereInputsWork() async throws {
    let usages = try await Self.unlockWithoutADrink(Bench()) { _ in }
    #expect(usages.map(\.isCancelled) == [true])
  }

  @Test func allIsChargedWithoutInputs() async throws {
    let usages = try await Self.unlockWithoutADrink(Bench()) { $0.brewInputs = [:] }
    #expect(usages.map(\.isCancelled) == [false])
  }

  @Test func allIsChargedWhereAnInputCannotBeRead() async throws {
    let bench = Bench()
    let pin = try #require(DemoMachine.wiring.brewPins[.steam])
    bench.demo.table.board.setFault(.missing, of: pin)
    let usages = try await Self.unlockWithoutADrink(bench) { _ in }
    #expect(usages.map(\.isCancelled) == [false])
    #expect(bench.log.texts(.error).contains { $0.contains("the steam brew input cannot be used") })
  }

  @Test func aReaderThatIsGoneIsToldAndComesBack() async throws {
    let bench = Bench()
    try await bench.live { life in
      try await waitUntil("the machine is ready") { life.view.phase == .ready }
      try bench.demo.table.perform(.reader(.disconnected))
      try await waitUntil("the fault is shown") { life.view.notice == .readerFault }
      try await waitUntil("it is logged") {
        bench.log.texts(.error).contains { $0.hasPrefix("the card reader does not answer") }
      }
      try bench.demo.table.perform(.reader(.none))
      try await waitUntil("it is back") { life.view.phase == .ready && life.view.notice == nil }
      try bench.lay("anna")
      try await waitUntil("a card is served") { bench.unlocks == 1 }
    }
    #expect(bench.log.texts(.error).count == 1, "\(bench.log.texts(.error))")
  }

  @Test func aReaderThatHangsIsResetByItsOwnPinAlone() async throws {
    let bench = Bench()
    try await bench.live { life in
      try await waitUntil("the machine is ready") { life.view.phase == .ready }
      let board = bench.demo.table.board
      let reset = try #require(DemoMachine.wiring.reader.resetPin)
      let before = board.transitionCount(of: reset)
      try bench.demo.table.perform(.reader(.frozen))
      try bench.lay("anna")
      try await waitUntil("the reset cures it") { bench.unlocks == 1 }
      #expect(board.transitionCount(of: reset) > before)
      // The predecessor's driver drove GPIO 15 besides.
      let driven = (0..<VirtualBoard.lineCount).filter { board.isOutput($0) }
      #expect(Set(driven) == Set(Bench.relayPins + Bench.lightPins + [reset]))
    }
  }

  @Test func relaysThatCannotBeDrivenAreToldAndNobodyIsCharged() async throws {
    let bench = Bench()
    let board = bench.demo.table.board
    for pin in Bench.relayPins { board.setFault(.missing, of: pin) }
    try await bench.live { life in
      try await waitUntil("the fault is shown") {
        life.view.phase == .outOfOrder && life.view.notice == .relayFault
      }
      #expect(bench.log.texts(.error).contains { $0.hasPrefix("the relays cannot be driven") })
      try await bench.layUntilSeen("anna")
      try await bench.settle(life)
      #expect(life.usages.isEmpty)
      try await bench.take("anna")
      for pin in Bench.relayPins { board.setFault(nil, of: pin) }
      try await waitUntil("they are driven again") { life.view.phase == .ready && life.view.notice == nil }
      try bench.lay("anna")
      try await waitUntil("a card is served") { bench.unlocks == 1 }
      #expect(life.usages.count == 1)
    }
  }
}
