import Foundation
import JSONState
import JSONStateTesting
import Testing

@Suite struct ArchiveTests {
  static func files(_ disk: SimulatedDisk) -> [String] {
    disk.paths.filter { $0.contains("/archive/") }.map { String($0.dropFirst("\(directory)/archive/".count)) }
  }

  @Test func aClosedMonthBecomesAFileThatIsNeverRewritten() throws {
    let disk = SimulatedDisk()
    let clock = WallClock("2026-10-31T23:59:59Z")
    let store = try disk.store(clock: clock)
    for _ in 1...3 { try store.appendAndWait(.topUp(account: "a", amount: 1)) }
    #expect(Self.files(disk) == [])
    clock.set("2026-11-01T00:00:00Z")
    try store.appendAndWait(.topUp(account: "a", amount: 1))
    #expect(Self.files(disk) == ["2026-10.jsonl"])
    let october = try #require(disk.text("archive/2026-10.jsonl"))
    #expect(october.split(separator: "\n").count == 4)
    #expect(october.contains(#""n":3,"#) && !october.contains(#""n":4,"#))

    // The clock jumps back, as a Pi's does that starts without network, and far forward.
    for date in [
      "2026-10-05T00:00:00Z", "1970-01-01T00:00:00Z", "2027-03-01T00:00:00Z", "2026-12-01T00:00:00Z",
    ] {
      clock.set(date)
      try store.appendAndWait(.topUp(account: "a", amount: 1))
    }
    store.close()
    #expect(Self.files(disk) == ["2026-10.jsonl", "2026-11.jsonl"])
    #expect(disk.text("archive/2026-10.jsonl") == october)

    clock.set("2026-10-20T00:00:00Z")
    let again = try disk.store(clock: clock)
    #expect(again.openingReport.notices.isEmpty)
    try again.appendAndWait(.topUp(account: "a", amount: 1))
    #expect(disk.text("archive/2026-10.jsonl") == october)
    var numbers: [Int] = []
    try again.forEachRecord { numbers.append($0.number) }
    #expect(numbers == Array(1...9))
    numbers = []
    try again.forEachRecord(from: 3) { numbers.append($0.number) }
    #expect(numbers == Array(3...9))
    let found = try again.verify()
    #expect(found.isSound && found.entries == 9 && found.files == 3)
  }

  @Test func monthsWithoutEntriesLeaveNoFile() throws {
    let disk = SimulatedDisk()
    let clock = WallClock("2026-01-01T00:00:00Z")
    let store = try disk.store(clock: clock)
    clock.set("2026-05-01T00:00:00Z")
    try store.appendAndWait(.topUp(account: "a", amount: 1))
    clock.set("2026-09-01T00:00:00Z")
    try store.appendAndWait(.topUp(account: "a", amount: 1))
    #expect(Self.files(disk) == ["2026-05.jsonl"])
  }

  @Test func readingGoesOnWhileMonthsClose() throws {
    let disk = SimulatedDisk()
    let clock = WallClock("2026-01-01T00:00:00Z")
    let store = try disk.store(clock: clock)
    for _ in 1...3 { try store.appendAndWait(.topUp(account: "a", amount: 1)) }
    var numbers: [Int] = []
    try store.forEachRecord { record in
      numbers.append(record.number)
      clock.set("2026-0\(record.number + 1)-01T00:00:00Z")
      try store.appendAndWait(.topUp(account: "a", amount: 1))
    }
    #expect(numbers == [1, 2, 3])
    #expect(Self.files(disk) == ["2026-01.jsonl", "2026-02.jsonl", "2026-03.jsonl"])
  }

  @Test func aMissingArchiveDoesNotStopTheDaemonAndIsReported() throws {
    let disk = SimulatedDisk()
    let clock = WallClock()
    let store = try disk.store(clock: clock)
    try store.appendAndWait(.topUp(account: "a", amount: 5))
    clock.set("2026-11-01T00:00:00Z")
    try store.appendAndWait(.topUp(account: "a", amount: 6))
    store.close()
    disk["\(directory)/archive/2026-10.jsonl"] = nil
    let again = try disk.store(clock: clock)
    #expect(again.state.balances == ["a": 11])
    #expect(again.openingReport.notices.count == 1)
    #expect(!(try again.verify()).isSound)
    #expect(throws: JSONStateError.self) { try again.forEachRecord { _ in } }
  }
}
