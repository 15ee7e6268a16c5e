import DaemonKit
import Foundation
import RC522
import Testing

@testable import coffeed

/// The predecessor goes on running after a first import, and both sides are changed before the next one.
@Suite struct RepeatedImportTests {
  private static let ada = UID("04a1b2c3")!.legacyIdentifier
  private static let bob = UID("aabbccdd")!.legacyIdentifier

  /// Ada has a paid invoice, Bob an unpaid one; a third card was scanned and not named.
  private func office() throws -> OldDatabase {
    let database = try OldDatabase()
    try database.user(Self.ada, "Ada")
    try database.user(Self.bob, "Bob")
    try database.run(
      """
      INSERT INTO users (token_id, user_name, name, barred, active)
      VALUES ('deadbeef', 'pending_deadbeef', 'Pending', 1, 0)
      """)
    try database.coffee(Self.ada, "2024-02-01 07:30:00")
    try database.coffee(Self.bob, "2024-02-01 08:30:00")
    try database.invoice(
      Self.ada, [1], until: "2024-03-01 10:00:00", paid: 1, created: "2024-03-01 09:00:00")
    try database.invoice(Self.bob, [2], until: "2024-03-01 10:00:00", created: "2024-03-01 09:00:00")
    try database.setting("price_per_coffee", "1.5")
    try database.setting("master_token_id", "01020304")
    return database
  }

  @discardableResult
  private func take(_ database: OldDatabase, into desk: inout Desk) throws -> ImportReport {
    let books = try PredecessorDatabase.read(path: database.path, timeZone: .gmt)
    let plan = ImportPlan.make(of: books, into: desk.state, desk.people, at: desk.time)
    desk.take(plan)
    #expect(plan.outcome.agrees, "\(plan.outcome.lines)")
    #expect(desk.replayed == desk.state)
    #expect(try coded(desk.state) == desk.state)
    for (_, entry) in desk.entries { #expect(try coded(entry) == entry) }
    return plan.outcome
  }

  /// Nothing more is found the next time.
  private func expectNothing(of database: OldDatabase, in desk: inout Desk) throws {
    let entries = desk.entries.count
    let report = try take(database, into: &desk)
    #expect(desk.entries.count == entries && report.changed.list.isEmpty && report.kept.list.isEmpty)
  }

  private func rows(_ findings: ImportFindings) -> Set<String> {
    Set(
      findings.list.flatMap { finding in finding.rows.map { "\(finding.table) \($0): \(finding.problem)" } })
  }

  @Test func whatWasChangedThereIsTakenOver() throws {
    let database = try office()
    var desk = Desk()
    let first = try take(database, into: &desk)
    #expect(first.settings == .init(found: 2, taken: 2) && first.paidInvoices == .init(found: 1, taken: 1))
    #expect(first.changed.list.isEmpty && first.kept.list.isEmpty)
    try expectNothing(of: database, in: &desk)
    try desk.carryOut(.changeUser(.cyd, UserChange(nickname: "Bean")))

    try database.run("UPDATE users SET barred = 1 WHERE token_id = ?", [Self.ada])
    try database.run("UPDATE users SET email_address = 'new@example.org' WHERE token_id = ?", [Self.bob])
    try database.run(
      "UPDATE users SET user_name = 'eve', name = 'Eve', active = 1, barred = 0 WHERE token_id = 'deadbeef'")
    try database.run("UPDATE invoices SET paid = 1 - paid")
    try database.setting("price_per_coffee", "2")
    try database.setting("master_token_id", "")
    let second = try take(database, into: &desk)
    #expect(
      rows(second.changed) == [
        "users \(Self.ada): now barred", "users \(Self.bob): its names or addresses",
        "users deadbeef: now active", "users deadbeef: its names or addresses",
        "invoices 1: no longer paid", "invoices 2: now paid",
      ])
    #expect(second.kept.list.isEmpty && second.settingsTaken == ["price", "master token"])
    #expect(second.paidInvoices == .init(found: 1, taken: 1) && second.settings == .init(found: 2, taken: 2))
    #expect(second.lines.contains("Changed there, and taken over:"))
    let books = desk.reading
    #expect(desk.show(.ada) == .refused(.barred))
    #expect(desk.show(.stranger) == .granted(usage: 3, userName: "eve"))
    #expect(books.user(.cyd)?.person.emailAddress == "new@example.org")
    #expect(books.user(.cyd)?.person.nickname == "Bean")
    #expect(books.invoice(1)?.paid == false && books.invoice(2)?.paid == true)
    #expect(books.settings.pricePerCoffee == 200 && books.settings.masterToken == nil)
    try expectNothing(of: database, in: &desk)
  }

  @Test func whatWasChangedHereStays() throws {
    let database = try office()
    var desk = Desk()
    try take(database, into: &desk)
    try desk.carryOut(.changeUser(.ada, UserChange(name: "Ada L.", barred: true)))
    try desk.carryOut(.saveUser(.stranger, UserChange(userName: "eve", name: "Eve")))
    try desk.carryOut(.setInvoicePaid(2, true))
    try desk.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 90)))
    let state = desk.state
    let report = try take(database, into: &desk)
    #expect(desk.state == state && report.changed.list.isEmpty && report.kept.list.isEmpty)
    #expect(report.settings == .init(found: 2, known: 1, refused: 1))
    #expect(
      rows(report.refused).contains("settings price_per_coffee: it was changed here, and stays as it is here")
    )
    #expect(report.paidInvoices == .init(found: 1, known: 1))
  }

  @Test func whatWasChangedOnBothSidesStaysAndIsNamedUntilItIsAlike() throws {
    let database = try office()
    var desk = Desk()
    try take(database, into: &desk)
    try desk.carryOut(.changeUser(.ada, UserChange(name: "Ada L.")))
    // Named here, and barred: that somebody is let in there does not let them in here.
    try desk.carryOut(
      .changeUser(.stranger, UserChange(userName: "eve", name: "Eve", barred: true, active: false)))
    try desk.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 90)))
    try database.run("UPDATE users SET name = 'Adele', barred = 1 WHERE token_id = ?", [Self.ada])
    try database.run(
      "UPDATE users SET user_name = 'eva', name = 'Eva', active = 1, barred = 0 WHERE token_id = 'deadbeef'")
    try database.setting("price_per_coffee", "2")
    let named: Set = [
      "users \(Self.ada): its names or addresses are others here",
      "users deadbeef: its names or addresses are others here", "users deadbeef: active there, barred here",
    ]
    for isFirst in [true, false] {
      let report = try take(database, into: &desk)
      #expect(rows(report.kept) == named)
      // Whoever is barred there is barred, whatever else was changed here.
      #expect(rows(report.changed) == (isFirst ? ["users \(Self.ada): now barred"] : []))
      #expect(report.settings == .init(found: 2, known: 1, refused: 1) && report.settingsTaken.isEmpty)
      #expect(report.lines.contains("Changed here too, and left as it is here; to be looked at:"))
    }
    #expect(desk.reading.user(.ada)?.person.name == "Ada L." && desk.show(.ada) == .refused(.barred))
    #expect(desk.show(.stranger) == .refused(.barred) && desk.reading.settings.pricePerCoffee == 90)

    // Alike again, and from then on what is changed there is taken over.
    try desk.carryOut(.changeUser(.ada, UserChange(name: "Adele")))
    try desk.carryOut(.changeUser(.stranger, UserChange(userName: "eva", name: "Eva")))
    try desk.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 200)))
    #expect(try take(database, into: &desk).kept.list.isEmpty)
    try expectNothing(of: database, in: &desk)
    try database.run("UPDATE users SET name = 'Ada Two' WHERE token_id = ?", [Self.ada])
    try database.setting("price_per_coffee", "2.5")
    try take(database, into: &desk)
    #expect(desk.reading.user(.ada)?.person.name == "Ada Two")
    #expect(desk.reading.settings.pricePerCoffee == 250)
  }

  @Test func whoWasKnownHereBeforeStaysAndIsNamed() throws {
    let database = try office()
    var desk = Desk()
    desk.add(.ada, "Augusta")
    try desk.carryOut(
      .addUser(.cyd, UserChange(userName: "bob", name: "Bob", emailAddress: "bob@example.org")))
    // Seen here, and said by nobody who it is.
    try desk.carryOut(.setScanMode(true))
    #expect(desk.show(.stranger) == .enrolled)
    try database.run("UPDATE users SET barred = 1 WHERE token_id = ?", [Self.ada])
    try database.run(
      "UPDATE users SET user_name = 'eve', name = 'Eve', active = 1, barred = 0 WHERE token_id = 'deadbeef'")
    let report = try take(database, into: &desk)
    #expect(report.users == .init(found: 3, known: 3))
    #expect(
      rows(report.kept) == [
        "users \(Self.ada): barred there, active here",
        "users \(Self.ada): its names or addresses are others here",
      ])
    #expect(desk.reading.user(.ada)?.person.name == "Augusta" && desk.reading.user(.ada)?.barred == false)
    #expect(desk.show(.stranger) == .granted(usage: 3, userName: "eve"))
    try database.run("UPDATE users SET barred = 1 WHERE token_id = ?", [Self.bob])
    try take(database, into: &desk)
    #expect(desk.show(.cyd) == .refused(.barred))
  }

  @Test func whoWasErasedHereStaysErased() throws {
    let database = try office()
    var desk = Desk()
    try take(database, into: &desk)
    try desk.carryOut(.eraseUser(.ada))
    let entries = desk.entries.count
    // Nothing is left that would tell whether the name has changed there: it is named until it is gone there too.
    for name in ["Ada", "Adele"] {
      try database.run("UPDATE users SET name = ? WHERE token_id = ?", [name, Self.ada])
      let report = try take(database, into: &desk)
      #expect(rows(report.kept) == ["users \(Self.ada): its user was erased here"])
      #expect(desk.entries.count == entries)
    }
    #expect(desk.people.person(ofUser: 1, revision: 1) == nil)
    for word in ["Ada", "ada@", "Adele"] {
      #expect(try !json(desk.people).contains(word) && !json(desk.state).contains(word), "\(word)")
    }
  }

  @Test func aCardThatIsNamedByItsOtherFormIsNamed() throws {
    let database = try office()
    var desk = Desk()
    try take(database, into: &desk)
    try database.user(UID("deadbeef")!.legacyIdentifier, "Eve")
    let report = try take(database, into: &desk)
    #expect(
      report.users == .init(found: 4, known: 4) && desk.show(.stranger) == .granted(usage: 3, userName: "eve")
    )
    try expectNothing(of: database, in: &desk)
  }

  @Test func everySettingIsAccountedFor() throws {
    let database = try office()
    for (key, value) in [("scan_mode", "1"), ("cleanup_enabled", "1"), ("current_version", "abc")] {
      try database.setting(key, value)
    }
    try database.run("INSERT INTO settings (key, value) VALUES (NULL, 'x')")
    try database.setting("invoice_subject", "")
    try database.setting("retention_years", "")
    var desk = Desk()
    try desk.carryOut(.changeSettings(SettingsChange(currencyDecimals: 0, masterToken: "aabbccdd")))
    let report = try take(database, into: &desk)
    #expect(report.settings == .init(found: 8, known: 1, refused: 7) && report.settingsTaken.isEmpty)
    #expect(
      rows(report.refused) == [
        "settings scan_mode: there is no such setting here",
        "settings cleanup_enabled: there is no such setting here",
        "settings current_version: there is no such setting here",
        "settings : its key or its value is no text",
        "settings retention_years: it is no number of years from 1 to 100",
        "settings price_per_coffee: the currency here has not two decimals",
        "settings master_token_id: it was changed here, and stays as it is here",
      ])
    #expect(report.lines.contains("settings: 8 there, 0 taken, 1 taken before, 7 refused"))
    var books = try PredecessorDatabase.read(path: database.path, timeZone: .gmt)
    books.counts.settings += 1
    #expect(!ImportPlan.make(of: books, into: desk.state, desk.people, at: desk.time).outcome.agrees)
  }

  @Test func paidInvoicesAreComparedWithTheDatabase() throws {
    let database = try office()
    try database.invoice(
      "ffffffff", [], until: "2024-03-01 10:00:00", paid: 1, created: "2024-03-01 09:00:00")
    var desk = Desk()
    #expect(try take(database, into: &desk).paidInvoices == .init(found: 2, taken: 1, refused: 1))
    try desk.carryOut(.setInvoicePaid(1, false))
    try desk.carryOut(.setInvoicePaid(2, true))
    try database.run("UPDATE invoices SET paid = 1")
    let report = try take(database, into: &desk)
    #expect(report.paidInvoices == .init(found: 3, known: 1, refused: 2))
    #expect(rows(report.kept) == ["invoices 1: paid there, set to unpaid here"])
    var books = try PredecessorDatabase.read(path: database.path, timeZone: .gmt)
    books.counts.paidInvoices += 1
    #expect(!ImportPlan.make(of: books, into: desk.state, desk.people, at: desk.time).outcome.agrees)
  }

  @Test func whatIsInTheArchiveHereStaysPaid() throws {
    let database = try office()
    var desk = Desk()
    try take(database, into: &desk)
    try desk.carryOut(.setInvoicePaid(2, true))
    desk.time = WallTime("2040-01-01T08:00:00Z")!
    try desk.carryOut(.applyRetention)
    try #require(desk.state.invoices.isEmpty)
    try database.run("UPDATE invoices SET paid = 1 - paid")
    let report = try take(database, into: &desk)
    #expect(report.paidInvoices == .init(found: 1, known: 1) && report.changed.list.isEmpty)
    #expect(rows(report.kept) == ["invoices 1: no longer paid there, in the archive here"])
  }

  /// Of an import by an older version only the invoices are known; what differs is named, and nobody is let in.
  @Test func anOlderImportIsGoneOnWith() throws {
    let database = try office()
    var desk = Desk()
    try take(database, into: &desk)
    var older = Desk()
    older.people = desk.people
    older.record(
      desk.entries.map { _, entry in
        guard case .importDone(var done) = entry.event else { return entry }
        (done.users, done.payments, done.settings) = (nil, nil, nil)
        return BooksEntry(.importDone(done))
      })
    try database.run("UPDATE users SET barred = 1 WHERE token_id = ?", [Self.ada])
    try database.run("UPDATE invoices SET paid = 1")
    try database.setting("price_per_coffee", "2")
    let report = try take(database, into: &older)
    #expect(rows(report.kept) == ["users \(Self.ada): barred there, active here"])
    #expect(rows(report.changed) == ["invoices 2: now paid"])
    #expect(report.settings == .init(found: 2, known: 1, refused: 1))
    // From now on the others are known.
    try database.run("UPDATE users SET barred = 1 WHERE token_id = ?", [Self.bob])
    try take(database, into: &older)
    #expect(older.show(.cyd) == .refused(.barred))
  }
}
