import DaemonKit

extension BooksReading {
  /// Who had how many coffees in a time, the most first, then by name. Who is hidden or erased is left out, and a
  /// nickname stands in place of the name. The same count is the same rank.
  func leaderboard(from: WallTime?, until: WallTime?) -> [LeaderboardRow] {
    var counts = [Int](repeating: 0, count: state.users.count + 1)
    forEachCounted(from: from?.milliseconds ?? .min, until: until?.milliseconds) { piece, row in
      counts[Int(piece.users[row])] += 1
    }
    let rows = state.users.list.enumerated().compactMap { index, user -> LeaderboardRow? in
      guard counts[index + 1] > 0, !user.hidden, !user.isErased else { return nil }
      let person = people.shown(index + 1, user)
      return LeaderboardRow(rank: 0, name: person.nickname ?? person.name, count: counts[index + 1])
    }.map { (key: SearchText.Sorting($0.name), row: $0) }
      .sorted { ($1.row.count, $0.key) < ($0.row.count, $1.key) }.map(\.row)
    var rank = 0
    return rows.enumerated().map { index, row in
      if index == 0 || rows[index - 1].count != row.count { rank = index + 1 }
      return LeaderboardRow(rank: rank, name: row.name, count: row.count)
    }
  }

  /// How many coffees on each local day from `from` up to and without `until`, or in each month, and in which hours.
  func histogram(
    from: WallTime, until: WallTime, byMonths: Bool = false, calendar: LocalCalendar
  ) -> UsageHistogram {
    var clock = LocalClock(calendar)
    var hours = [Int](repeating: 0, count: 24)
    guard from < until else {
      return UsageHistogram(days: [], hours: Self.hourBuckets(hours))
    }
    let firstDay = clock.local(from.milliseconds).day
    let lastDay = clock.local(until.milliseconds - 1).day
    // As many as there are between the oldest and the newest usage at most, so that no range fills the memory.
    let days = Int(min(lastDay - firstDay, Self.longestHistogram - 1))
    var counts = [Int](repeating: 0, count: days + 1)
    forEachCounted(from: from.milliseconds, until: until.milliseconds) { piece, row in
      let (day, second) = clock.local(piece.times[row])
      guard counts.indices.contains(Int(day - firstDay)) else { return }
      counts[Int(day - firstDay)] += 1
      hours[second / 3600] += 1
    }
    let buckets = counts.enumerated().map { index, count in
      let day = CivilDate(number: Int(firstDay) + index)
      return UsageHistogram.Bucket(label: byMonths ? day.month : day.description, count: count)
    }
    return UsageHistogram(
      days: byMonths ? Self.joined(buckets) : buckets, hours: Self.hourBuckets(hours))
  }

  /// Those that follow each other and have the same label as one.
  private static func joined(_ buckets: [UsageHistogram.Bucket]) -> [UsageHistogram.Bucket] {
    buckets.reduce(into: []) { joined, bucket in
      if let last = joined.indices.last, joined[last].label == bucket.label {
        joined[last].count += bucket.count
      } else {
        joined.append(bucket)
      }
    }
  }

  /// The most days that a histogram has: fifty years.
  static let longestHistogram: Int64 = 18_300

  private static func hourBuckets(_ hours: [Int]) -> [UsageHistogram.Bucket] {
    hours.enumerated().map { UsageHistogram.Bucket(label: ($0 < 10 ? "0" : "") + String($0), count: $1) }
  }

  /// Every usage of a time that was not cancelled, piece by piece.
  private func forEachCounted(from: Int64, until: Int64?, _ body: (UsagePiece, Int) -> Void) {
    for piece in state.usages.pieces where piece.latest >= from && until.map({ piece.earliest < $0 }) ?? true
    {
      for row in piece.rows where piece.cancelled[row] == 0 {
        let time = piece.times[row]
        if time >= from, until.map({ time < $0 }) ?? true { body(piece, row) }
      }
    }
  }
}
