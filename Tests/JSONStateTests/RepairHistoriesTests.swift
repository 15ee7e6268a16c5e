import DaemonTesting
import JSONState
import JSONStateTesting
import Testing

/// Files of other books whose numbers nothing else has: repair takes no stranger's entries over.
@Suite(.ownThreads) struct RepairHistoriesTests {
  /// The journal of books with the same months, which goes on after entry 8 and holds 9 to 18.
  static func foreignJournal(monthly: Int = 4, months: Int = 3) throws -> [UInt8] {
    let disk = SimulatedDisk()
    let clock = WallClock("2026-10-01T00:00:00Z")
    let store = try disk.store(clock: clock)
    for month in 0..<months {
      clock.set("2026-\(10 + month)-10T00:00:00Z")
      for _ in 1...(month + 1 == months ? 10 : monthly) {
        try store.appendAndWait(.topUp(account: "x", amount: 1))
      }
    }
    store.close()
    return try #require(disk["\(directory)/journal.jsonl"])
  }

  static func dropLastLine(_ disk: SimulatedDisk, _ name: String) {
    let content = disk["\(directory)/\(name)"]
    disk["\(directory)/\(name)"] = content?.split(separator: 10).dropLast().flatMap { $0 + [10] }
  }

  /// Repairs, and expects that the journal was set aside.
  static func repair(_ disk: SimulatedDisk) throws -> (report: RepairReport, store: StateStore<Accounts>) {
    let journal = disk["\(directory)/journal.jsonl"]
    let (report, store) = try RepairKindsTests.repair(disk)
    #expect(store.state.balances["x"] == nil, "\(report)")
    let kept = report.replaced.first { $0.file == "journal.jsonl" }?.keptAs
    #expect(kept.flatMap { disk["\(directory)/\($0)"] } == journal, "\(report)")
    #expect(report.doubt == nil || report.doubt == "journal.jsonl is of another history", "\(report)")
    return (report, store)
  }

  @Test func aJournalThatContinuesAnotherEntryIsSetAside() throws {
    for hasSnapshot in [true, false] {
      let disk = try DamagedBooks(.killed).disk
      disk["\(directory)/journal.jsonl"] = try Self.foreignJournal()
      if !hasSnapshot { disk["\(directory)/state.json"] = nil }
      let (report, store) = try Self.repair(disk)
      #expect(report.lost == (hasSnapshot ? [9] : []) && report.lostFromState.isEmpty)
      #expect(report.doubt != nil && store.lastNumber == (hasSnapshot ? 9 : 8))
      #expect(
        store.state.balances["a"] == RepairKindsTests.balance(without: hasSnapshot ? 10...13 : 9...13))
    }
  }

  /// The entry before it is gone, so that the beginning tells nothing.
  @Test func aJournalThatHasAnotherEntryThanTheSnapshotIsSetAside() throws {
    let disk = try DamagedBooks(.killed).disk
    disk["\(directory)/journal.jsonl"] = try Self.foreignJournal()
    Self.dropLastLine(disk, "archive/2026-11.jsonl")
    let (report, store) = try Self.repair(disk)
    #expect(report.lost == [8, 9] && report.lostFromState.isEmpty && report.doubt != nil)
    #expect(store.state.balances["a"] == RepairKindsTests.balance(without: 10...13))
  }

  @Test func aJournalThatHasAnotherEntryThanTheOrderlyEndIsSetAside() throws {
    let disk = try DamagedBooks(.orderly).disk
    disk["\(directory)/journal.jsonl"] = try Self.foreignJournal()
    disk["\(directory)/state.json"] = nil
    Self.dropLastLine(disk, "archive/2026-11.jsonl")
    let (report, store) = try Self.repair(disk)
    #expect(report.lost == EntryNumbers([8...13]) && report.lostFromState == EntryNumbers([8...13]))
    #expect(store.state.balances["a"] == RepairKindsTests.balance(without: 8...13))
  }

  /// Journal and snapshot came together from other books.
  @Test func aForeignJournalWithItsSnapshotIsSetAsideByTheOrderlyEnd() throws {
    let disk = try DamagedBooks(.orderly).disk
    let other = SimulatedDisk()
    let clock = WallClock("2026-10-01T00:00:00Z")
    let foreign = try other.store(clock: clock)
    for month in 10...12 {
      clock.set("2026-\(month)-10T00:00:00Z")
      for _ in 1...(month == 12 ? 10 : 4) { try foreign.appendAndWait(.topUp(account: "x", amount: 1)) }
    }
    foreign.close()
    for name in ["journal.jsonl", "state.json"] {
      disk["\(directory)/\(name)"] = other["\(directory)/\(name)"]
    }
    let (report, store) = try Self.repair(disk)
    #expect(report.lost == EntryNumbers([9...13]) && report.lostFromState == EntryNumbers([9...13]))
    #expect(store.state.balances == ["a": RepairKindsTests.balance(without: 9...13)])
  }

  /// The file behind it begins after a line that says that the entry was lost, which is no other history.
  @Test func aMonthThatIsRestoredAfterARepairCounts() throws {
    for isOrderly in [true, false] {
      let disk = try DamagedBooks(.orderly).disk
      let october = disk["\(directory)/archive/2026-10.jsonl"]
      disk["\(directory)/archive/2026-10.jsonl"] = nil
      disk["\(directory)/state.json"] = nil
      let (first, damaged) = try RepairKindsTests.repair(disk)
      #expect(first.lostFromState == [1, 2, 3, 4])
      damaged.close()
      disk["\(directory)/archive/2026-10.jsonl"] = october
      if !isOrderly { disk["\(directory)/lock"] = [] }
      let (report, store) = try RepairKindsTests.repair(disk)
      #expect(report.lost.isEmpty && report.lostFromState.isEmpty, "\(report)")
      #expect((report.doubt == nil) == isOrderly, "\(report)")
      #expect(store.state.balances == ["a": RepairKindsTests.balance()])
    }
  }

  /// One file against one, and nothing else: which of them is the stranger cannot be told.
  @Test func twoFilesThatDoNotContinueOneAnotherAreNamed() throws {
    let disk = try DamagedBooks(.killed).disk
    disk["\(directory)/journal.jsonl"] = try Self.foreignJournal(months: 2)
    disk["\(directory)/state.json"] = nil
    disk["\(directory)/archive/2026-11.jsonl"] = nil
    let (report, store) = try RepairKindsTests.repair(disk)
    #expect(report.doubt?.contains("does not continue archive/2026-10.jsonl") == true, "\(report)")
    #expect(store.losses.perhapsAfter == report.lastNumber)
  }
}
