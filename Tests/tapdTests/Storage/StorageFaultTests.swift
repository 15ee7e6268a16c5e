import DaemonTesting
import DaemonKit
import Foundation
import JSONState
import JSONStateTesting
import RC522
import Testing

@testable import tapd

/// Machine, ledger and files together, over a disk that fails at every call in turn: no new pour, a clear
/// message, the running pour finished; and sound books once the disk is well again.
@Suite(.ownThreads) struct StorageFaultTests {
  /// A guest pours; then another one would like to.
  private func evening(_ bar: inout StoredBar) async {
    await bar.serve(Bar.guest, seconds: 3, thenWait: 6)
    await bar.serve(Bar.other, seconds: 1, thenWait: 6)
  }

  /// Which calls the disk serves in an evening without faults.
  private func recordedCalls() async throws -> ClosedRange<Int> {
    var bar = try await StoredBar(disk: SimulatedDisk())
    let first = bar.disk.calls.count + 1
    await evening(&bar)
    try #require(bar.openings == 2 && bar.failures.isEmpty)
    return first...bar.disk.calls.count
  }

  enum Fault: CaseIterable {
    /// One call fails.
    case noSpaceOnce, badDiskOnce
    /// All calls from one on fail.
    case noSpace, badDisk
    /// The write at one call is cut short, and then the disk is full.
    case shortWrite

    func strike(_ disk: SimulatedDisk) {
      let next = disk.calls.count + 1
      switch self {
      case .noSpaceOnce: disk.fail(call: next, with: ENOSPC)
      case .badDiskOnce: disk.fail(call: next, with: EIO)
      case .noSpace: disk.fail(fromCall: next, with: ENOSPC)
      case .badDisk: disk.fail(fromCall: next, with: EIO)
      case .shortWrite: disk.fill(leaving: 40)
      }
    }

    var passesByItself: Bool { self == .noSpaceOnce || self == .badDiskOnce }

    var reason: String {
      self == .badDisk || self == .badDiskOnce ? "Input/output error" : "No space left on device"
    }
  }

  static let faults: [Fault] =
    EveningTests.isThorough ? Fault.allCases : [.noSpace, .badDiskOnce, .shortWrite]

  @Test(arguments: faults)
  func aFailingDiskStopsNewPoursAndSpoilsNoBooks(_ fault: Fault) async throws {
    var told = 0
    for call in try await recordedCalls() {
      let disk = SimulatedDisk()
      var bar = try await StoredBar(disk: disk)
      disk.observe { [weak disk] _ in
        // Called before the call is counted.
        if let disk, disk.calls.count + 1 == call { fault.strike(disk) }
      }
      await evening(&bar)
      let place: Comment = "\(fault) at call \(call), \(disk.calls[min(call, disk.calls.count) - 1])"

      #expect(!bar.plant.valveIsOpen, place)
      if !bar.failures.isEmpty {
        told += 1
        let message = bar.logs.first { $0.contains("the ledger cannot record") } ?? ""
        #expect(
          message.contains(fault.reason) && message.contains(StoredBar.directory), "\(place): \(message)")
      }
      if !fault.passesByItself, !bar.failures.isEmpty {
        #expect(bar.screens.contains { $0.notice == .storageFault }, place)
        #expect(bar.openings <= bar.granted.count, place)
        // Whoever comes now is sent away, and is told why.
        let openings = bar.openings
        await bar.serve(Bar.other, seconds: 1, thenWait: 2)
        #expect(bar.openings == openings, place)
        #expect(bar.screens.contains { $0.phase == .refused && $0.notice == .storageFault }, place)
      }

      // Somebody makes room. The tap mends itself, and what was open is settled.
      disk.observe(nil)
      disk.heal()
      await bar.wait(.seconds(8))
      #expect(bar.ledger.store.state.openPours.isEmpty, place)
      let openings = bar.openings
      await bar.serve(Bar.guest, seconds: 1, thenWait: 6)
      #expect(bar.openings == openings + 1, place)
      #expect(bar.machine.hasFinished, place)
      try check(&bar, finished: true, place)

      try await bar.powerUp(keeping: .onlySynchronized)
      try check(&bar, finished: true, place)
    }
    #expect(told > 5)
  }

  static let survivors: [Double] = EveningTests.isThorough ? [0, 0.3, 0.7, 1, 2] : [0, 0.5]

  @Test(arguments: survivors)
  func aPowerCutAtEveryCallSpoilsNoBooks(share: Double) async throws {
    for call in try await recordedCalls() {
      let disk = SimulatedDisk()
      var bar = try await StoredBar(disk: disk)
      disk.endPower(atCall: call)
      bar.powerEndsAtCall = call
      await evening(&bar)
      let place: Comment = "power cut at call \(call), \(disk.calls[call - 1])"
      try await bar.powerUp(keeping: share > 1 ? .everything : .share(share))
      #expect(bar.ledger.store.state.openPours.isEmpty, place)
      try check(&bar, finished: false, place)
      await bar.serve(Bar.other, seconds: 1, thenWait: 6)
      #expect(bar.machine.hasFinished, place)
      try check(&bar, finished: false, place)
    }
  }

  /// The journal from its first line on, against what the tap was told.
  private func check(_ bar: inout StoredBar, finished: Bool, _ place: Comment) throws {
    var authorised: Set<PourID> = []
    var ended: Set<PourID> = []
    var settled: [PourID: LedgerEntry.PourSettled] = [:]
    var balances = StoredBar.credit
    var cards: [PourID: UID] = [:]
    try bar.ledger.store.forEachRecord { record in
      switch record.entry {
      case .pourAuthorised(let pour):
        #expect(authorised.insert(pour.pour).inserted, place)
        cards[pour.pour] = pour.card
      case .pourSettled(let pour):
        #expect(authorised.contains(pour.pour) && ended.insert(pour.pour).inserted, place)
        settled[pour.pour] = pour
        #expect(
          pour.charge == Pricing.charge(microlitres: pour.microlitres, pricePerLitre: StoredBar.price), place)
        if let card = cards[pour.pour] { balances[card] = (balances[card] ?? .zero) - pour.charge }
      case .pourReleased(let pour):
        #expect(authorised.contains(pour.pour) && ended.insert(pour.pour).inserted, place)
      default: break
      }
    }
    #expect(ended == authorised, place)
    // What the tap was told is there.
    #expect(bar.granted.isSubset(of: authorised), place)
    for (pour, receipt) in bar.receipts {
      #expect(settled[pour]?.charge == receipt.charge, place)
      #expect(settled[pour]?.microlitres == receipt.microlitres, place)
    }
    for (pour, microlitres) in bar.marked {
      #expect(settled[pour]?.microlitres ?? 0 >= microlitres, place)
    }
    // Nobody is charged for more than flowed; without a power cut, all that flowed is on record.
    let charged = settled.values.reduce(0) { $0 + $1.microlitres }
    let flowed = bar.settings.calibration.microlitres(fromPulses: bar.plant.pulses)
    #expect(charged <= flowed + Int64(settled.count), place)
    let state = bar.ledger.store.state
    let unattributed = state.taps[bar.settings.tap]?.totals.unattributedMicrolitres ?? 0
    if finished { #expect(abs(charged + unattributed - flowed) <= 4, place) }
    for (uid, balance) in balances { #expect(state.cards[uid]?.balance == balance, place) }
    #expect(try bar.ledger.store.verify().isSound, place)
  }
}
