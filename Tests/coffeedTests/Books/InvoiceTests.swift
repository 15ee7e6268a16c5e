import DaemonKit
import PiHAL
import Testing

@testable import coffeed

@Suite struct InvoiceTests {
  private func desk(price: Int64 = 150) throws -> Desk {
    var desk = Desk()
    desk.add(.ada, "Ada")
    desk.add(.bob, "Bob")
    desk.add(.cyd, "Cyd")
    try desk.carryOut(.changeSettings(SettingsChange(pricePerCoffee: price)))
    return desk
  }

  private func refusal(_ command: BooksCommand, _ desk: inout Desk) -> BooksError.Kind? {
    let state = desk.state
    let error = #expect(throws: BooksError.self) { try desk.carryOut(command) }
    #expect(desk.state == state)
    return error?.kind
  }

  @Test func itHoldsEverythingThatIsOnNoneYetAndKeepsItsPrice() throws {
    var desk = try desk()
    let first = desk.time
    desk.brew(.ada, 2)
    desk.brew(.bob)
    desk.brew(.ada)
    #expect(try desk.carryOut(.createInvoice(.ada, until: nil)) == .invoice(1))
    let made = desk.time
    let invoice = try #require(desk.reading.invoice(1))
    #expect(invoice.items == 3 && invoice.price == 150 && invoice.total == 450 && !invoice.paid)
    #expect(invoice.from == first && invoice.until == made && invoice.created == made)
    #expect(desk.reading.items(ofInvoice: 1).map(\.usage) == [1, 2, 4])
    #expect(desk.reading.users().map(\.uninvoiced) == [0, 1, 0])
    #expect(refusal(.createInvoice(.ada, until: nil), &desk) == .nothing)

    try desk.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 200, currency: "EUR")))
    desk.wait(100)
    desk.brew(.ada)
    try desk.carryOut(.createInvoice(.ada, until: nil))
    let second = try #require(desk.reading.invoice(2))
    #expect(second.items == 1 && second.total == 200 && second.currency == "EUR" && second.from == made)
    #expect(desk.reading.invoice(1) == invoice)
    #expect(desk.reading.invoices().map(\.number) == [2, 1])
  }

  @Test func anEndIsIncludedAndNotInTheFuture() throws {
    var desk = try desk()
    desk.brew(.ada)
    let end = desk.time
    desk.brew(.ada, 2)
    let future = WallTime(milliseconds: desk.time.milliseconds + 1)
    #expect(refusal(.createInvoice(.ada, until: future), &desk) == .invalid)
    #expect(refusal(.createBatch(until: future), &desk) == .invalid)
    try desk.carryOut(.createInvoice(.ada, until: end))
    #expect(desk.reading.items(ofInvoice: 1).map(\.usage) == [1, 2])
    #expect(desk.reading.invoice(1)?.until == end)
    #expect(desk.reading.user(.ada)?.uninvoiced == 1)
    #expect(refusal(.createInvoice(.ada, until: end), &desk) == .nothing)
    try desk.carryOut(.createInvoice(.ada, until: desk.time))
    #expect(desk.reading.invoice(2)?.from == end)
  }

  @Test func aBatchIsForEverybodyAndAnEmptyOneIsNotRecorded() throws {
    var desk = try desk()
    #expect(refusal(.createBatch(until: nil), &desk) == .nothing)
    desk.brew(.bob, 2)
    desk.brew(.ada)
    desk.brew(.bob)
    #expect(try desk.carryOut(.createBatch(until: nil)) == .batch(1))
    #expect(refusal(.createBatch(until: nil), &desk) == .nothing)
    let (batch, invoices) = try #require(desk.reading.batch(1))
    #expect(batch.users == 2 && batch.items == 4 && batch.total == 600 && batch.until == desk.time)
    #expect(invoices.map(\.token) == [.ada, .bob] && invoices.map(\.items) == [1, 3])
    #expect(invoices.allSatisfy { $0.batch == 1 } && batch.from == invoices[1].from)
    #expect(desk.reading.batches() == [batch])
    // The first entry stands for the command, so that all of it is done or nothing.
    #expect(desk.entries.suffix(3).map { $0.entry.command != nil } == [true, false, false])
    desk.brew(.cyd)
    #expect(try desk.carryOut(.createBatch(until: nil)) == .batch(2))
    #expect(desk.reading.batches().map(\.number) == [2, 1])
    #expect(desk.reading.batch(2)?.invoices.map(\.number) == [3])
  }

  @Test func aClockThatJumpsLosesNoCoffee() throws {
    var desk = try desk()
    let now = desk.time
    desk.time = WallTime("2031-01-01T00:00:00Z")!
    desk.brew(.ada)
    desk.time = WallTime("1971-01-01T00:00:00Z")!
    desk.brew(.ada)
    desk.time = now
    desk.brew(.ada)
    // Without an end, all that was brewed, whatever its date.
    try desk.carryOut(.createInvoice(.ada, until: nil))
    #expect(desk.reading.items(ofInvoice: 1).map(\.usage) == [2, 3, 1], "by their times")
    let invoice = try #require(desk.reading.invoice(1))
    #expect(invoice.from <= invoice.until)
    desk.brew(.ada)
    desk.time = WallTime("2020-01-01T00:00:00Z")!
    // With one, what is dated later stays open and is not lost.
    #expect(refusal(.createInvoice(.ada, until: WallTime("2019-12-31T00:00:00Z")!), &desk) == .nothing)
    desk.brew(.ada)
    try desk.carryOut(.createInvoice(.ada, until: desk.time))
    #expect(desk.reading.items(ofInvoice: 2).map(\.usage) == [5])
    try desk.carryOut(.createInvoice(.ada, until: nil))
    #expect(desk.reading.items(ofInvoice: 3).map(\.usage) == [4])
    for number in 1...3 {
      let invoice = try #require(desk.reading.invoice(number))
      #expect(invoice.from <= invoice.until)
    }
  }

  @Test func paidOrNot() throws {
    var desk = try desk()
    desk.brew(.ada)
    try desk.carryOut(.createInvoice(.ada, until: nil))
    #expect(try desk.carryOut(.setInvoicePaid(1, true)) == .invoice(1))
    #expect(desk.reading.invoice(1)?.paid == true)
    try desk.carryOut(.setInvoicePaid(1, false))
    #expect(desk.reading.invoice(1)?.paid == false)
    #expect(refusal(.setInvoicePaid(2, true), &desk) == .unknown)
    #expect(refusal(.createInvoice(.stranger, until: nil), &desk) == .unknown)
  }

  @Test func whoIsErasedStaysInTheBooks() throws {
    var desk = try desk()
    desk.brew(.ada, 2)
    try desk.carryOut(.createInvoice(.ada, until: nil))
    desk.brew(.ada)
    try desk.carryOut(.eraseUser(.ada))
    #expect(desk.reading.invoice(1)?.total == 300 && desk.reading.invoice(1)?.name == "Erased")
    #expect(try desk.carryOut(.createInvoice(.ada, until: nil)) == .invoice(2))
  }

  // MARK: Undo

  @Test func aCoffeeOfTheLastFiveMinutesCanBeTakenBack() throws {
    var desk = try desk()
    _ = desk.show(.ada)
    desk.wait(300)
    // Whatever the wall clock says.
    desk.time = WallTime("2031-01-01T00:00:00Z")!
    #expect(try desk.carryOut(.undo(usage: 1), id: "undo") == .done)
    #expect(desk.reading.usages().rows.map(\.isCancelled) == [true])
    #expect(desk.reading.user(.ada)?.usages == 0 && desk.reading.user(.ada)?.uninvoiced == 0)
    #expect(desk.entries.last?.entry.event == .usageCancelled(.init(usage: 1, user: 1, reason: .undone)))
    // Once.
    #expect(try desk.carryOut(.undo(usage: 1), id: "undo") == .done)
    #expect(refusal(.undo(usage: 1), &desk) == .tooLate)
    #expect(desk.reading.user(.ada)?.usages == 0)
    #expect(refusal(.createInvoice(.ada, until: nil), &desk) == .nothing)
  }

  @Test func laterItCannot() throws {
    var desk = try desk()
    _ = desk.show(.ada)
    desk.sinceBoot = desk.sinceBoot.advanced(by: .seconds(301))
    #expect(refusal(.undo(usage: 1), &desk) == .tooLate)
    _ = desk.show(.ada)
    desk.reboot()
    #expect(refusal(.undo(usage: 2), &desk) == .tooLate)
    _ = desk.show(.ada)
    try desk.carryOut(.createInvoice(.ada, until: nil))
    #expect(refusal(.undo(usage: 3), &desk) == .tooLate)
    #expect(refusal(.undo(usage: 4), &desk) == .unknown)
  }
}

@Suite struct RetentionTests {
  /// Six years of coffees, one a month; Ada's first two years are on paid invoices.
  private func desk() throws -> Desk {
    var desk = Desk()
    desk.time = WallTime("2020-01-15T12:00:00Z")!
    desk.add(.ada, "Ada")
    desk.add(.bob, "Bob")
    for month in 0..<72 {
      desk.time = CivilDate(year: 2020 + month / 12, month: month % 12 + 1, day: 15)!.startInUTC
      _ = desk.show(.ada)
      if month == 3 {
        desk.time.milliseconds += 1000
        _ = desk.show(.bob)
        try desk.carryOut(.undo(usage: desk.state.usages.newestNumber))
      }
      if month == 5 || month == 11 || month == 20 { try desk.carryOut(.createInvoice(.ada, until: nil)) }
      if month == 7 { _ = desk.show(.bob) }
    }
    try desk.carryOut(.setInvoicePaid(1, true))
    try desk.carryOut(.setInvoicePaid(3, true))
    desk.time = WallTime("2026-01-10T00:00:00Z")!
    return desk
  }

  @Test func whatIsOldAndSettledLeavesAndTheTotalsStay() throws {
    var desk = try desk()
    let before = desk.reading
    let outcome = try desk.carryOut(.applyRetention, id: "retention")
    // Five years before: 2021-01-10. Invoice 1 is paid and old; 2 is old and unpaid; 3 reaches into 2021.
    let report = RetentionReport(
      before: WallTime("2021-01-10T00:00:00Z")!, usages: 7, invoices: 1,
      months: ["2020-01", "2020-02", "2020-03", "2020-04", "2020-05", "2020-06"])
    #expect(outcome == .retention(report))
    #expect(desk.reading.invoice(1) == nil && desk.reading.items(ofInvoice: 1).isEmpty)
    for number in [2, 3] {
      #expect(desk.reading.invoice(number) == before.invoice(number))
      #expect(desk.reading.items(ofInvoice: number) == before.items(ofInvoice: number))
    }
    #expect(desk.reading.users() == before.users())
    let usages = desk.reading.usages(pageSize: 100)
    #expect(usages.total == 74 - 7 && usages.rows.map(\.number).min() == 8)
    // Bob's coffee is old and on no invoice: it stays until it is.
    #expect(usages.rows.contains { $0.token == .bob && !$0.isCancelled })
    // Repeated, and again when there is nothing more.
    #expect(try desk.carryOut(.applyRetention, id: "retention") == outcome)
    let state = desk.state
    guard case .retention(let second) = try desk.carryOut(.applyRetention) else {
      Issue.record("another outcome")
      return
    }
    #expect(second.usages == 0 && desk.state == state)
  }

  @Test func theBooksGoOnBehindIt() throws {
    var desk = try desk()
    try desk.carryOut(.applyRetention)
    #expect(desk.replayed == desk.state)
    #expect(try coded(desk.state) == desk.state)
    _ = desk.show(.ada)
    #expect(desk.state.usages.usage(75)?.user == 1 && desk.state.usages.usage(3) == nil)
    try desk.carryOut(.createInvoice(.ada, until: nil))
    #expect(desk.reading.invoice(4)?.items == 73 - 21)
    try desk.carryOut(.setInvoicePaid(2, true))
    try desk.carryOut(.applyRetention)
    #expect(desk.reading.invoice(2) == nil)
    #expect(desk.replayed == desk.state)
  }

  @Test func daysAreThoseOfTheCalendar() {
    #expect(WallTime("2024-02-29T10:00:00Z")!.before(years: 4) == WallTime("2020-02-29T10:00:00Z"))
    #expect(WallTime("2024-02-29T10:00:00Z")!.before(years: 5) == WallTime("2019-03-01T10:00:00Z"))
    #expect(WallTime("2026-11-25T10:00:00Z")!.before(years: 5) == WallTime("2021-11-25T10:00:00Z"))
  }
}
