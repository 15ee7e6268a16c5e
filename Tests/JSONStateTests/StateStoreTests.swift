import Dispatch
import Foundation
import JSONStateTesting
import Synchronization
import Testing

@testable import JSONState

@Suite struct StateStoreTests {
  @Test func whatWasRecordedIsThereAfterReopening() async throws {
    let disk = SimulatedDisk()
    let store = try disk.store()
    try await store.append(.topUp(account: "a", amount: 500))
    try store.appendAndWait(.charge(account: "a", amount: 120), .topUp(account: "b", amount: 7))
    let before = store.state
    disk.cutPower()

    let again = try disk.store()
    #expect(again.state == before)
    #expect(again.state.balances == ["a": 380, "b": 7])
    #expect(again.lastNumber == 3)
    #expect(again.openingReport.replayed == 3)
  }

  /// Two commands at once, on the first day.
  @Test func aDirectoryThatAnotherProcessMakesMeanwhileIsTaken() throws {
    let disk = SimulatedDisk()
    let others = Mutex(Set(["/var", "/var/lib", directory]))
    disk.observe { [disk] call in
      guard call == "mkdir", let next = others.withLock({ $0.min() }) else { return }
      others.withLock { _ = $0.remove(next) }
      try? disk.makeDirectory(next)
    }
    let store = try disk.store()
    #expect(others.withLock { $0.isEmpty })
    disk.observe(nil)
    try store.appendAndWait(.topUp(account: "a", amount: 1))
    #expect(store.state.balances == ["a": 1])
  }

  @Test func theNewestSnapshotBoundsWhatIsReplayed() throws {
    let disk = SimulatedDisk()
    let store = try disk.store(policy: SnapshotPolicy(entries: 10))
    for _ in 1...25 { try store.appendAndWait(.topUp(account: "a", amount: 1)) }
    disk.cutPower()
    let again = try disk.store()
    #expect(again.openingReport.replayed == 5)
    #expect(again.state.balances == ["a": 25])
  }

  @Test func twoDecisionsCannotSpendOneBalance() async throws {
    let disk = SimulatedDisk()
    let store = try disk.store()
    try await store.append(.topUp(account: "a", amount: 100))
    let paid = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 1...150 {
        group.addTask {
          try await store.transact { transaction in
            guard transaction.state.balances["a", default: 0] >= 1 else { return false }
            transaction.record(.charge(account: "a", amount: 1))
            return true
          }
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(paid == 100)
    #expect(store.state.balances == ["a": 0])
    #expect(store.lastNumber == 101)
  }

  @Test func callersThatWaitShareOneSynchronisation() throws {
    let disk = SimulatedDisk()
    let store = try disk.store()
    let before = disk.count(of: "fdatasync")
    let reached = DispatchSemaphore(value: 0)
    let goOn = DispatchSemaphore(value: 0)
    let done = DispatchGroup()
    let count = 300
    let isFirst = Mutex(true)
    disk.observe { call in
      if call == "fdatasync", isFirst.withLock({ if $0 { $0 = false; return true } else { return false } }) {
        reached.signal()
        goOn.wait()
      }
    }
    let failures = Mutex(0)
    func submit() {
      done.enter()
      store.core.submit({ $0.record(.topUp(account: "a", amount: 1)) }) { result in
        if case .failure = result { failures.withLock { $0 += 1 } }
        done.leave()
      }
    }
    submit()
    reached.wait()
    for _ in 2...count { submit() }
    // What is on its way to the disk is not shown.
    #expect(store.state.balances.isEmpty && store.lastNumber == 0)
    goOn.signal()
    done.wait()
    #expect(store.state.balances == ["a": count])
    #expect(disk.count(of: "fdatasync") - before == 2)
    #expect(failures.withLock { $0 } == 0)
  }

  @Test func anEntryThatCannotBeWrittenHarmsNoOther() async throws {
    struct Numbers: JournaledState {
      static let formatVersion = 1
      var sum = 0.0
      mutating func apply(_ record: JournalRecord<Double>) { sum += record.entry }
    }
    let disk = SimulatedDisk()
    let store = try StateStore<Numbers>(directory: directory, fileSystem: disk)
    try await store.append(1)
    await #expect(throws: JSONStateError.self) { try await store.append(2, .nan) }
    try await store.append(4)
    #expect(store.state.sum == 5)
    #expect(store.lastNumber == 2)
    store.close()
    #expect(try StateStore<Numbers>(directory: directory, fileSystem: disk).state.sum == 5)
  }

  @Test func aTransactionThatRecordsNothingWritesNothing() async throws {
    let disk = SimulatedDisk()
    let store = try disk.store()
    let calls = disk.calls.count
    #expect(try await store.transact { $0.state.balances.count } == 0)
    #expect(disk.calls.count == calls)
  }

  @Test func aClosedStoreSaysSo() async throws {
    let disk = SimulatedDisk()
    let store = try disk.store()
    try await store.inBackground { store throws(JSONStateError) in try store.snapshot() }
    await store.inBackground { $0.close() }
    await #expect(throws: JSONStateError.closed) { try await store.append(.topUp(account: "a", amount: 1)) }
    #expect(throws: JSONStateError.closed) { try store.appendAndWait(.topUp(account: "a", amount: 1)) }
  }

  @Test func openingForAsyncCode() async throws {
    let disk = SimulatedDisk()
    let store = try await StateStore<Accounts>.open(directory: directory, fileSystem: disk)
    try await store.append(.topUp(account: "a", amount: 1))
    await #expect(throws: JSONStateError.self) {
      _ = try await StateStore<Accounts>.open(directory: directory, fileSystem: disk)
    }
  }

  @Test func datesComeBackToTheMillisecond() throws {
    let disk = SimulatedDisk()
    let date = WallClock.date("2026-10-31T20:39:59Z") + 0.123_987
    let store = try StateStore<Accounts>(directory: directory, fileSystem: disk, now: { date })
    try store.appendAndWait(.topUp(account: "a", amount: 1))
    #expect(disk.text("journal.jsonl")?.contains(#""at":"2026-10-31T20:39:59.123Z""#) == true)
    let state = store.state
    store.close()
    #expect(try disk.store().state == state)
  }
}

@Suite struct FormatTests {
  @Test func theChecksumIsTheStandardOne() {
    // RFC 3720, appendix B.4, and the usual check value of the catalogue of CRCs.
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(Array(UInt8(0)..<32)) == 0x46DD_794E)
  }

  @Test(arguments: [
    "1601-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z",
    "2000-02-29T12:34:56.789Z", "2024-12-31T23:59:59.999Z", "2100-03-01T00:00:00.001Z",
    "9999-12-31T23:59:59.000Z",
  ]) func timestampsComeBack(text: String) throws {
    let timestamp = try #require(Timestamp(Array(text.utf8)))
    var bytes: [UInt8] = []
    timestamp.append(to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == text)
    #expect(timestamp.month.description == String(text.prefix(7)))
    let parsed = try Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    #expect(abs(timestamp.date.timeIntervalSince(parsed)) < 0.0005)
  }

  @Test(arguments: [
    "2026-02-30T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-01-01T24:00:00.000Z",
    "2026-01-01 00:00:00.000Z",
  ]) func timestampsThatCannotBeAreRefused(text: String) {
    #expect(Timestamp(Array(text.utf8)) == nil)
  }
}
