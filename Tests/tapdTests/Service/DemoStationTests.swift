import DaemonKit
import Foundation
import JSONState
import Logging
import PanelKit
import PiHAL
import Synchronization
import Testing
import VirtualPi

@testable import tapd

/// The whole tap on the virtual board, in real time: reader, valve, sensor, ledger, disk.
@Suite(.serialized) struct DemoStationTests {
  /// A tap that runs, with cards and a keg.
  struct Tap {
    let demo: DemoStation
    let ledger: StoredLedger
    let screen: Broadcaster<TapScreen>
    let loop: TapLoop

    /// Waits for a screen; fails after ten seconds.
    func waitFor(
      _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: (TapScreen) -> Bool
    ) async throws {
      for _ in 0..<1000 {
        if condition(screen.current) { return }
        try await Task.sleep(for: .milliseconds(10))
      }
      Issue.record(what, sourceLocation: sourceLocation)
    }

    func place(_ id: String, _ isOnReader: Bool = true) async throws {
      try await demo.perform(.card(id: id, isOnReader: isOnReader))
    }
  }

  static func withTap(
    changing change: (inout TapHardware) -> Void = { _ in }, _ body: (Tap) async throws -> Void
  ) async throws {
    let directory = NSTemporaryDirectory() + "tapd-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var configuration = TapdConfiguration()
    configuration.stateDirectory = directory
    let demo = DemoStation(configuration, life: 1)
    let store = try await StateStore<LedgerState>.open(directory: directory)
    let ledger = StoredLedger(store: store)
    try await demo.stock(ledger, tap: configuration.tap.tap)
    let screen = Broadcaster(TapScreen(starting: configuration.tap))
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    var hardware = demo.hardware
    change(&hardware)
    let loop = TapLoop(
      settings: configuration.tap, status: store.state.status(of: configuration.tap.tap), recovered: nil,
      hardware: hardware, ledger: ledger, screen: screen, clock: SystemClock(), logger: logger)
    demo.station.start()
    loop.start()
    do {
      try await body(Tap(demo: demo, ledger: ledger, screen: screen, loop: loop))
    } catch {
      await onOwnThread { loop.stop() }
      throw error
    }
    await onOwnThread { loop.stop() }
    demo.station.stop()
    #expect(!demo.station.board.level(of: configuration.wiring.valvePin), "the valve stays closed at the end")
    store.close()
  }

  /// Whoever waits for a time to pass on it waits for ever.
  private struct StandingClock: MonotonicClock {
    let now = MonotonicInstant(nanoseconds: 1_000_000_000)
    func sleep(for duration: Duration) { SystemClock().sleep(for: .milliseconds(1)) }
  }

  @Test(.timeLimit(.minutes(1))) func theEndWaitsForNoHardwareThatWasNeverReached() async throws {
    try await Self.withTap { tap in
      let missing = PiHALError(.missing, place: "the chip", problem: "is missing")
      let settings = TapSettings()
      let loop = TapLoop(
        settings: settings, status: TapStatus(), recovered: nil,
        hardware: TapHardware(
          openReader: { throw missing }, openValve: { throw missing }, openFlowMeter: { throw missing }),
        ledger: tap.ledger, screen: Broadcaster(TapScreen(starting: settings)), clock: StandingClock(),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      loop.start()
      await onOwnThread { loop.stop() }
      #expect(loop.devices.all["valve"]?.contains("the chip is missing") == true, "\(loop.devices.all)")
    }
  }

  @Test func whatRanThroughIsWhatIsCharged() async throws {
    try await Self.withTap { tap in
      try await tap.place("alice")
      try await tap.waitFor("the valve opens") { $0.phase == .pouring }
      tap.demo.station.setLever(1)
      try await tap.waitFor("something is poured") { ($0.pour?.microlitres ?? 0) > 50_000 }
      try await tap.place("alice", false)
      try await tap.waitFor("the pour is charged") { $0.phase == .done }
      let poured = tap.demo.station.tap.pouredMicrolitres
      let pour = try #require(tap.ledger.store.state.recentPours.last)
      let pulse = Int64(1_000_000 / 450 + 1)
      #expect(abs(pour.microlitres - poured) <= pulse, "\(pour.microlitres) counted of \(poured)")
      #expect(pour.charge == Pricing.charge(microlitres: pour.microlitres, pricePerLitre: Money(600)))
      #expect(pour.balance == Money(2000) - pour.charge)
      #expect(pour.reason == .cardRemoved)
    }
  }

  /// Each look at what the daemon has counted went one call deeper than the one before, until the stack was full.
  @Test func publishingAnyNumberOfTimesCostsTheSame() async throws {
    let demo = DemoStation(TapdConfiguration(), life: 1)
    let depths = Mutex<[Int]>([])
    let running = Task {
      await demo.run {
        depths.withLock { $0.append(Thread.callStackReturnAddresses.count) }
        return 0
      }
    }
    while depths.withLock({ $0.isEmpty }) { await Task.yield() }
    for _ in 0..<1000 { try await demo.perform(.leak(false)) }
    running.cancel()
    await running.value
    let seen = depths.withLock { $0 }
    #expect(seen.count > 1000)
    #expect((seen.max() ?? 0) < (seen.min() ?? 0) + 30, "\(seen.min() ?? 0) to \(seen.max() ?? 0) calls deep")
  }

  @Test func aCardWithLittleOnItEndsAtItsLimit() async throws {
    try await Self.withTap { tap in
      tap.demo.station.setLever(1)
      try await tap.place("bob")
      try await tap.waitFor("the pour is charged") { $0.phase == .done }
      let pour = try #require(tap.ledger.store.state.recentPours.last)
      #expect(pour.reason == .limitReached)
      #expect(pour.charge <= Money(150))
      #expect(pour.charge >= Money(120), "closed much too early: \(pour.charge)")
      #expect(tap.demo.station.tap.pouredMicrolitres <= 250_000 + 3000)
    }
  }

  @Test func aStrangerAndABlockedCardAreRefused() async throws {
    try await Self.withTap { tap in
      try await tap.place("stranger")
      try await tap.waitFor("the stranger is refused") { $0.notice == .unknownCard }
      try await tap.place("stranger", false)
      try await tap.place("carol")
      try await tap.waitFor("the blocked card is refused") { $0.notice == .blockedCard }
      #expect(tap.demo.station.board.transitions(of: 18).allSatisfy { !$0.level })
    }
  }

  @Test func aReaderThatDiesInAPourEndsIt() async throws {
    try await Self.withTap { tap in
      try await tap.place("alice")
      try await tap.waitFor("the valve opens") { $0.phase == .pouring }
      try await tap.demo.perform(.reader(.disconnected))
      try await tap.waitFor("the pour ends") { $0.phase != .pouring }
      try await tap.demo.perform(.reader(.none))
      try await tap.waitFor("the reader comes back") { $0.notice != .readerFault && $0.phase == .waiting }
      #expect(tap.ledger.store.state.openPours.isEmpty)
    }
  }

  /// A valve that keeps the tap's thread waiting for longer than the meter may be silent.
  final class SlowValve: LeasedOutput {
    private let valve: any LeasedOutput

    init(_ valve: any LeasedOutput) { self.valve = valve }

    func set(active: [Bool], atMost longest: Duration?) throws(PiHALError) {
      if active == [true] { Thread.sleep(forTimeInterval: 1.2) }
      try valve.set(active: active)
    }

    func renewLease() throws(PiHALError) { try valve.renewLease() }
  }

  /// A valve that tells how long each order lets it stay open.
  final class TellingValve: LeasedOutput {
    private let valve: any LeasedOutput
    private let tell: (Duration?) -> Void

    init(_ valve: any LeasedOutput, _ tell: @escaping (Duration?) -> Void) {
      self.valve = valve
      self.tell = tell
    }

    func set(active: [Bool], atMost longest: Duration?) throws(PiHALError) {
      if active == [true] { tell(longest) }
      try valve.set(active: active, atMost: longest)
    }

    func renewLease() throws(PiHALError) { try valve.renewLease() }
  }

  @Test func theGuardIsToldHowLongAPourMayTake() async throws {
    let (orders, told) = AsyncStream.makeStream(of: Duration?.self)
    try await Self.withTap(changing: { hardware in
      hardware.openValve = { [open = hardware.openValve] in TellingValve(try open()) { told.yield($0) } }
    }) { tap in
      try await tap.place("alice")
      try await tap.waitFor("the valve opens") { $0.phase == .pouring }
      try await tap.place("alice", false)
      try await tap.waitFor("the pour ends") { $0.phase != .pouring }
      try await tap.place("service")
      try await tap.waitFor("the cleaner's pour begins") { $0.phase == .maintenance }
    }
    told.finish()
    let longest = await Array(orders)
    let settings = TapdConfiguration().tap
    #expect(
      longest == [settings.maximumPour, settings.maximumMaintenance].map { $0 + TapSettings.timeToClose })
  }

  @Test func aSlowValveIsNotTakenForADeadMeter() async throws {
    try await Self.withTap(changing: { hardware in
      hardware.openValve = { [open = hardware.openValve] in SlowValve(try open()) }
    }) { tap in
      tap.demo.station.setLever(1)
      try await tap.place("alice")
      try await tap.waitFor("something is poured") { ($0.pour?.microlitres ?? 0) > 50_000 }
      try await tap.place("alice", false)
      try await tap.waitFor("the pour is charged") { $0.phase == .done }
      #expect(tap.ledger.store.state.recentPours.last?.reason == .cardRemoved)
    }
  }
}
