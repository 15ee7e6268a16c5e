import DaemonTesting
import JSONState
import JSONStateTesting
import Testing

/// The kinds of damage one by one, and what repair says of them.
@Suite(.ownThreads) struct RepairKindsTests {
  static func repair(_ disk: SimulatedDisk) throws -> (report: RepairReport, store: StateStore<Accounts>) {
    let report = try RepairTests.repair(disk)
    return (report, try disk.store(clock: RepairedBooksTests.clock))
  }

  static func balance(without lost: ClosedRange<Int>? = nil) -> Int {
    (1...DamagedBooks.last).filter { lost?.contains($0) != true }.reduce(0) { $0 + 1 << $1 }
  }

  @Test func aMissingMonthBesideADamagedSnapshotIsNamedAndRemembered() throws {
    let disk = try DamagedBooks(.orderly).disk
    disk["\(directory)/archive/2026-10.jsonl"] = nil
    disk["\(directory)/state.json"] = Array("{}".utf8)
    let (report, store) = try Self.repair(disk)
    #expect(report.lost == [1, 2, 3, 4] && report.lostFromState == [1, 2, 3, 4] && report.doubt == nil)
    #expect(store.losses.numbers == [1, 2, 3, 4])
    #expect(store.openingReport.notices.contains { $0.contains("entries 1 to 4 were lost") })
    store.close()
    // The next damage does not make it forgotten: the snapshot does not know them either.
    let november = try #require(disk["\(directory)/archive/2026-11.jsonl"])
    disk["\(directory)/archive/2026-11.jsonl"]?[november.count - 20] ^= 1
    let (second, again) = try Self.repair(disk)
    #expect(second.lost.count == 1 && second.lostBefore == [1, 2, 3, 4])
    #expect(second.lostFromState == [1, 2, 3, 4])
    #expect(again.state.balances["a"] == Self.balance(without: 1...4))
  }

  @Test func aJournalCopiedIntoTheArchiveCountsOnce() throws {
    for end in [DamagedBooks.End.orderly, .killed] {
      let disk = try DamagedBooks(end).disk
      disk["\(directory)/archive/2026-10.jsonl"] = disk["\(directory)/journal.jsonl"]
      let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
      #expect(!found.isSound)
      let (report, store) = try Self.repair(disk)
      #expect(store.state.balances == ["a": Self.balance()], "\(end): \(report)")
      #expect(report.replaced.contains { $0.file == "archive/2026-10.jsonl" && $0.keptAs != nil })
    }
  }

  @Test func bothNamesOfAJournalAreRepaired() throws {
    let disk = try DamagedBooks(.betweenMonths).disk
    let bytes = try #require(disk["\(directory)/archive/2026-12.jsonl"])
    #expect(bytes == disk["\(directory)/journal.jsonl"])
    #expect(try StateStore<Accounts>.verify(directory: directory, fileSystem: disk).isSound)
    for name in ["journal.jsonl", "archive/2026-12.jsonl"] {
      var damaged = bytes
      damaged[300] ^= 1
      disk["\(directory)/\(name)"] = damaged
    }
    #expect(!(try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)).isSound)
    let (report, store) = try Self.repair(disk)
    #expect(report.lost.count == 1 && report.lostFromState.isEmpty)
    #expect(store.state.balances["a"] == Self.balance())
  }

  @Test(arguments: [nil, [], [UInt8](repeating: 0, count: 400)])
  func theSnapshotOfAnOrderlyEndHasAllThatTheJournalHad(journal: [UInt8]?) throws {
    let books = try DamagedBooks(.killedInFirstMonth)
    try books.disk.store().close()
    books.disk["\(directory)/journal.jsonl"] = journal
    let (report, store) = try Self.repair(books.disk)
    #expect(report.lost.count == DamagedBooks.last && report.lostFromState.isEmpty)
    #expect(store.state.balances["a"] == Self.balance() && store.lastNumber == DamagedBooks.last)
  }

  /// Nothing that is still there is damaged; only the orderly end tells that there was more.
  @Test func whatTheLastOrderlyEndKnewIsMissed() throws {
    let first = try DamagedBooks(.killedInFirstMonth)
    try first.disk.store().close()
    first.disk["\(directory)/journal.jsonl"] = nil
    first.disk["\(directory)/state.json"] = nil
    let restored = try DamagedBooks(.orderly)
    restored.disk["\(directory)/state.json"] = restored.olderSnapshot
    let journal = try #require(restored.disk["\(directory)/journal.jsonl"])
    restored.disk["\(directory)/journal.jsonl"] = journal.split(separator: 10).dropLast().flatMap {
      $0 + [10]
    }
    for (disk, lost) in [(first.disk, 1...DamagedBooks.last), (restored.disk, 13...13)] {
      let paths = disk.paths
      #expect(!(try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)).isSound)
      let error = #expect(throws: JSONStateError.self) { try disk.store() }
      #expect("\(error, default: "")".contains("the last orderly end was after entry 13"))
      #expect(disk.paths == paths, "nothing was made anew")
      let (report, store) = try Self.repair(disk)
      #expect(report.lost == EntryNumbers([lost]) && report.lostFromState == report.lost)
      #expect(store.state.balances["a", default: 0] == Self.balance(without: lost) && store.lastNumber == 13)
      #expect(report.doubt == nil)
    }
  }

  /// An interrupted month's change leaves the journal under two names; another file of the same length is something
  /// else, and the journal must not go for it.
  @Test func anotherFileUnderTheSecondNameIsNoInterruptedChange() throws {
    let disk = try DamagedBooks(.betweenMonths).disk
    let journal = disk["\(directory)/journal.jsonl"]
    disk["\(directory)/archive/2026-12.jsonl"]?[300] ^= 1
    #expect(throws: JSONStateError.self) { try disk.store(clock: RepairedBooksTests.clock) }
    #expect(disk["\(directory)/journal.jsonl"] == journal)
    let (report, store) = try Self.repair(disk)
    #expect(report.lost.isEmpty && store.state.balances["a"] == Self.balance())
  }

  @Test func aSnapshotOfOtherBooksIsNotBelieved() throws {
    let disk = try DamagedBooks(.orderly).disk
    let other = SimulatedDisk()
    let store = try other.store()
    for _ in 1...40 { try store.appendAndWait(.topUp(account: "x", amount: 1)) }
    store.close()
    disk["\(directory)/state.json"] = other["\(directory)/state.json"]
    let (report, repaired) = try Self.repair(disk)
    #expect(report.lost.isEmpty && report.doubt == nil)
    #expect(repaired.state.balances == ["a": Self.balance()] && repaired.lastNumber == DamagedBooks.last)
  }

  @Test func aJournalOfOtherBooksIsSetAside() throws {
    let disk = try DamagedBooks(.orderly).disk
    let other = SimulatedDisk()
    let store = try other.store()
    for _ in 1...40 { try store.appendAndWait(.topUp(account: "x", amount: 1)) }
    store.close()
    disk["\(directory)/journal.jsonl"] = other["\(directory)/journal.jsonl"]
    let (report, repaired) = try Self.repair(disk)
    #expect(report.lost == [9, 10, 11, 12, 13] && report.lostFromState.isEmpty)
    #expect(repaired.state.balances == ["a": Self.balance()])
    #expect(report.doubt == nil || report.doubt?.contains("another history") == true)
  }

  /// Not even where its numbers go on where ours end.
  @Test func aJournalOfOtherBooksThatSeemsToGoOnIsSetAside() throws {
    let disk = try DamagedBooks(.orderly).disk
    let other = SimulatedDisk()
    let clock = WallClock("2026-11-10T00:00:00Z")
    let store = try other.store(clock: clock)
    for _ in 1...8 { try store.appendAndWait(.topUp(account: "x", amount: 1)) }
    clock.set("2026-12-10T00:00:00Z")
    for _ in 9...40 { try store.appendAndWait(.topUp(account: "x", amount: 1)) }
    store.close()
    disk["\(directory)/journal.jsonl"] = other["\(directory)/journal.jsonl"]
    let (report, repaired) = try Self.repair(disk)
    #expect(report.lost == [9, 10, 11, 12, 13] && report.lostFromState.isEmpty)
    #expect(repaired.state.balances == ["a": Self.balance()] && repaired.lastNumber == DamagedBooks.last)
  }

  /// The books were restored from a backup and went on; the former end lies in the archive.
  @Test func ofTwoHistoriesThatOfTheSnapshotCounts() throws {
    let disk = try DamagedBooks(.killedInFirstMonth).disk
    let former = try #require(disk["\(directory)/journal.jsonl"])
    disk["\(directory)/journal.jsonl"] = former.split(separator: 10).prefix(6).flatMap { $0 + [10] }
    let store = try disk.store()
    #expect(store.lastNumber == 5)
    for _ in 1...9 { try store.appendAndWait(.topUp(account: "b", amount: 1)) }
    let state = store.state
    store.close()
    disk["\(directory)/archive/2026-09.jsonl"] = former
    let (report, repaired) = try Self.repair(disk)
    #expect(report.lost.isEmpty && report.doubt == nil)
    #expect(repaired.state == state && repaired.lastNumber == 14)
  }

  /// A crash alone is none: every restart would look like it.
  @Test func aDoubtThatComesOfDamageIsToldFromAMissingOrderlyEnd() throws {
    for journal in [nil, [], [UInt8](repeating: 0, count: 400)] {
      let disk = try DamagedBooks(.killed).disk
      disk["\(directory)/journal.jsonl"] = journal
      let (report, _) = try Self.repair(disk)
      #expect(report.doubt != nil && report.isEndDamaged, "\(report)")
    }
    let disk = try DamagedBooks(.killed).disk
    disk["\(directory)/archive/2026-10.jsonl"]?[200] ^= 1
    let (report, _) = try Self.repair(disk)
    #expect(report.doubt?.contains("did not end in an orderly way") == true && !report.isEndDamaged)
    let orderly = try DamagedBooks(.orderly).disk
    orderly["\(directory)/journal.jsonl"] = nil
    let (known, _) = try Self.repair(orderly)
    #expect(known.doubt == nil && !known.isEndDamaged)
  }

  @Test func anInterruptedRepairOfSwappedFilesLosesNothing() throws {
    let damaged = try DamagedBooks(.orderly).disk
    let (one, other) = ("\(directory)/archive/2026-10.jsonl", "\(directory)/archive/2026-11.jsonl")
    (damaged[one], damaged[other]) = (damaged[other], damaged[one])
    damaged["\(directory)/state.json"] = nil
    let whole = damaged.copy()
    _ = try Self.repair(whole)
    for call in 1...whole.calls.count {
      for again in [nil, 9, 17] {
        let disk = damaged.copy()
        disk.endPower(atCall: call)
        _ = try? StateStore<Accounts>.repair(directory: directory, fileSystem: disk)
        disk.cutPower(keeping: call.isMultiple(of: 2) ? .everything : .onlySynchronized)
        if let again {
          disk.endPower(atCall: disk.calls.count + again)
          _ = try? StateStore<Accounts>.repair(directory: directory, fileSystem: disk)
          disk.cutPower(keeping: .everything)
        }
        let (report, store) = try Self.repair(disk)
        #expect(report.lost.isEmpty, "\(call), \(again ?? 0): \(report)")
        #expect(store.state.balances["a"] == Self.balance(), "\(call), \(again ?? 0)")
        #expect(!disk.paths.contains { $0.contains(".new") }, "\(disk.paths)")
      }
    }
  }

  @Test func aFullDiskLeavesAllAsItWas() throws {
    let damaged = try DamagedBooks(.killed).disk
    damaged["\(directory)/archive/2026-10.jsonl"]?[200] ^= 1
    for free in stride(from: 0, to: 2000, by: 100) {
      let disk = damaged.copy()
      disk.fill(leaving: free)
      guard (try? StateStore<Accounts>.repair(directory: directory, fileSystem: disk)) == nil else {
        continue
      }
      for path in damaged.paths where !path.hasSuffix("/lock") {
        #expect(disk[path] == damaged[path], "\(path)")
      }
      #expect(disk.paths == damaged.paths)
    }
  }

  @Test func verifyingNeedsNoWritableDisk() throws {
    let disk = try DamagedBooks(.orderly).disk
    disk.mount(readOnly: true)
    let calls = disk.calls.count
    let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
    #expect(found.isSound && found.entries == DamagedBooks.last)
    #expect(disk.calls.count > calls)
    disk["\(directory)/lock"] = nil
    #expect(try StateStore<Accounts>.verify(directory: directory, fileSystem: disk).isSound)
    #expect(disk["\(directory)/lock"] == nil)
    #expect(throws: JSONStateError.self) { _ = try disk.store() }
  }

  /// A look at the books is no end of them.
  @Test func verifyingDoesNotMakeTheLastEndForgotten() throws {
    let disk = try DamagedBooks(.orderly).disk
    let lock = disk["\(directory)/lock"]
    #expect(disk.text("lock")?.hasPrefix("closed \(DamagedBooks.last) ") == true)
    _ = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
    #expect(disk["\(directory)/lock"] == lock)
  }
}
