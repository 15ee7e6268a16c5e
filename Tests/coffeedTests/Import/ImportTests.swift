import DaemonKit
import Foundation
import JSONState
import JSONStateTesting
import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct ImportTests {
  private static let zurich = TimeZone(identifier: "Europe/Zurich")!
  /// Cards as the predecessor knows them: with their check bytes.
  private static let ada = UID("04a1b2c3")!.legacyIdentifier
  private static let bob = UID("aabbccdd")!.legacyIdentifier

  /// Ada has three coffees of which two are on a paid invoice, Bob two on an unpaid one of a batch.
  private func office(hasBatches: Bool = true) throws -> OldDatabase {
    let database = try OldDatabase(hasBatches: hasBatches)
    try database.user(Self.ada, "Ada")
    try database.user(Self.bob, "Bob", created: "2024-01-02 08:00:00.5")
    try database.coffee(Self.ada, "2024-02-01 07:30:00")
    try database.coffee(Self.bob, "2024-02-01 08:30:00", type: "double")
    try database.coffee(Self.ada, "2024-02-02 07:30:00")
    try database.coffee(Self.bob, "2024-02-03T07:30:00Z")
    try database.coffee(Self.ada, "2024-07-01 07:30:00")
    if hasBatches {
      try database.run(
        "INSERT INTO batch_invoices (batch_date, period_start, period_end, created_at) VALUES ('', '', '', '')"
      )
      try database.run(
        """
        INSERT INTO batch_invoices (batch_date, period_start, period_end, created_at)
        VALUES ('2024-03-01', '2024-02-01', '2024-03-01 10:00:00', '2024-03-01 09:00:00')
        """)
    }
    // Ends are local time: 10:00 in Zurich is 09:00 in UTC.
    try database.invoice(
      Self.ada, [1, 3], until: "2024-03-01 10:00:00", paid: 1, created: "2024-03-01 09:00:00")
    try database.invoice(
      Self.bob, [2, 4], until: "2024-08-01 10:00:00", created: "2024-08-01 08:00:00",
      batch: hasBatches ? 2 : nil)
    try database.setting("price_per_coffee", "1.5")
    try database.setting("invoice_subject", "Coffee {period_start}")
    try database.setting("master_token_id", "deadbeef")
    try database.setting("scan_mode", "1")
    return database
  }

  private func read(_ database: OldDatabase, in zone: TimeZone = zurich) throws -> PredecessorBooks {
    try PredecessorDatabase.read(path: database.path, timeZone: zone)
  }

  @discardableResult
  private func take(
    _ database: OldDatabase, into desk: inout Desk, _ options: ImportOptions = ImportOptions()
  ) throws -> ImportReport {
    let plan = ImportPlan.make(of: try read(database), into: desk.state, desk.people, options, at: desk.time)
    desk.take(plan)
    return plan.outcome
  }

  @Test func everythingIsTakenAndAddsUp() throws {
    var desk = Desk()
    let report = try take(office(), into: &desk)
    #expect(report.agrees && report.notes.list.isEmpty, "\(report.lines)")
    #expect(report.users == .init(found: 2, taken: 2))
    #expect(report.usages == .init(found: 5, taken: 5))
    #expect(report.invoices == .init(found: 2, taken: 2))
    #expect(report.invoiceItems == .init(found: 4, taken: 4))
    // The predecessor stored empty batches.
    #expect(report.batches == .init(found: 2, taken: 1, refused: 1))
    #expect(report.usagesByUser.map(\.found) == [3, 2] && report.usagesByUser.allSatisfy(\.agrees))

    let books = desk.reading
    let ada = try #require(books.user(.ada))
    #expect(ada.token.text == Self.ada && ada.person.emailAddress == "ada@example.org")
    #expect(ada.created == WallTime("2024-01-01T08:00:00Z") && ada.usages == 3 && ada.uninvoiced == 1)
    #expect(ada.active && !ada.barred)
    let usages: [UsageView] = books.usages().rows.reversed()
    #expect(usages.map(\.userName) == ["ada", "bob", "ada", "bob", "ada"])
    #expect(usages[3].time == WallTime("2024-02-03T07:30:00Z") && usages[1].drink == .double)
    #expect(usages.map(\.invoice) == [1, 2, 1, 2, nil])
    let invoice = try #require(books.invoice(1))
    #expect(invoice.paid && invoice.until == WallTime("2024-03-01T09:00:00Z"))
    #expect(invoice.from == WallTime("2024-01-01T07:00:00Z") && invoice.items == 2)
    #expect(invoice.created == WallTime("2024-03-01T09:00:00Z") && invoice.batch == nil)
    // In summer two hours.
    #expect(books.invoice(2)?.until == WallTime("2024-08-01T08:00:00Z") && books.invoice(2)?.batch == 1)
    #expect(books.items(ofInvoice: 2).map(\.usage) == [2, 4])
    #expect(books.batches().map(\.items) == [2])
    // It kept no prices: today's, and the report says so.
    #expect(invoice.price == 150 && invoice.total == 300)
    #expect(report.lines.contains { $0.hasSuffix("price of today, 1.50 CHF a coffee.") })
    #expect(books.settings.pricePerCoffee == 150 && books.settings.masterToken == .stranger)
    #expect(books.settings.invoiceSubject == "Coffee {period_start}" && !books.settings.isScanMode)
    #expect(report.settingsTaken == ["price", "invoice subject", "master token"])
    #expect(report.settings == .init(found: 4, taken: 3, refused: 1))
    #expect(report.paidInvoices == .init(found: 1, taken: 1))
    // The card is served, and the next invoice has what is left over.
    desk.brew(.ada)
    try desk.carryOut(.createInvoice(.ada, until: nil))
    #expect(desk.reading.items(ofInvoice: 3).map(\.usage) == [5, 6])
    #expect(desk.reading.invoice(3)?.from == WallTime("2024-03-01T09:00:00Z"))
    #expect(desk.replayed == desk.state)
    #expect(try coded(desk.state) == desk.state)
  }

  @Test func aSecondTimeTakesOnlyWhatIsNew() throws {
    let database = try office()
    var desk = Desk()
    try take(database, into: &desk)
    let entries = desk.entries.count
    let again = try take(database, into: &desk)
    #expect(desk.entries.count == entries && again.agrees)
    #expect(again.usages == .init(found: 5, known: 5) && again.users == .init(found: 2, known: 2))
    #expect(
      again.invoices.known == 2 && again.invoiceItems.known == 4
        && again.settings == .init(found: 4, known: 3, refused: 1))

    // Both go on for a while.
    try desk.carryOut(.changeUser(.ada, UserChange(name: "Ada L.", barred: true)))
    try desk.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 200)))
    try desk.carryOut(.setInvoicePaid(2, true))
    desk.brew(Token("aabbccdd")!)
    try database.run("UPDATE users SET name = 'Adele' WHERE token_id = ?", [Self.ada])
    try database.user("11223344", "Dan")
    try database.coffee(Self.ada, "2025-01-01 08:00:00")
    try database.coffee("11223344", "2025-01-01 08:01:00")
    try database.invoice(
      Self.ada, [5, 6], until: "2025-02-01 10:00:00", paid: 1, created: "2025-02-01 09:00:00")
    let third = try take(database, into: &desk)
    #expect(third.agrees, "\(third.lines)")
    #expect(third.users == .init(found: 3, taken: 1, known: 2))
    #expect(third.usages == .init(found: 7, taken: 2, known: 5))
    #expect(third.invoices == .init(found: 3, taken: 1, known: 2))
    #expect(third.settings == .init(found: 4, known: 2, refused: 2) && third.invoicePrice == 150)
    #expect(third.kept.list.map(\.rows) == [[Self.ada]])
    let books = desk.reading
    #expect(books.user(.ada)?.person.name == "Ada L." && books.user(.ada)?.barred == true)
    #expect(books.settings.pricePerCoffee == 200 && books.invoice(2)?.paid == true)
    // Coffee 6 was made here; the new ones there became 7 and 8.
    #expect(books.items(ofInvoice: 3).map(\.usage) == [5, 7])
    #expect(books.usages(UsageFilter(token: "11223344")).rows.map(\.number) == [8])
    #expect(desk.replayed == desk.state)
    #expect(try coded(desk.state) == desk.state)
  }

  @Test func whatStandsOnAnInvoiceHereIsNotPutOnAnother() throws {
    let database = try office()
    var desk = Desk()
    try take(database, into: &desk)
    try desk.carryOut(.createInvoice(.ada, until: nil))
    try database.invoice(Self.ada, [5], until: "2025-02-01 10:00:00", created: "2025-02-01 09:00:00")
    let report = try take(database, into: &desk)
    #expect(report.agrees && report.invoiceItems == .init(found: 5, known: 4, refused: 1))
    #expect(report.refused.list.contains { $0.problem.contains("on invoice 3 here") && $0.rows == ["5"] })
    #expect(desk.reading.invoice(4)?.items == 0 && desk.reading.items(ofInvoice: 3).map(\.usage) == [5])
  }

  @Test func anOlderVersionWithoutBatchesIsTakenToo() throws {
    var desk = Desk()
    let report = try take(office(hasBatches: false), into: &desk)
    #expect(report.agrees && report.invoices.taken == 2 && report.batches == .init())
  }

  @Test func oddValuesAreTakenOrNamed() throws {
    let database = try OldDatabase()
    let tokens = ["04:A1:B2:C3", "a1 b2-c3d4", "banana", "", "123", "<b>aabbccdd</b>"]
    for token in tokens { try database.user(token, "User") }
    try database.user("aabbccdd", "Bob\u{1}\nX" + String(repeating: "y", count: 300))
    // The same card, once as printed on it and once as scanned.
    try database.run(
      "INSERT INTO users (token_id, user_name, name, barred, active) VALUES ('10203040', 'pending_10203040', 'Pending', 1, 0)"
    )
    try database.user(UID("10203040")!.legacyIdentifier, "Eve")
    try database.run("UPDATE users SET active = 'banana', barred = 'x' WHERE token_id = 'a1 b2-c3d4'")
    try database.run(
      "UPDATE users SET active = '1', barred = 0.0, created_at = 'then' WHERE token_id = '04:A1:B2:C3'")
    let times = [
      "2024-02-01 07:30", "2024-02-01T07:30:00.123456", "2024-02-01 08:30:00+01:00", "2024-02-01",
      " 2024-02-01 07:30:00 ", "garbage", "", "2024-02-30 07:30:00", "1234567890", "2024-02-01 25:00:00",
    ]
    for time in times { try database.coffee("04:A1:B2:C3", time, type: "espresso") }
    try database.coffee("ffffffff", "2024-02-01 07:30:00")
    try database.coffee("banana", "2024-02-01 07:30:00")
    try database.coffee("10203040", "2024-02-01 07:30:00")
    try database.coffee(UID("10203040")!.legacyIdentifier, "2024-02-01 07:30:00")
    // Of nobody, over nothing, garbage, another's, twice the same, and what was not taken.
    try database.invoice("ffffffff", [11], until: "2024-03-01 10:00:00", created: "2024-03-01 09:00:00")
    try database.invoice("04:A1:B2:C3", [], until: "garbage", paid: 7, created: "2024-03-01 09:00:00")
    try database.invoice("04:A1:B2:C3", [1, 6, 13, 99], until: "9999", created: "never")
    try database.run("UPDATE invoices SET paid = 'banana' WHERE id = 3")
    try database.run("INSERT INTO invoice_items (invoice_id, usage_id, timestamp) VALUES ('x', 2, '')")
    try database.run("INSERT INTO invoice_items (invoice_id, usage_id, timestamp) VALUES (77, 3, '')")
    try database.setting("price_per_coffee", "nan")
    try database.setting("invoice_subject", String(repeating: "x", count: 500))
    try database.setting("master_token_id", "hello")
    try database.setting("retention_years", "5000")

    var desk = Desk()
    let report = try take(database, into: &desk, ImportOptions(price: 0))
    #expect(report.agrees, "\(report.lines)")
    #expect(report.users == .init(found: 9, taken: 4, known: 1, refused: 4))
    #expect(Set(report.refused.list.first { $0.table == "users" }?.rows ?? []) == Set(tokens.dropFirst(2)))
    #expect(report.usages == .init(found: 14, taken: 7, refused: 7))
    #expect(report.invoices == .init(found: 3, taken: 2, refused: 1))
    #expect(report.invoiceItems == .init(found: 7, taken: 1, refused: 6))
    #expect(report.refused.count(in: "settings") == 4 && desk.reading.settings.pricePerCoffee == 0)

    let books = desk.reading
    let ada = try #require(books.user(.ada))
    #expect(ada.active && !ada.barred && ada.created == desk.time && ada.usages == 5)
    let odd = try #require(books.user(Token("a1b2c3d4")!))
    #expect(!odd.active && odd.barred)
    let bob = try #require(books.user(Token("aabbccdd")!))
    #expect(bob.person.name.count == 200 && bob.person.name.hasPrefix("Bob  Xyy"))
    // Eve was named under the other form of her card.
    let eve = try #require(books.user(Token("10203040")!))
    #expect(eve.person.name == "Eve" && eve.active && !eve.barred && eve.usages == 2)
    let seconds = books.usages(UsageFilter(token: "04a1")).rows.sorted { $0.number < $1.number }.map(\.time)
    let halfPastSeven = WallTime("2024-02-01T07:30:00Z")!
    #expect(
      seconds == [
        halfPastSeven, WallTime("2024-02-01T07:30:00.123Z")!, halfPastSeven,
        WallTime("2024-02-01T00:00:00Z")!, halfPastSeven,
      ])
    #expect(books.usages().rows.allSatisfy { $0.drink == .unknown })
    #expect(books.usages(UsageFilter(token: "04a1")).rows.allSatisfy { $0.drinkText == "espresso" })
    #expect(books.invoice(1)?.items == 0 && books.invoice(1)?.paid == true)
    #expect(books.invoice(1)?.until == WallTime("2024-03-01T09:00:00Z"))
    #expect(books.invoice(2)?.paid == false && books.items(ofInvoice: 2).map(\.usage) == [1])
    #expect(report.notes.list.contains { $0.problem.contains("same card") })
    // What becomes readable later is taken later.
    try database.run("UPDATE usage_log SET timestamp = '2024-02-05 07:30:00' WHERE id = 6")
    try database.user("ffffffff", "Late")
    let later = try take(database, into: &desk, ImportOptions(price: 0))
    #expect(
      later.agrees && later.usages == .init(found: 14, taken: 2, known: 7, refused: 5), "\(later.lines)")
    #expect(try coded(desk.state) == desk.state)
    #expect(desk.replayed == desk.state)
  }

  /// The predecessor's database has its foreign keys off, and so takes coffees of nobody.
  @Test func aCoffeeOfNobodyIsNotTaken() throws {
    let database = try office()
    try database.coffee("ffffffff", "2024-02-01 07:30:00")
    try database.invoice("ffffffff", [6], until: "2024-03-01 10:00:00", created: "2024-03-01 09:00:00")
    var desk = Desk()
    let report = try take(database, into: &desk)
    #expect(report.agrees && report.usages == .init(found: 6, taken: 5, refused: 1), "\(report.lines)")
    #expect(report.refused.list.contains { $0.table == "usage_log" && $0.rows == ["6"] }, "\(report.refused)")
    #expect(report.invoices.refused == 1 && report.invoiceItems.refused == 1)
    let users = Set(desk.reading.users().map(\.token))
    #expect(desk.reading.usages().rows.allSatisfy { users.contains($0.token) })
  }

  @Test func whoIsNamedThereIsNotPendingHere() throws {
    let database = try office()
    try database.run("UPDATE users SET active = 0, barred = 1 WHERE token_id = ?", [Self.ada])
    try database.run(
      "INSERT INTO users (token_id, user_name, name, barred, active) VALUES (?, ?, 'Pending', 1, 0)",
      ["deadbeef", "pending_deadbeef"])
    var desk = Desk()
    try take(database, into: &desk)
    #expect(desk.reading.users().filter(\.isPending).map(\.token) == [.stranger])
    try desk.carryOut(.setScanMode(true))
    #expect(desk.show(.ada) == .refused(.barred))
    #expect(desk.show(.stranger) == .enrolled)
    #expect(desk.replayed == desk.state)
  }

  @Test func cardsThatAreCutShortAreNamed() throws {
    let card = try #require(UID("04112233445566"))
    let other = try #require(UID("041122aabbccdd"))
    let database = try OldDatabase()
    try database.user(card.legacyIdentifier, "Ada")
    try database.coffee(card.legacyIdentifier, "2024-02-01 07:30:00")
    try database.user(UID("08112233")!.legacyIdentifier, "Phone")
    var fresh = Desk()
    let first = try take(database, into: &fresh)
    #expect(first.collisions == [.init(token: Token(card.legacyIdentifier)!, cards: [])])
    #expect(first.notes.list.contains { $0.problem.contains("phone") })
    #expect(fresh.show(Token(card)) == .granted(usage: 2, userName: "ada"))

    // One card that it may be is taken for it, and named; of two neither.
    var one = Desk()
    one.add(Token(card), "Ada")
    let second = try take(database, into: &one)
    #expect(second.collisions.first?.cards == [Token(card)] && second.users.known == 1)
    #expect(one.reading.user(Token(card))?.usages == 1)
    var two = Desk()
    two.add(Token(card), "Ada")
    two.add(Token(other), "Bob")
    let third = try take(database, into: &two)
    #expect(third.collisions.first?.cards == [Token(card), Token(other)] && third.agrees)
    #expect(two.reading.user(Token(card))?.usages == 0 && two.reading.users().count == 4)
  }

  @Test func whatIsNoDatabaseIsNamed() throws {
    let directory = FileManager.default.temporaryDirectory.path
    let text = directory + "/import-\(UUID()).txt"
    try Data("hello, this is no database at all".utf8).write(to: URL(filePath: text))
    defer { try? FileManager.default.removeItem(atPath: text) }
    for path in [directory + "/is-not-there.db", text, directory] {
      let error = #expect(throws: ImportError.self) {
        try PredecessorDatabase.read(path: path, timeZone: .gmt)
      }
      #expect(error?.description.hasPrefix(path) == true)
    }
    #expect(!FileManager.default.fileExists(atPath: directory + "/is-not-there.db"))
    let other = try OldDatabase()
    try other.run("ALTER TABLE usage_log RENAME TO something")
    let error = #expect(throws: ImportError.self) { try read(other) }
    #expect(error?.problem.contains("usage_log") == true)
  }

  @Test func aLargeOneIsAFewEntriesOfTheStore() async throws {
    let database = try office()
    try database.coffees(20_000, of: [Self.ada, Self.bob])
    let disk = SimulatedDisk()
    let books = try await StoredBooks.open(directory: "/books", boot: "boot", fileSystem: disk)
    let report = try await books.take(try read(database))
    #expect(report.agrees && report.usages.taken == 20_005)
    #expect(books.reading.user(.ada)?.person.name == "Ada" && books.reading.usages().total == 20_005)
    #expect(books.store.lastNumber < 12)
    #expect(try books.store.verify().isSound)
    let again = try await books.take(try read(database))
    #expect(again.usages.known == 20_005 && again.usages.taken == 0)
    // Names are in one file only.
    let journal = String(decoding: disk["/books/journal.jsonl"] ?? [], as: UTF8.self)
    #expect(!journal.contains("Ada") && journal.contains("usagesImported"))
  }

  @Test func anImportThatFailsHalfwayIsNone() async throws {
    let database = try office()
    let old = try read(database)
    for call in 0... {
      let disk = SimulatedDisk()
      let clock = ManualClock()
      let books = try await StoredBooks.open(
        directory: "/books", boot: "boot", fileSystem: disk, clock: clock)
      disk.fail(call: disk.calls.count + 1 + call, with: EIO)
      let isSound: Bool
      do {
        #expect(try await books.take(old).agrees)
        isSound = true
      } catch {
        isSound = false
        disk.heal()
        clock.sleep(for: .seconds(3))
        #expect(try await books.take(old).agrees, "call \(call)")
      }
      #expect(books.reading.users().map(\.person.name) == ["Bob", "Ada"], "call \(call)")
      #expect(books.reading.usages().total == 5 && books.reading.invoices().count == 2, "call \(call)")
      if isSound && call > 12 { return }
    }
  }
}

@Suite struct PredecessorTimeTests {
  @Test(arguments: [
    ("2024-01-15 10:00:00", "2024-01-15T09:00:00Z"), ("2024-07-15 10:00:00", "2024-07-15T08:00:00Z"),
    // The day on which summer time begins, and the hour that comes twice when it ends.
    ("2024-03-31 10:00:00", "2024-03-31T08:00:00Z"), ("2024-03-31 01:30:00", "2024-03-31T00:30:00Z"),
    ("2024-10-27 02:30:00", "2024-10-27T00:30:00Z"), ("2024-10-27 03:30:00", "2024-10-27T02:30:00Z"),
    ("2024-01-15 10:00:00Z", "2024-01-15T10:00:00Z"), ("2024-01-15T10:00:00-0530", "2024-01-15T15:30:00Z"),
    ("2024-01-15 10:00:00.5", "2024-01-15T09:00:00.500Z"),
  ])
  func localTimesAreOfTheZone(text: String, time: String) {
    #expect(PredecessorTime.read(text, zone: TimeZone(identifier: "Europe/Zurich")!) == WallTime(time))
  }

  @Test(arguments: [
    "", "now", "2024", "2024-1-1", "2024-13-01", "2024-00-10", "2024-01-15 10", "2024-01-15 10:60",
    "2024-01-15 10:00:00.", "2024-01-15 10:00:00 UTC", "2024-01-15 10:00:00+1", "1969-12-31", "3000-01-01",
    "2023-02-29", "2024-01-15 10:00:00.1234567890",
  ])
  func othersAreNone(text: String) { #expect(PredecessorTime.read(text, zone: .gmt) == nil) }
}
