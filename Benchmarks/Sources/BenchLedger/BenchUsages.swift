public import JSONState

/// Books like those of `coffeed`: the usages in columns, and how many each user has. Kept here because a daemon's
/// own state cannot be imported.
public struct BenchUsages: JournaledState {
  public static let formatVersion = 1

  public struct Entry: Codable, Sendable {
    var type: String
    var usage: Int
    var user: Int
    var token: String
    var activation: String
    var at: Instant
    var milliseconds: Int
  }

  struct Instant: Codable, Sendable {
    var boot: String
    var instant: Nanoseconds
  }

  struct Nanoseconds: Codable, Sendable {
    var nanoseconds: UInt64
  }

  private var users: [Int32] = []
  private var counts: [Int: Int] = [:]

  public init() {}

  public mutating func apply(_ record: JournalRecord<Entry>) {
    users.append(Int32(truncatingIfNeeded: record.entry.user))
    counts[record.entry.user, default: 0] += 1
  }
}

extension BenchUsages.Entry {
  /// The entries of an office of 50 that never closes.
  /// - Parameter index: from 0.
  public static func coffee(_ index: Int) -> Self {
    let id = String(UInt64(index) &* 0x9e37_79b9_7f4a_7c15 | 1 << 63, radix: 16)
    return Self(
      type: "usageLogged", usage: index + 1, user: index * 7 % 50 + 1,
      token: String(0x04a1_b2c3_d4e5_0000 + index * 7 % 50, radix: 16), activation: id + id,
      at: BenchUsages.Instant(
        boot: "6f1ed002-ab5d-4d2a-9a5b-3f0c0c5c7a11",
        instant: BenchUsages.Nanoseconds(nanoseconds: UInt64(index) * 95_000_000_000)),
      milliseconds: 30_000)
  }
}
