import DaemonKit
import Foundation
import RC522
import Testing

@testable import coffeed

/// Databases that do not agree with themselves, or with what was taken before.
@Suite struct ImportDifferenceTests {
  private static let ada = UID("04a1b2c3")!.legacyIdentifier
  private static let bob = UID("aabbccdd")!.legacyIdentifier

  /// Ada has 14 coffees on a paid invoice, Bob 3 on none.
  private func office(price: String? = "0.5") throws -> OldDatabase {
    let database = try OldDatabase()
    try database.user(Self.ada, "Ada")
    try database.user(Self.bob, "Bob")
    for day in 10...23 { try database.coffee(Self.ada, "2024-02-\(day) 07:30:00") }
    for day in 10...12 { try database.coffee(Self.bob, "2024-03-\(day) 07:30:00") }
    try database.invoice(
      Self.ada, Array(1...14), until: "2024-03-01 10:00:00", paid: 1, created: "2024-03-01 09:00:00")
    if let price { try database.setting("price_per_coffee", price) }
    return database
  }

  private func plan(
    _ database: OldDatabase, into desk: Desk, _ options: ImportOptions = ImportOptions()
  ) throws -> BooksPlan<ImportReport> {
    let books = try PredecessorDatabase.read(path: database.path, timeZone: .gmt)
    return ImportPlan.make(of: books, into: desk.state, desk.people, options, at: desk.time)
  }

  @discardableResult
  private func take(
    _ database: OldDatabase, into desk: inout Desk, _ options: ImportOptions = ImportOptions()
  ) throws -> ImportReport {
    let plan = try plan(database, into: desk, options)
    desk.take(plan)
    #expect(plan.outcome.isSound, "\(plan.outcome.lines)")
    #expect(desk.replayed == desk.state)
    #expect(try coded(desk.state) == desk.state)
    return plan.outcome
  }

  private func expectNothingIsStored(
    of database: OldDatabase, in desk: Desk, saying words: String, _ options: ImportOptions = ImportOptions(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let plan = try plan(database, into: desk, options)
    let report = plan.outcome
    #expect(plan.entries.isEmpty && plan.persons.isEmpty, sourceLocation: sourceLocation)
    #expect(
      !report.isStored && report.lines.joined(separator: "\n").contains(words), "\(report.lines)",
      sourceLocation: sourceLocation)
    #expect(
      report.lines.last?.contains("othing was stored") == true, "\(report.lines)",
      sourceLocation: sourceLocation)
  }

  @Test func nothingIsStoredThatDoesNotAddUp() throws {
    let database = try office()
    var books = try PredecessorDatabase.read(path: database.path, timeZone: .gmt)
    books.counts.usages[Self.ada, default: 0] += 1
    let desk = Desk()
    let plan = ImportPlan.make(of: books, into: desk.state, desk.people, at: desk.time)
    #expect(!plan.outcome.agrees && !plan.outcome.isStored)
    #expect(plan.entries.isEmpty && plan.persons.isEmpty)
    #expect(plan.outcome.lines.last?.hasPrefix("The sums do not agree: nothing was stored.") == true)
  }

  @Test func anInvoiceWithoutItsCoffeesIsADifference() throws {
    let database = try office()
    try database.run("DELETE FROM invoice_items WHERE usage_id > 4")
    try expectNothingIsStored(
      of: database, in: Desk(), saying: "invoices 1 (1): it says that it has more or fewer")
  }

  /// As an older version did it: the coffees of a paid invoice were left open.
  @Test func coffeesThatAreMissingOnAKnownInvoiceArePutOnIt() throws {
    let database = try office()
    try database.run("CREATE TABLE aside AS SELECT * FROM invoice_items")
    try database.run("DELETE FROM invoice_items")
    var desk = Desk()
    try take(database, into: &desk, ImportOptions(acceptsDifferences: true))
    #expect(desk.reading.user(.ada)?.uninvoiced == 14 && desk.reading.invoice(1)?.items == 0)
    try database.run("INSERT INTO invoice_items SELECT * FROM aside")
    let report = try take(database, into: &desk)
    #expect(report.invoiceItems == .init(found: 14, taken: 14) && report.changed.list.map(\.rows) == [["1"]])
    #expect(desk.reading.user(.ada)?.uninvoiced == 0)
    #expect(desk.reading.invoice(1)?.items == 14 && desk.reading.invoice(1)?.total == 700)
    #expect(desk.reading.items(ofInvoice: 1).map(\.usage) == Array(1...14))
    let entries = desk.entries.count
    #expect(try take(database, into: &desk).invoiceItems == .init(found: 14, known: 14))
    #expect(desk.entries.count == entries)
  }

  @Test func whatIsOnAnInvoiceHereIsNamedAtEveryImport() throws {
    let database = try office()
    var desk = Desk()
    try database.run("CREATE TABLE aside AS SELECT * FROM invoice_items")
    try database.run("DELETE FROM invoice_items WHERE usage_id = 14")
    try database.run("UPDATE invoices SET total_items = 13")
    try take(database, into: &desk)
    try desk.carryOut(.createInvoice(Token(Self.ada)!, until: nil))
    try database.run("UPDATE invoices SET total_items = 14")
    try database.run("INSERT INTO invoice_items SELECT * FROM aside WHERE usage_id = 14")
    for _ in 0..<2 {
      let report = try take(database, into: &desk)
      #expect(report.invoiceItems == .init(found: 14, known: 13, refused: 1) && !report.isComplete)
      #expect(report.refused.list.contains { $0.problem == "its usage stands on invoice 2 here" })
    }
    #expect(desk.reading.items(ofInvoice: 2).map(\.usage) == [14])
  }

  /// The database was restored from a backup, and the machine went on with it.
  @Test(arguments: [false, true])
  func numbersThatWereGivenASecondTimeAreNoticed(acceptsDifferences: Bool) throws {
    let database = try office()
    var desk = Desk()
    for day in 10...19 { try database.coffee(Self.bob, "2024-04-\(day) 07:30:00") }
    try take(database, into: &desk)
    try database.run("DELETE FROM usage_log WHERE id > 17")
    try database.run("UPDATE sqlite_sequence SET seq = 17 WHERE name = 'usage_log'")
    for day in 10...19 { try database.coffee(Self.ada, "2024-05-\(day) 07:30:00") }
    guard acceptsDifferences else {
      try expectNothingIsStored(
        of: database, in: desk,
        saying: "usage_log 18, 19, 20, 21, 22, 23, 24, 25, 26, 27 (10): its number was")
      try expectNothingIsStored(of: database, in: desk, saying: "--accept-differences")
      return
    }
    let report = try take(database, into: &desk, ImportOptions(acceptsDifferences: true))
    #expect(report.usages == .init(found: 27, taken: 10, known: 17))
    #expect(desk.reading.user(Token(Self.ada)!)?.usages == 24, "those of before the restoring stay")
    #expect(desk.reading.user(Token(Self.bob)!)?.usages == 13)
    // From now on these are the ones that are known.
    let entries = desk.entries.count
    let again = try take(database, into: &desk)
    #expect(again.usages == .init(found: 27, known: 27) && again.differences.list.isEmpty)
    #expect(desk.entries.count == entries)
    #expect(again.kept.list.isEmpty)
  }

  @Test func anInvoicesNumberThatWasGivenASecondTimeIsNoticed() throws {
    let database = try office()
    var desk = Desk()
    try take(database, into: &desk)
    try database.run("DELETE FROM invoice_items")
    try database.run("DELETE FROM invoices")
    try database.run("DELETE FROM sqlite_sequence WHERE name = 'invoices'")
    try database.invoice(
      Self.bob, [15, 16, 17], until: "2024-06-01 10:00:00", created: "2024-06-01 09:00:00")
    try expectNothingIsStored(
      of: database, in: desk, saying: "invoices 1 (1): its number was another invoice's")
    let report = try take(database, into: &desk, ImportOptions(acceptsDifferences: true))
    #expect(report.invoices == .init(found: 1, taken: 1))
    #expect(desk.reading.items(ofInvoice: 2).map(\.usage) == [15, 16, 17])
    #expect(desk.reading.items(ofInvoice: 1).count == 14 && desk.reading.invoice(1)?.paid == true)
    #expect(try take(database, into: &desk).invoices == .init(found: 1, known: 1))
  }

  @Test func rowsThatAreGoneAreNamed() throws {
    let database = try office()
    var desk = Desk()
    try take(database, into: &desk)
    try database.run("DELETE FROM usage_log WHERE id > 15")
    let report = try take(database, into: &desk)
    #expect(report.kept.list.map(\.rows) == [["2 rows"]] && desk.reading.usages().total == 17)
  }

  /// Two copies that differ in the first user, by which a database is known.
  @Test func aCopyOfADatabaseIsNoticed() throws {
    let database = try office()
    var desk = Desk()
    try take(database, into: &desk)
    try database.run("UPDATE users SET created_at = '2023-01-01 08:00:00' WHERE token_id = ?", [Self.ada])
    try database.coffee(Self.ada, "2024-05-10 07:30:00")
    try expectNothingIsStored(of: database, in: desk, saying: "from another copy of the database")
    // Not even when asked to: everything would be charged a second time.
    try expectNothingIsStored(
      of: database, in: desk, saying: "17 of 18 coffees are in the books already",
      ImportOptions(acceptsDifferences: true))
    // Another office's machine has nothing in common with it.
    let other = try OldDatabase()
    try other.user("11223344", "Dan")
    try other.coffee("11223344", "2024-02-10 07:30:00")
    #expect(try take(other, into: &desk).usages == .init(found: 1, taken: 1))
  }

  @Test func aDryRunStoresNothing() throws {
    let database = try office()
    let options = ImportOptions(isDryRun: true)
    try expectNothingIsStored(of: database, in: Desk(), saying: "All sums agree.", options)
    let report = try plan(database, into: Desk(), options).outcome
    #expect(report.isSound && report.usages.taken == 17)
  }

  // MARK: What the report says

  @Test func whatWasLeftOutIsSaidInTheLastLine() throws {
    let database = try office()
    try database.run("UPDATE usage_log SET timestamp = 'then' WHERE id BETWEEN 11 AND 14")
    try database.coffee("ffffffff", "2024-02-01 07:30:00")
    var desk = Desk()
    let report = try take(database, into: &desk)
    #expect(report.agrees && !report.isComplete)
    #expect(
      report.lines.last?.contains(
        "NOT EVERYTHING WAS TAKEN: 5 of 18 coffees, 4 of 14 invoice items were not.") == true,
      "\(report.lines)")
  }

  @Test func oldAndNewNumbersAndWhatIsLongOpenAreNamed() throws {
    let database = try office()
    for id in [20, 21, 22, 30] {
      try database.run(
        """
        INSERT INTO invoices (id, token_id, period_start, period_end, created_at)
        VALUES (?, ?, '2024-03-01', '2024-03-02', '2024-03-02 08:00:00')
        """, [id, Self.bob])
    }
    try database.coffee(Self.bob, "2026-10-01 07:30:00")
    var desk = Desk()
    let report = try take(database, into: &desk)
    #expect(
      report.invoiceNumbers == [
        .init(there: 1, here: 1, count: 1), .init(there: 20, here: 2, count: 3),
        .init(there: 30, here: 5, count: 1),
      ])
    #expect(report.lines.contains("  20 to 22 are 2 to 4") && report.lines.contains("  30 is 5"))
    #expect(report.lines.contains("  Bob (\(Self.bob)): 3 coffees since 2024-03-10"), "\(report.lines)")
    #expect(report.openForLong.map(\.count) == [3])
  }

  @Test func invoicesWithoutAPriceAreNotMade() throws {
    let database = try office(price: nil)
    try expectNothingIsStored(of: database, in: Desk(), saying: "--price 0.50")
    var desk = Desk()
    let report = try take(database, into: &desk, ImportOptions(price: 80))
    #expect(report.lines.contains("The invoices have the price 0.80 CHF a coffee."))
    #expect(desk.reading.invoice(1)?.total == 1120 && desk.reading.settings.pricePerCoffee == 80)
    var free = Desk()
    try take(database, into: &free, ImportOptions(price: 0))
    #expect(free.reading.invoice(1)?.total == 0)
    // Where there is a price, none need be said.
    var priced = Desk()
    try priced.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 70)))
    try take(database, into: &priced)
    #expect(priced.reading.invoice(1)?.total == 980)
  }

  @Test func whatADrinkIsCalledIsKept() throws {
    let database = try office()
    for type in ["espresso", "Lungo ☕", "DOUBLE", "", "espresso"] {
      try database.coffee(Self.ada, "2024-05-10 07:30:00", type: type)
    }
    var desk = Desk()
    let report = try take(database, into: &desk)
    #expect(report.notes.list.isEmpty)
    let rows = desk.reading.usages(UsageFilter(from: WallTime("2024-05-01T00:00:00Z"))).rows
    #expect(rows.map(\.drinkName) == ["espresso", "unknown", "double", "Lungo ☕", "espresso"])
    try desk.carryOut(.createInvoice(Token(Self.ada)!, until: nil))
    #expect(desk.reading.items(ofInvoice: 2).map(\.drinkName).first == "espresso")
    let csv = String(decoding: Array(desk.reading.export(.usages, as: .csv).joined()), as: UTF8.self)
    #expect(csv.contains(",Lungo ☕,"))
    // A second database brings its own.
    let other = try OldDatabase()
    try other.user("11223344", "Dan")
    try other.coffee("11223344", "2024-02-10 07:30:00", type: "ristretto")
    try take(other, into: &desk)
    #expect(desk.reading.usages(UsageFilter(name: "Dan")).rows.map(\.drinkName) == ["ristretto"])
  }
}
