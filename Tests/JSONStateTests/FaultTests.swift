import DaemonTesting
import Foundation
import JSONState
import JSONStateTesting
import Testing

/// A failing call and a power cut at every place: what was acknowledged is there, once, and nothing else is
/// but what was on its way.
@Suite(.ownThreads) struct FaultTests {
  /// Runs an eventful month change on the disk, until the first failure.
  ///
  /// - Returns: how many entries were acknowledged, how many were tried, and the first error.
  static func run(on disk: SimulatedDisk) -> (acknowledged: Int, tried: Int, error: JSONStateError?) {
    let clock = WallClock()
    var acknowledged = 0
    var tried = 0
    do throws(JSONStateError) {
      for month in 10...12 {
        clock.set("2026-\(month)-15T12:00:00Z")
        let store = try disk.store(policy: SnapshotPolicy(entries: 4), clock: clock)
        defer { store.close() }
        if let failure = store.failure { throw failure }
        for round in 1...5 {
          let entries = (1...(round % 2 + 1)).map { Accounts.Entry.topUp(account: "a", amount: tried + $0) }
          tried += entries.count
          try store.transactAndWait { transaction in entries.forEach { transaction.record($0) } }
          acknowledged = tried
        }
      }
      return (acknowledged, tried, nil)
    } catch {
      return (acknowledged, tried, error)
    }
  }

  /// Opens what is left and checks it.
  static func check(_ disk: SimulatedDisk, acknowledged: Int, tried: Int, _ place: String) throws {
    for _ in 1...2 {
      let clock = WallClock("2026-12-20T00:00:00Z")
      let store = try disk.store(clock: clock)
      #expect(store.failure == nil, "\(place)")
      #expect((acknowledged...tried).contains(store.lastNumber), "\(place): \(store.lastNumber)")
      #expect(
        store.state.balances["a", default: 0] == (1...max(1, tried)).prefix(store.lastNumber).reduce(0, +))
      var numbers: [Int] = []
      try store.forEachRecord { record in
        numbers.append(record.number)
        #expect(record.entry == .topUp(account: "a", amount: record.number))
      }
      #expect(numbers == Array(1..<(store.lastNumber + 1)), "\(place)")
      store.close()
      let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
      #expect(found.isSound, "\(place): \(found)")
    }
    // Life goes on, also over a month change.
    for date in ["2026-10-05T00:00:00Z", "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z"] {
      let store = try disk.store(clock: WallClock(date))
      let archived = disk.paths.filter { $0.contains("/archive/") }.map { disk[$0] }
      let number = store.lastNumber
      try store.appendAndWait(.topUp(account: "b", amount: 1))
      #expect(store.lastNumber == number + 1, "\(place)")
      let found = try store.verify()
      #expect(found.isSound && found.entries == number + 1, "\(place): \(found)")
      let now = disk.paths.filter { $0.contains("/archive/") }.map { disk[$0] }
      #expect(Array(now.prefix(archived.count)) == archived, "\(place): an archive was rewritten")
      store.close()
    }
  }

  static let calls: Int = {
    let disk = SimulatedDisk()
    _ = run(on: disk)
    return disk.calls.count
  }()

  @Test func theEventfulMonthsComeToTheirEnd() throws {
    let disk = SimulatedDisk()
    let (acknowledged, tried, error) = Self.run(on: disk)
    #expect(error == nil)
    #expect(acknowledged == 24 && tried == 24)
    #expect(disk["\(directory)/archive/2026-10.jsonl"] != nil)
    #expect(disk["\(directory)/archive/2026-11.jsonl"] != nil)
    disk.cutPower()
    try Self.check(disk, acknowledged: acknowledged, tried: tried, "whole")
  }

  static let isSlow = ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] != nil

  @Test(
    arguments: isSlow
      ? [(ENOSPC, true), (ENOSPC, false), (EIO, true), (EIO, false)] : [(ENOSPC, true), (EIO, false)])
  func aFailingCallIsToldAndLosesNothing(code: Int32, forEver: Bool) throws {
    for call in 1...Self.calls {
      let disk = SimulatedDisk()
      if forEver { disk.fail(fromCall: call, with: code) } else { disk.fail(call: call, with: code) }
      let (acknowledged, tried, error) = Self.run(on: disk)
      let place = "call \(call), \(disk.calls.indices.contains(call - 1) ? disk.calls[call - 1] : "none")"
      if let error {
        let text = "\(error)"
        #expect(text.contains(directory) || text.contains("/var"), "\(place): \(text)")
        if code == ENOSPC {
          #expect(text.contains("No space left on device in ") && text.contains("free some space"), "\(text)")
        }
      } else {
        // A lock without a number and a snapshot that is tried again later are no failures.
        #expect(!forEver || acknowledged == 24, "\(place)")
      }
      disk.heal()
      let rebooted = disk.copyAfterPowerCut(.onlySynchronized)
      try Self.check(disk, acknowledged: acknowledged, tried: tried, place)
      try Self.check(rebooted, acknowledged: acknowledged, tried: tried, place + ", power cut")
    }
  }

  @Test(arguments: [0, 0.3, 0.7, 1, 2]) func aPowerCutAtEveryCallLosesNothing(share: Double) throws {
    for call in 1...Self.calls {
      let disk = SimulatedDisk()
      disk.endPower(atCall: call)
      let (acknowledged, tried, _) = Self.run(on: disk)
      disk.cutPower(keeping: share > 1 ? .everything : .share(share))
      let place = "call \(call), \(disk.calls[call - 1])"
      try Self.check(disk, acknowledged: acknowledged, tried: tried, place)
    }
  }

  @Test func aPowerCutWhileOpeningAfterAPowerCutLosesNothing() throws {
    let torn = SimulatedDisk()
    torn.endPower(atCall: Self.calls - 2)
    let (acknowledged, tried, _) = Self.run(on: torn)
    torn.cutPower(keeping: .share(0.5))
    for call in 1...12 {
      let disk = torn.copy()
      disk.endPower(atCall: call)
      _ = try? disk.store()
      disk.cutPower()
      try Self.check(disk, acknowledged: acknowledged, tried: tried, "call \(call)")
    }
  }

  @Test(arguments: [1, 7, 64]) func shortWritesAreContinued(longest: Int) throws {
    let disk = SimulatedDisk()
    disk.shortenWrites(to: longest)
    let (acknowledged, tried, error) = Self.run(on: disk)
    #expect(error == nil)
    disk.cutPower()
    try Self.check(disk, acknowledged: acknowledged, tried: tried, "short")
  }

  @Test func aDiskFillingUpByteByByteLosesNothing() throws {
    for free in stride(from: 0, to: 6000, by: Self.isSlow ? 7 : 113) {
      let disk = SimulatedDisk()
      disk.fill(leaving: free)
      let (acknowledged, tried, error) = Self.run(on: disk)
      if let error { #expect("\(error)".contains("No space left on device in "), "\(error)") }
      // Restarted while still full: the state can be read, and nothing is recorded.
      if acknowledged > 0, error != nil {
        let store = try disk.store(clock: WallClock("2026-12-20T00:00:00Z"))
        #expect(store.lastNumber >= acknowledged)
        store.close()
      }
      disk.heal()
      disk.cutPower()
      try Self.check(disk, acknowledged: acknowledged, tried: tried, "free \(free)")
    }
  }

  @Test func afterAFailureNothingIsRecordedUntilReopening() async throws {
    for call in ["write", "fdatasync"] {
      let disk = SimulatedDisk()
      let store = try disk.store()
      try await store.append(.topUp(account: "a", amount: 5))
      disk.fail(call: disk.calls.count + (call == "write" ? 1 : 2), with: EIO)
      await #expect(throws: JSONStateError.self) { try await store.append(.topUp(account: "a", amount: 7)) }
      #expect(disk.calls.contains { $0.hasPrefix(call) })
      await #expect {
        try await store.append(.topUp(account: "a", amount: 11))
      } throws: { error in
        guard case .readOnly? = error as? JSONStateError else { return false }
        return true
      }
      #expect(store.state.balances == ["a": 5])
      #expect(store.failure != nil)
      #expect(throws: JSONStateError.self) { try store.snapshot() }

      // The cause lasts: reading goes on. It ends: so does recording.
      disk.fail(fromCall: disk.calls.count + 1, with: EIO)
      #expect(throws: JSONStateError.self) { try store.reopen() }
      await #expect(throws: JSONStateError.self) { try await store.append(.topUp(account: "a", amount: 7)) }
      #expect(store.state.balances == ["a": 5])
      disk.heal()
      try store.reopen()
      #expect(store.failure == nil)
      try await store.append(.topUp(account: "a", amount: 13))
      #expect(store.state.balances == ["a": 18])
      store.close()
      #expect(throws: JSONStateError.closed) { try store.reopen() }
      #expect(try disk.store().state.balances == ["a": 18])
    }
  }

  @Test func aFailingSnapshotIsNoDanger() throws {
    let disk = SimulatedDisk()
    let store = try disk.store(policy: SnapshotPolicy(entries: 2))
    disk.observe { [disk] call in
      if call == "rename" { disk.fail(call: disk.calls.count + 1, with: ENOSPC) }
    }
    for _ in 1...2 { try store.appendAndWait(.topUp(account: "a", amount: 1)) }
    #expect(store.snapshotFailure != nil && store.failure == nil)
    disk.observe(nil)
    for _ in 1...2 { try store.appendAndWait(.topUp(account: "a", amount: 1)) }
    #expect(store.snapshotFailure == nil)
    store.close()
    #expect(try disk.store().state.balances == ["a": 4])
  }

  /// Each attempt encodes the whole state.
  @Test func aFailingSnapshotIsTriedAgainAfterAsManyEntriesMore() throws {
    let disk = SimulatedDisk()
    let store = try disk.store(policy: SnapshotPolicy(entries: 4))
    disk.observe { [disk] call in
      if call == "rename" { disk.fail(call: disk.calls.count + 1, with: ENOSPC) }
    }
    func attempts() -> Int { disk.calls.count { $0 == "open \(directory)/state.json.new" } }
    let before = attempts()
    for number in 1...20 {
      try store.appendAndWait(.topUp(account: "a", amount: 1))
      #expect(attempts() - before == number / 4, "after \(number) entries")
    }
  }

  @Test func afterAFailureThereIsNoOrderlyEnd() throws {
    let disk = SimulatedDisk()
    let store = try disk.store()
    try store.appendAndWait(.topUp(account: "a", amount: 5))
    disk.fail(call: disk.calls.count + 2, with: EIO)
    #expect(throws: JSONStateError.self) { try store.appendAndWait(.topUp(account: "a", amount: 7)) }
    let snapshot = disk["\(directory)/state.json"]
    store.close()
    #expect(disk["\(directory)/state.json"] == snapshot)
    #expect(disk.text("lock")?.hasPrefix("closed") == false)
  }
}

extension SimulatedDisk {
  /// What a copy of the disk holds after its power went.
  func copyAfterPowerCut(_ survivors: Survivors) -> SimulatedDisk {
    let copy = copy(isDurable: false)
    copy.cutPower(keeping: survivors)
    return copy
  }
}
