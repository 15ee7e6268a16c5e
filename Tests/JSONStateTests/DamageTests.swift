import DaemonTesting
import Foundation
import JSONState
import JSONStateTesting
import Testing

/// Every cut and every flipped byte: the store opens with the right state, or says what is wrong.
@Suite(.ownThreads) struct DamageTests {
  /// A directory, and what its state was after each transaction.
  struct Written {
    let disk: SimulatedDisk
    /// By the number of the newest entry.
    var states: [Int: Accounts] = [0: Accounts()]

    /// - Parameter snapshotAfter: the number of transactions after which the snapshot is written.
    init(snapshotAfter: Int?) throws {
      disk = SimulatedDisk()
      let store = try disk.store()
      for round in 1...6 {
        if round.isMultiple(of: 2) {
          try store.appendAndWait(.topUp(account: "é\"\n", amount: round * 100))
        } else {
          try store.appendAndWait(
            .topUp(account: "a", amount: round * 100), .charge(account: "a", amount: round),
            .topUp(account: "b", amount: round))
        }
        states[store.lastNumber] = store.state
        if round == snapshotAfter { try store.snapshot() }
      }
      // No orderly end, which would write a snapshot.
      disk.cutPower()
    }

    var last: Int { states.keys.max() ?? 0 }
  }

  static let journal = "\(directory)/journal.jsonl"
  static let snapshot = "\(directory)/state.json"
  static let masks: [UInt8] =
    ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] == nil
    ? [0x01] : [1, 2, 4, 8, 16, 32, 64, 128, 255]

  @Test(arguments: [nil, 3]) func aCutJournalOpensWithACorrectBeginning(snapshotAfter: Int?) throws {
    let written = try Written(snapshotAfter: snapshotAfter)
    let whole = try #require(written.disk[Self.journal])
    let lastLines = Set(whole.split(separator: UInt8(ascii: "\n")).map(Array.init))
    let headerEnd = try #require(whole.firstIndex(of: UInt8(ascii: "\n"))) + 1
    for length in 0..<whole.count {
      let disk = written.disk.copy()
      disk[Self.journal] = Array(whole.prefix(length))
      do {
        let store = try disk.store()
        // All transactions that stand there whole, even if the last line end is missing, and no other.
        let lines = whole.prefix(length).split(separator: UInt8(ascii: "\n")).dropFirst()
        let complete = lines.count - (lines.last.map { lastLines.contains(Array($0)) } == false ? 1 : 0)
        let expected = written.states.keys.filter { $0 <= complete }.max()
        #expect(store.lastNumber == expected, "cut at \(length)")
        #expect(store.state == written.states[store.lastNumber], "cut at \(length)")
        // What is given up is kept aside.
        let kept = store.openingReport.tornTail.flatMap { disk["\(directory)/\($0.file)"] } ?? []
        let left = try #require(disk[Self.journal])
        #expect((left + kept).starts(with: whole.prefix(length)), "cut at \(length)")

        let number = store.lastNumber
        try store.appendAndWait(.topUp(account: "c", amount: 1))
        store.close()
        let again = try disk.store()
        #expect(again.lastNumber == number + 1)
        #expect(again.openingReport.tornTail == nil)
        #expect(again.state.balances["c"] == 1)
      } catch let error as JSONStateError {
        guard case .damaged(_, let damages) = error else { throw error }
        #expect(damages.map(\.file) == ["journal.jsonl"])
        #expect(length < headerEnd || snapshotAfter != nil, "cut at \(length): \(error)")
        #expect(disk[Self.journal] == Array(whole.prefix(length)))
      }
    }
  }

  @Test(arguments: [nil, 3]) func aFlippedByteInTheJournalIsFound(snapshotAfter: Int?) throws {
    let written = try Written(snapshotAfter: snapshotAfter)
    let whole = try #require(written.disk[Self.journal])
    var opened = 0
    for index in whole.indices {
      for mask in Self.masks {
        let disk = written.disk.copy()
        disk[Self.journal]?[index] ^= mask
        let damaged = disk[Self.journal]
        do {
          let store = try disk.store()
          // The snapshot contains this part of the journal, so the state is right without it.
          #expect(snapshotAfter != nil && store.openingReport.tornTail == nil)
          #expect(store.state == written.states[written.last], "byte \(index) ^ \(mask)")
          opened += 1
          store.close()
        } catch {
          guard case .damaged(_, let damages) = error, damages.first?.file == "journal.jsonl" else {
            throw error
          }
          #expect(damages.count == 1 || damages.allSatisfy { $0.line != nil })
          #expect(disk[Self.journal] == damaged)
        }
        let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
        #expect(!found.isSound, "byte \(index) ^ \(mask)")
      }
    }
    #expect((opened > 0) == (snapshotAfter != nil))
  }

  @Test func theDamagedLineIsNamed() throws {
    let written = try Written(snapshotAfter: nil)
    let lines = try #require(written.disk.text("journal.jsonl")).split(separator: "\n")
    var offset = 0
    for (index, line) in lines.enumerated() {
      let disk = written.disk.copy()
      disk[Self.journal]?[offset + line.utf8.count / 2] ^= 0x04
      #expect {
        _ = try disk.store()
      } throws: { error in
        guard case .damaged(_, let damages)? = error as? JSONStateError else { return false }
        return damages.map(\.line) == [index + 1]
      }
      offset += line.utf8.count + 1
    }
  }

  @Test func aFlippedByteInTheSnapshotIsFound() throws {
    let written = try Written(snapshotAfter: 4)
    let whole = try #require(written.disk[Self.snapshot])
    for index in whole.indices {
      for mask in Self.masks {
        let disk = written.disk.copy()
        disk[Self.snapshot]?[index] ^= mask
        #expect {
          _ = try disk.store()
        } throws: { error in
          guard case .damaged(_, let damages)? = error as? JSONStateError else { return false }
          return damages.map(\.file) == ["state.json"]
        }
        #expect(!(try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)).isSound)
      }
    }
  }

  @Test func whatStandsBesideASoundStateIsCheckedAgainstIt() throws {
    let written = try Written(snapshotAfter: 3)
    let other = Damage(file: "people.json", problem: "does not know account b")
    var seen: [Accounts] = []
    let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: written.disk) { state in
      seen.append(state)
      return [other]
    }
    #expect(seen == [written.states[written.last]])
    #expect(found.damages == [other] && !found.isSound && found.entries == written.last)
    // What a damaged state comes to says nothing about the rest.
    let whole = try #require(written.disk[Self.journal])
    written.disk[Self.journal] = Array(whole.dropLast(whole.count / 2)) + Array("\n".utf8)
    let damaged = try StateStore<Accounts>.verify(directory: directory, fileSystem: written.disk) { _ in
      [other]
    }
    #expect(!damaged.isSound && !damaged.damages.contains(other))
  }

  @Test func aCutSnapshotIsFound() throws {
    let written = try Written(snapshotAfter: 4)
    let whole = try #require(written.disk[Self.snapshot])
    for length in whole.indices {
      let disk = written.disk.copy()
      disk[Self.snapshot] = Array(whole.prefix(length))
      #expect(throws: JSONStateError.self) { _ = try disk.store() }
    }
  }

  @Test func aMissingFileIsNotTakenForAnEmptyOne() throws {
    let written = try Written(snapshotAfter: 3)
    let disk = written.disk.copy()
    disk[Self.journal] = nil
    #expect(throws: JSONStateError.self) { _ = try disk.store() }
    #expect(disk[Self.journal] == nil)
  }

  @Test func aJournalOfAnotherHistoryIsRefused() throws {
    let disk = try Written(snapshotAfter: 3).disk
    let other = try Written(snapshotAfter: nil).disk
    let store = try other.store(clock: WallClock("2026-11-01T00:00:00Z"))
    try store.appendAndWait(.topUp(account: "x", amount: 1))
    store.close()
    disk[Self.journal] = other[Self.journal]
    #expect(throws: JSONStateError.self) { _ = try disk.store() }
  }

  /// An older version of ``Accounts``.
  private struct Older: JournaledState {
    typealias Entry = Accounts.Entry
    static let formatVersion = 1
    var total = 0
    mutating func apply(_ record: JournalRecord<Entry>) { total += 1 }
  }

  @Test func whatMayBeLostIsKnownToTheNextVersionToo() throws {
    let disk = SimulatedDisk()
    let clock = WallClock()
    let older = try StateStore<Older>(directory: directory, fileSystem: disk, now: clock.now)
    try older.appendAndWait(.topUp(account: "a", amount: 3))
    disk.cutPower()
    disk["\(directory)/journal.jsonl"] = []
    let report = try StateStore<Older>.repair(directory: directory, fileSystem: disk, now: clock.now)
    #expect(report.doubt != nil)
    let store = try disk.store(clock: clock)
    #expect(store.losses.perhapsAfter == 0)
    store.close()
    #expect(try disk.store(clock: clock).losses.perhapsAfter == 0)
  }

  /// Verify names it before the upgrade, and a repair at that moment does not forget it.
  @Test func whatMayBeLostIsNamedByVerifyAndKeptByRepairAtANewVersion() throws {
    let disk = SimulatedDisk()
    let clock = WallClock()
    let older = try StateStore<Older>(directory: directory, fileSystem: disk, now: clock.now)
    for month in 10...12 {
      clock.set("2026-\(month)-10T00:00:00Z")
      try older.appendAndWait(.topUp(account: "a", amount: 1 << month))
    }
    disk.cutPower()
    disk["\(directory)/journal.jsonl"] = nil
    let report = try StateStore<Older>.repair(directory: directory, fileSystem: disk, now: clock.now)
    #expect(report.doubt != nil && report.lastNumber == 2)
    let repaired = try StateStore<Older>(directory: directory, fileSystem: disk, now: clock.now)
    try repaired.appendAndWait(.topUp(account: "a", amount: 1))
    repaired.close()
    let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
    #expect(found.isSound && found.notices.contains { $0.contains("entries after 2 may have been lost") })
    disk["\(directory)/archive/2026-10.jsonl"] = nil
    let second = try RepairTests.repair(disk)
    #expect(second.doubt == nil && second.lost == [1])
    #expect(try disk.store(clock: clock).losses.perhapsAfter == 2)
  }

  @Test func aNewerVersionIsRefusedAndAnOlderOneAddedUpAnew() throws {
    let disk = SimulatedDisk()
    let clock = WallClock()
    let older = try StateStore<Older>(directory: directory, fileSystem: disk, now: clock.now)
    try older.appendAndWait(.topUp(account: "a", amount: 3))
    clock.set("2026-12-01T00:00:00Z")
    try older.appendAndWait(.topUp(account: "a", amount: 4))
    try older.snapshot()
    try older.appendAndWait(.topUp(account: "a", amount: 5))
    older.close()

    let newer = try disk.store(clock: clock)
    #expect(newer.state.balances == ["a": 12])
    newer.close()
    #expect {
      _ = try StateStore<Older>(directory: directory, fileSystem: disk, now: clock.now)
    } throws: { error in
      guard case .newerFormat(_, 2, 1)? = error as? JSONStateError else { return false }
      return true
    }
  }
}
