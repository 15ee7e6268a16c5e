import DaemonKit
import DaemonTesting
import Foundation
import RC522
import Testing

@testable import coffeed

/// Lists go by time, whatever the order in which things came into the books.
@Suite(.ownThreads) struct OrderOfTimeTests {
  private static let ada = UID("04a1b2c3")!.legacyIdentifier

  /// Both ran side by side: Ada had coffees here from 08:00 on, and there half an hour later each.
  private func desk() throws -> Desk {
    var desk = Desk()
    desk.add(.ada, "Ada")
    try desk.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 50)))
    for _ in 0..<3 {
      _ = desk.show(.ada)
      desk.wait(3600)
    }
    try desk.carryOut(.createInvoice(.ada, until: nil))
    let database = try OldDatabase()
    try database.user(Self.ada, "Ada")
    for time in ["08:30:00", "09:30:00", "07:00:00"] { try database.coffee(Self.ada, "2026-11-02 " + time) }
    try database.invoice(
      Self.ada, [3], until: "2026-11-02 07:10:00", paid: 1, created: "2026-11-02 07:10:00")
    let books = try PredecessorDatabase.read(path: database.path, timeZone: .gmt)
    let plan = ImportPlan.make(of: books, into: desk.state, desk.people, at: desk.time)
    desk.take(plan)
    #expect(plan.outcome.isStored)
    return desk
  }

  @Test func coffeesAndInvoicesAreListedByTime() throws {
    let desk = try desk()
    let books = desk.reading
    #expect(books.usages().rows.map(\.number) == [3, 5, 2, 4, 1, 6])
    #expect(books.usages(page: 2, pageSize: 2).rows.map(\.number) == [2, 4])
    #expect(
      books.usages(UsageFilter(until: WallTime("2026-11-02T09:30:00Z"))).rows.map(\.number) == [2, 4, 1, 6])
    #expect(books.invoices().map(\.number) == [1, 2])
    #expect(books.user(.ada)?.lastSeen == WallTime("2026-11-02T10:00:00Z"))
    func numbers(_ text: String) -> [Int] {
      text.split(separator: "\r\n").dropFirst().compactMap { Int($0.prefix { $0 != "," }) }
    }
    let csv = String(decoding: Array(books.export(.usages, as: .csv).joined()), as: UTF8.self)
    #expect(
      numbers(csv) == [6, 1, 4, 2, 5, 3]
        && numbers(books.export(.usages, as: .csv).part(0).text) == numbers(csv))
  }

  @Test func aPeriodHoldsAllThatIsOnTheInvoice() throws {
    var desk = try desk()
    try desk.carryOut(.createInvoice(.ada, until: nil))
    let invoice = try #require(desk.reading.invoice(3))
    let items = desk.reading.items(ofInvoice: 3)
    #expect(items.map(\.usage) == [4, 5] && items.map(\.time) == items.map(\.time).sorted())
    #expect(invoice.from == WallTime("2026-11-02T08:30:00Z"))
    #expect(items.allSatisfy { invoice.from <= $0.time && $0.time <= invoice.until })
    // The next one goes on where the latest one has ended.
    desk.wait(60)
    _ = desk.show(.ada)
    try desk.carryOut(.createInvoice(.ada, until: nil))
    #expect(desk.reading.invoice(4)?.from == invoice.until)
  }

  /// Pieces that overlap or not, with times in order or not: the same as sorting everything.
  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func anyOrderOfTimesIsGoneThroughByTime(seed: UInt64) {
    var dice = Dice(seed: seed)
    var log = UsageLog()
    var time: Int64 = 1_700_000_000_000
    for _ in 0..<(UsageLog.pieceSize * 3 + 500) {
      switch seed % 3 {
      case 0: time += 1000
      case 1: time += Int64.random(in: -3000...5000, using: &dice)
      default:
        time = dice.once(in: 9000) ? Int64.random(in: 1...1_700_000_000_000, using: &dice) : time + 1000
      }
      log.append(user: 1, time: WallTime(milliseconds: time / 2000 * 2000), drink: .single)
    }
    if seed > 6 { log.remove(where: { $0.number.isMultiple(of: 3) }) { _ in } }
    var all: [(time: WallTime, number: Int)] = []
    log.forEachFromNewest { usage in
      all.append((usage.time, usage.number))
      return true
    }
    all.sort { ($0.time, $0.number) < ($1.time, $1.number) }
    for order in [UsagesByTime.Order.oldestFirst, .newestFirst] {
      var usages = UsagesByTime(log, order)
      let skipped = usages.skip(atMost: Int.random(in: 0...all.count, using: &dice))
      var found: [Int] = []
      while let (piece, row) = usages.next() {
        found.append(log.pieces[piece].usage(row, first: UsageLog.firstNumber(ofPiece: piece)).number)
      }
      let expected = order == .oldestFirst ? all.map(\.number) : all.reversed().map(\.number)
      #expect(found == Array(expected.dropFirst(skipped)), "\(order), \(skipped) left out")
    }
  }
}
