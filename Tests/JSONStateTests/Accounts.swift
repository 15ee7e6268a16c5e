import Foundation
import JSONState
import JSONStateTesting
import Synchronization

/// A small ledger: what the tests keep in a store.
struct Accounts: JournaledState {
  enum Entry: Codable, Sendable, Equatable {
    case topUp(account: String, amount: Int)
    case charge(account: String, amount: Int)
  }

  static let formatVersion = 2

  var balances: [String: Int] = [:]
  var newest = Date(timeIntervalSince1970: 0)

  mutating func apply(_ record: JournalRecord<Entry>) {
    switch record.entry {
    case .topUp(let account, let amount): balances[account, default: 0] += amount
    case .charge(let account, let amount): balances[account, default: 0] -= amount
    }
    newest = record.date
  }
}

/// A wall clock that stands still until it is set.
final class WallClock: Sendable {
  private let date: Mutex<Date>
  init(_ text: String = "2026-10-15T12:00:00Z") { date = Mutex(Self.date(text)) }

  var now: @Sendable () -> Date { { self.date.withLock { $0 } } }
  func set(_ text: String) { date.withLock { $0 = Self.date(text) } }

  static func date(_ text: String) -> Date {
    guard let date = try? Date(text, strategy: .iso8601) else { preconditionFailure("no date: \(text)") }
    return date
  }
}

let directory = "/var/lib/test"

extension SimulatedDisk {
  /// Opens a store of accounts on this disk.
  func store(
    policy: SnapshotPolicy = SnapshotPolicy(), clock: WallClock = WallClock()
  ) throws(JSONStateError) -> StateStore<Accounts> {
    try StateStore(directory: directory, policy: policy, fileSystem: self, now: clock.now)
  }

  func text(_ name: String) -> String? {
    self["\(directory)/\(name)"].map { String(decoding: $0, as: UTF8.self) }
  }
}
