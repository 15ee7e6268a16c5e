import DaemonKit
import Foundation
import JSONState
import JSONStateTesting
import RC522
import Synchronization
import Testing

@testable import coffeed

/// Imports that are recorded in many transactions.
@Suite struct LargeImportTests {
  private static let users: [Token] = [.ada, .cyd]

  /// Ada and Cyd in turn, a minute apart; all but the last ones are on invoices of a thousand.
  private static func office(_ count: Int) -> PredecessorBooks {
    var books = PredecessorBooks(source: "large")
    let created = WallTime("2020-01-01T08:00:00Z")!
    books.users = users.map { token in
      PredecessorBooks.User(
        tokenText: token.text, token: token, person: Person(userName: "u\(token)", name: "U \(token)"),
        active: true,
        barred: false, created: created)
    }
    books.counts.users = users.count
    books.settings = SettingsChange(pricePerCoffee: 60)
    books.counts.settings = 1
    for number in 0..<count {
      books.usages.ids.append(Int64(number + 1))
      books.usages.users.append(Int32(number % users.count))
      books.usages.times.append(created.milliseconds + Int64(number) * 60_000)
      books.usages.drinks.append(Drink.single.code)
      books.counts.usages[users[number % users.count].text, default: 0] += 1
    }
    for start in stride(from: 0, to: count - 2000, by: 2000) {
      for user in users.indices {
        let id = Int64(books.invoices.count + 1)
        let items = stride(from: start + user + 1, to: start + 2001, by: 2).map { Int64($0) }
        let end = WallTime(milliseconds: books.usages.times[start + 1999] + 1000)
        books.invoices.append(
          PredecessorBooks.Invoice(
            id: id, user: user, from: created, until: end, totalItems: items.count, paid: user == 0,
            created: end,
            batch: nil))
        books.items[id] = items
        books.counts.invoices += 1
        books.counts.paidInvoices += user == 0 ? 1 : 0
        books.counts.items += items.count
      }
    }
    return books
  }

  private func open(_ disk: SimulatedDisk, clock: ManualClock = ManualClock()) async throws -> StoredBooks {
    try await StoredBooks.open(directory: "/books", boot: "boot", fileSystem: disk, clock: clock)
  }

  /// Every invoice has the coffees that it has there, whatever numbers they got.
  private func expect(
    _ books: StoredBooks, toHold office: PredecessorBooks, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let reading = books.reading
    let invoices = reading.invoices().sorted { $0.number < $1.number }
    #expect(invoices.count == office.invoices.count, sourceLocation: sourceLocation)
    for (invoice, old) in zip(invoices, office.invoices) {
      let times = reading.items(ofInvoice: invoice.number).map(\.time.milliseconds)
      let wanted = (office.items[old.id] ?? []).map { office.usages.times[Int($0) - 1] }
      #expect(times == wanted, "invoice \(invoice.number)", sourceLocation: sourceLocation)
      #expect(invoice.paid == old.paid, sourceLocation: sourceLocation)
    }
  }

  /// Without a line of its own the card would wait until the import is done.
  @Test func aCardIsAnsweredBeforeTheRestOfAnImport() async throws {
    let office = Self.office(UsageLog.pieceSize * 24)
    let disk = SimulatedDisk()
    let books = try await open(disk)
    try await books.add(.bob, "Bob")
    let syncs = disk.count(of: "fdatasync")
    let shown = Mutex(false)
    let answered = Mutex<(answer: LockAnswer, usages: Int)?>(nil)
    disk.observe { [weak disk] _ in
      // The first parts of the import are on the disk.
      guard let disk, disk.count(of: "fdatasync") > syncs + 2 else { return }
      let isFirst = shown.withLock { shown in
        defer { shown = true }
        return !shown
      }
      if isFirst {
        books.submit(.present(.of(.bob, "card"))) { answer in
          let usages = books.store.read { $0.usages.count }
          answered.withLock { $0 = (answer, usages) }
        }
      }
    }
    let report = try await books.take(office)
    disk.observe(nil)
    #expect(report.isStored && report.usages.taken == office.usages.ids.count)
    let (answer, usages) = try #require(answered.withLock { $0 })
    guard case .granted(let number, "bob") = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(usages < office.usages.ids.count, "the import was not done yet")
    #expect(number < office.usages.ids.count)
    #expect(books.reading.usages().rows.first?.number == number, "by time it is the newest")
    expect(books, toHold: office)
    #expect(books.reading.state.usages.count == office.usages.ids.count + 1)
    #expect(books.reading.state.unfinishedImports.isEmpty)
    #expect(try books.store.verify().isSound)
    // It is known with the numbers that it got.
    let last = books.store.lastNumber
    #expect(try await books.take(office).usages.known == office.usages.ids.count)
    #expect(books.store.lastNumber == last)
  }

  /// Somebody is enrolled between the plan and its first entry: the users would get other numbers.
  @Test func whoIsEnrolledWhileItIsPlannedIsNobodyElse() async throws {
    let office = Self.office(UsageLog.pieceSize * 2)
    let disk = SimulatedDisk()
    let books = try await open(disk)
    try await books.carryOut(.setScanMode(true))
    let shown = Mutex(false)
    disk.observe { [weak disk] _ in
      // people.json is written with the plan's persons.
      guard disk?.paths.contains(where: { $0.contains("people.json.") }) == true else { return }
      let isFirst = shown.withLock { shown in
        defer { shown = true }
        return !shown
      }
      guard isFirst else { return }
      let enrolled = DispatchSemaphore(value: 0)
      books.submit(.present(.of(.stranger, "card"))) { _ in enrolled.signal() }
      enrolled.wait()
    }
    _ = try await books.take(office)
    disk.observe(nil)
    let wasShown = shown.withLock { $0 }
    try #require(wasShown)
    #expect(books.reading.users().reversed().map(\.token) == [.stranger, .ada, .cyd])
    #expect(
      books.reading.users().reversed().map(\.person.name) == ["Pending", "U \(Token.ada)", "U \(Token.cyd)"])
    expect(books, toHold: office)
  }

  /// What stops halfway is gone on with, and until then nobody is charged for what was paid there.
  @Test(arguments: [1, 2, 3, 4, 5])
  func whatStopsHalfwayIsGoneOnWith(_ step: Int) async throws {
    let office = Self.office(UsageLog.pieceSize * 3 + 100)
    let disk = SimulatedDisk()
    let clock = ManualClock()
    var books = try await open(disk, clock: clock)
    let syncs = disk.count(of: "fdatasync")
    disk.observe { [weak disk] _ in
      guard let disk, disk.count(of: "fdatasync") >= syncs + step else { return }
      disk.observe(nil)
      disk.fail(fromCall: disk.calls.count + 1, with: ENOSPC)
    }
    let error = await #expect(throws: ImportError.self) { try await books.take(office) }
    #expect(error?.description.contains("stopped halfway") == true, "\(error as Any)")
    disk.heal()
    clock.sleep(for: .seconds(3))
    let refusal = await #expect(throws: BooksError.self) {
      try await books.carryOut(.createBatch(until: nil))
    }
    #expect(refusal?.kind == .importUnfinished && books.reading.settings.isImportUnfinished)
    // Also after a restart.
    await books.close()
    books = try await open(disk)
    await #expect(throws: BooksError.self) { try await books.carryOut(.createInvoice(.ada, until: nil)) }
    let report = try await books.take(office)
    #expect(report.isStored && report.usages.known > 0)
    #expect(report.usages.known + report.usages.taken == office.usages.ids.count)
    expect(books, toHold: office)
    #expect(!books.reading.settings.isImportUnfinished)
    try await books.carryOut(.createBatch(until: nil))
    #expect(books.reading.users().map(\.uninvoiced) == [0, 0])
    #expect(try books.store.verify().isSound)
  }
}
