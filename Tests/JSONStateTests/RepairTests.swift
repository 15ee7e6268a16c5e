import DaemonTesting
import Foundation
import JSONState
import JSONStateTesting
import Testing

@Suite(.ownThreads) struct RepairTests {
  /// Three months, the third of them partly behind the snapshot; entry n tops up by 2 to the power of n, so
  /// that a balance tells which entries are in it.
  static func written(snapshotAfter: Int? = 10) throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    let clock = WallClock()
    let store = try disk.store(clock: clock)
    for number in 1...12 {
      clock.set("2026-\(10 + (number - 1) / 4)-10T00:00:00Z")
      try store.appendAndWait(.topUp(account: "a", amount: 1 << number))
      if number == snapshotAfter { try store.snapshot() }
    }
    // No orderly end, which would write a snapshot.
    disk.cutPower()
    return disk
  }

  static func balance(without lost: EntryNumbers = []) -> Int {
    (1...12).filter { !lost.contains($0) }.reduce(0) { $0 + 1 << $1 }
  }

  static func repair(_ disk: SimulatedDisk) throws -> RepairReport {
    let report = try StateStore<Accounts>.repair(
      directory: directory, fileSystem: disk, now: WallClock("2026-12-20T00:00:00Z").now)
    let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
    #expect(found.isSound, "\(found)")
    return report
  }

  @Test func aSoundDirectoryIsLeftAlone() throws {
    let disk = try Self.written()
    let calls = disk.calls.filter { $0.hasPrefix("rename") }
    let report = try Self.repair(disk)
    #expect(report.damages.isEmpty && report.replaced.isEmpty && report.lost.isEmpty)
    #expect(disk.calls.filter { $0.hasPrefix("rename") } == calls)
  }

  @Test func aLostEntryIsNamedAndTheOthersStay() throws {
    let disk = try Self.written()
    let text = try #require(disk.text("journal.jsonl"))
    let place = try #require(text.utf8.firstRange(of: Array(#""n":11,"#.utf8)))
    let index = text.utf8.distance(from: text.utf8.startIndex, to: place.lowerBound)
    disk["\(directory)/journal.jsonl"]?[index + 60] ^= 2
    let damaged = disk["\(directory)/journal.jsonl"]
    let report = try Self.repair(disk)
    #expect(report.lost == [11] && report.lostFromState == [11])
    #expect(report.replaced.map(\.file) == ["journal.jsonl", "state.json"])
    #expect(disk["\(directory)/journal.jsonl.damaged-1"] == damaged)
    let store = try disk.store(clock: WallClock("2026-12-20T00:00:00Z"))
    #expect(store.lastNumber == 12)
    #expect(store.state.balances["a"] == Self.balance(without: [11]))
    var numbers: [Int] = []
    try store.forEachRecord { numbers.append($0.number) }
    #expect(numbers == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12])
    #expect(try store.verify().lost == [11])
  }

  @Test func theSnapshotKeepsWhatTheArchiveLost() throws {
    let disk = try Self.written()
    disk["\(directory)/archive/2026-10.jsonl"]?[300] ^= 1
    let report = try Self.repair(disk)
    #expect(report.lost.count == 1 && report.lostFromState.isEmpty)
    let store = try disk.store(clock: WallClock("2026-12-20T00:00:00Z"))
    #expect(store.state.balances["a"] == Self.balance())
  }

  @Test(arguments: ["state.json", "journal.jsonl"]) func aMissingFileIsMadeAgain(name: String) throws {
    let disk = try Self.written()
    disk["\(directory)/\(name)"] = nil
    let report = try Self.repair(disk)
    let store = try disk.store(clock: WallClock("2026-12-20T00:00:00Z"))
    if name == "state.json" {
      #expect(report.lost == [] && store.state.balances["a"] == Self.balance())
    } else {
      // The snapshot contains 10 entries; the journal, and with it all after them, is gone.
      #expect(report.lost == [9, 10] && report.lostFromState == [])
      #expect(store.state.balances["a"] == Self.balance(without: [11, 12]))
    }
    try store.appendAndWait(.topUp(account: "b", amount: 1))
    store.close()
    #expect(try StateStore<Accounts>.verify(directory: directory, fileSystem: disk).isSound)
  }

  @Test(
    arguments: ["state.json", "journal.jsonl", "archive/2026-10.jsonl", "archive/2026-11.jsonl"], [10, nil])
  func afterAnyFlippedByteTheBalanceLacksExactlyWhatIsReported(name: String, snapshotAfter: Int?) throws {
    let written = try Self.written(snapshotAfter: snapshotAfter)
    let path = "\(directory)/\(name)"
    let step = ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] == nil ? 5 : 1
    for index in stride(from: 0, to: try #require(written[path]).count, by: step) {
      let disk = written.copy()
      disk[path]?[index] ^= 1
      let report = try Self.repair(disk)
      #expect(!report.damages.isEmpty, "\(name), byte \(index)")
      let store = try disk.store(clock: WallClock("2026-12-20T00:00:00Z"))
      #expect(
        store.state.balances["a"] == Self.balance(without: report.lostFromState), "\(name), byte \(index)")
      #expect(report.lost.count <= 2)
      try store.appendAndWait(.topUp(account: "b", amount: 1))
      #expect(store.lastNumber >= 13)
      store.close()
    }
  }

  @Test func anInterruptedRepairCanBeDoneAgain() throws {
    let damaged = try Self.written()
    damaged["\(directory)/journal.jsonl"]?[200] ^= 1
    damaged["\(directory)/archive/2026-11.jsonl"]?[200] ^= 1
    let whole = damaged.copy()
    _ = try Self.repair(whole)
    for call in 1...whole.calls.count {
      let disk = damaged.copy()
      disk.endPower(atCall: call)
      _ = try? StateStore<Accounts>.repair(directory: directory, fileSystem: disk)
      disk.cutPower()
      _ = try Self.repair(disk)
      let store = try disk.store(clock: WallClock("2026-12-20T00:00:00Z"))
      #expect(
        store.state == (try whole.copy().store(clock: WallClock("2026-12-20T00:00:00Z"))).state, "\(call)")
    }
  }
}
