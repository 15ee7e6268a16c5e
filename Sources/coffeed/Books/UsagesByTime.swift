import DaemonKit

/// Goes through usages by their times. Their numbers are in another order where the clock was set back or where an
/// import brought older ones; of the same moment the number decides.
struct UsagesByTime: IteratorProtocol {
  enum Order: Sendable { case newestFirst, oldestFirst }

  private let pieces: [UsagePiece]
  private let order: Order
  /// The pieces, those whose times overlap together; the next ones are the last.
  private var stretches: [[Int]]
  private var cursors: [Cursor] = []

  private struct Cursor {
    let piece: Int
    /// nil when they stand by their times.
    let rows: [UInt16]?
    let count: Int
    var done = 0
  }

  /// - Parameter mayHold: whether a piece is to be looked at at all.
  init(_ log: UsageLog, _ order: Order, where mayHold: (UsagePiece) -> Bool = { _ in true }) {
    self.pieces = log.pieces
    self.order = order
    var stretches: [[Int]] = []
    var latest = Int64.min
    let pieces = log.pieces
    let wanted = pieces.indices.filter { !pieces[$0].rows.isEmpty && mayHold(pieces[$0]) }
    for index in wanted.sorted(by: { (pieces[$0].earliest, $0) < (pieces[$1].earliest, $1) }) {
      if stretches.isEmpty || pieces[index].earliest > latest {
        stretches.append([index])
      } else {
        stretches[stretches.count - 1].append(index)
      }
      latest = max(latest, pieces[index].latest)
    }
    self.stretches = order == .newestFirst ? stretches : stretches.reversed()
  }

  /// Leaves out as many of the next usages as it can without looking at each.
  /// - Returns: how many, at most the given number.
  mutating func skip(atMost count: Int) -> Int {
    var skipped = 0
    while cursors.isEmpty, let stretch = stretches.last {
      let size = stretch.reduce(0) { $0 + pieces[$1].rows.count }
      guard size <= count - skipped else { break }
      stretches.removeLast()
      skipped += size
    }
    return skipped
  }

  /// The piece's index and the row within it.
  mutating func next() -> (piece: Int, row: Int)? {
    if cursors.isEmpty {
      guard let stretch = stretches.popLast() else { return nil }
      cursors = stretch.map { index in
        Cursor(piece: index, rows: pieces[index].rowsByTime, count: pieces[index].rows.count)
      }
    }
    var best = 0
    for index in cursors.indices.dropFirst() where isBefore(cursors[index], cursors[best]) { best = index }
    let found = (cursors[best].piece, row(of: cursors[best]))
    cursors[best].done += 1
    if cursors[best].done == cursors[best].count { cursors.remove(at: best) }
    return found
  }

  private func row(of cursor: Cursor) -> Int {
    let place = order == .newestFirst ? cursor.count - 1 - cursor.done : cursor.done
    return cursor.rows.map { Int($0[place]) } ?? place
  }

  private func isBefore(_ first: Cursor, _ second: Cursor) -> Bool {
    let (one, other) = (
      (pieces[first.piece].times[row(of: first)], first.piece),
      (pieces[second.piece].times[row(of: second)], second.piece)
    )
    return order == .newestFirst ? one > other : one < other
  }
}
