import DaemonTesting
import JSONState
import JSONStateTesting
import Testing

/// What the file `lock` says of an orderly end is held against what is there, always.
@Suite(.ownThreads) struct OrderlyEndTests {
  /// Books whose journal is still the first, and which ended in an orderly way after entry 13.
  static func firstMonth() throws -> SimulatedDisk {
    let disk = try DamagedBooks(.killedInFirstMonth).disk
    try disk.store().close()
    #expect(disk.text("lock")?.hasPrefix("closed \(DamagedBooks.last) ") == true)
    return disk
  }

  /// Verify names it, and opening refuses and changes nothing.
  static func expectRefusal(_ disk: SimulatedDisk) throws {
    let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
    #expect(found.damages.contains { $0.problem.contains("the last orderly end") }, "\(found)")
    let paths = disk.paths
    let lock = disk["\(directory)/lock"]
    #expect {
      _ = try disk.store(clock: RepairedBooksTests.clock)
    } throws: { error in
      guard case .damaged? = error as? JSONStateError else { return false }
      return "\(error)".contains("the last orderly end")
    }
    #expect(disk.paths == paths && disk["\(directory)/lock"] == lock)
  }

  @Test func booksThatAreGoneAreNotTakenForNewOnes() throws {
    let disk = try Self.firstMonth()
    disk["\(directory)/journal.jsonl"] = nil
    disk["\(directory)/state.json"] = nil
    try Self.expectRefusal(disk)
    let (report, store) = try RepairKindsTests.repair(disk)
    let all = EntryNumbers([1...DamagedBooks.last])
    #expect(report.lost == all && report.lostFromState == all && report.doubt == nil)
    #expect(store.lastNumber == DamagedBooks.last && store.losses.numbers == all)
    #expect(store.state.balances.isEmpty)
  }

  @Test func anOlderSnapshotDoesNotHideThatTheLastEntryIsGone() throws {
    let books = try DamagedBooks(.orderly)
    let disk = books.disk
    disk["\(directory)/state.json"] = books.olderSnapshot
    let journal = try #require(disk["\(directory)/journal.jsonl"])
    disk["\(directory)/journal.jsonl"] = journal.split(separator: 10).dropLast().flatMap { $0 + [10] }
    try Self.expectRefusal(disk)
    let (report, store) = try RepairKindsTests.repair(disk)
    #expect(report.lost == [13] && report.lostFromState == [13] && report.doubt == nil)
    #expect(store.state.balances["a"] == RepairKindsTests.balance(without: 13...13))
    #expect(store.losses.numbers == [13])
  }

  @Test func otherBooksOfTheSameLengthAreNamed() throws {
    let disk = try Self.firstMonth()
    let other = SimulatedDisk()
    let foreign = try other.store()
    for _ in 1...DamagedBooks.last { try foreign.appendAndWait(.topUp(account: "x", amount: 1)) }
    disk["\(directory)/journal.jsonl"] = other["\(directory)/journal.jsonl"]
    disk["\(directory)/state.json"] = nil
    try Self.expectRefusal(disk)
    let (report, store) = try RepairKindsTests.repair(disk)
    #expect(report.doubt?.contains("another history") == true, "\(report)")
    #expect(store.losses.perhapsAfter == DamagedBooks.last)
  }

  /// The lock was taken after it, so that it says nothing any more.
  @Test func afterACrashTheFormerEndRefusesNothing() throws {
    let disk = try Self.firstMonth()
    let store = try disk.store()
    try store.appendAndWait(.topUp(account: "a", amount: 1))
    disk.cutPower()
    #expect(disk.text("lock")?.hasPrefix("closed") == false)
    let journal = try #require(disk["\(directory)/journal.jsonl"])
    disk["\(directory)/journal.jsonl"] = journal.split(separator: 10).dropLast().flatMap { $0 + [10] }
    let again = try disk.store()
    #expect(again.lastNumber == DamagedBooks.last)
  }

  /// A snapshot put there by mistake can be ahead, but not of the last entry that there ever was.
  @Test func aForeignSnapshotThatIsAheadOfTheOrderlyEndIsNotBelieved() throws {
    for end in [DamagedBooks.End.orderly, .killedInFirstMonth] {
      let disk = end == .orderly ? try DamagedBooks(.orderly).disk : try Self.firstMonth()
      let other = SimulatedDisk()
      let foreign = try other.store()
      for _ in 1...20 { try foreign.appendAndWait(.topUp(account: "x", amount: 1)) }
      foreign.close()
      disk["\(directory)/state.json"] = other["\(directory)/state.json"]
      let (report, store) = try RepairKindsTests.repair(disk)
      #expect(report.lost.isEmpty && report.lostFromState.isEmpty && report.doubt == nil, "\(report)")
      #expect(store.lastNumber == DamagedBooks.last && store.losses.isEmpty)
      #expect(store.state.balances == ["a": RepairKindsTests.balance()])
    }
  }
}
