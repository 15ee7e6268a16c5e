import DaemonKit
import Foundation
import PiHAL

extension LocalBooks {
  private static let longestID = 100

  /// What a command comes to.
  ///
  /// - Parameters:
  ///   - time: the wall clock.
  ///   - instant: the clock that counts since boot, for an undo.
  /// - Throws: `BooksError` when it cannot be carried out; nothing has changed then.
  static func plan(
    _ command: BooksCommand, id: CommandID, in state: BooksState, _ people: People, at time: WallTime,
    sinceBoot instant: BootInstant
  ) throws(BooksError) -> BooksPlan<BooksOutcome> {
    guard (1...longestID).contains(id.text.utf8.count) else {
      throw BooksError(
        kind: .invalid, place: "command id", problem: "must have 1 to \(longestID) characters")
    }
    let mark = mark(of: command, id, people.digestKey)
    if let done = state.recentCommands.last(where: { $0.mark.id == id }) {
      guard done.mark.mayBe(mark) else {
        throw BooksError(
          kind: .idReused, place: "command \(id)",
          problem: "was carried out already and was another one: use a new id for a new command")
      }
      return BooksPlan(outcome: done.outcome)
    }
    if !state.unfinishedImports.isEmpty, command.makesInvoices {
      throw BooksError(
        kind: .importUnfinished, place: "invoices",
        problem:
          "cannot be made: an import has stopped halfway, and coffees that are on invoices there may be on none "
          + "here. Do it again with `coffeed import`")
    }
    var draft: Draft
    switch command {
    case .addUser(let token, let change): draft = try addUser(token, change, in: state, people)
    case .changeUser(let token, let change): draft = try changeUser(token, change, in: state, people)
    case .saveUser(let token, let change):
      draft =
        try user(token, in: state) == nil
        ? addUser(token, change, in: state, people) : changeUser(token, change, in: state, people)
    case .eraseUser(let token): draft = try eraseUser(token, in: state)
    case .setScanMode(let isOn):
      draft = Draft([.scanModeSet(BooksEvent.ScanModeSet(on: isOn))], .done)
    case .changeSettings(let change): draft = try changeSettings(change)
    case .createInvoice(let token, let until):
      draft = try createInvoice(token, until: until, in: state, at: time)
    case .createBatch(let until): draft = try createBatch(until: until, in: state, at: time)
    case .setInvoicePaid(let number, let paid):
      guard state.invoice(number) != nil else { throw unknownInvoice(number) }
      draft = Draft([.invoicePaid(BooksEvent.InvoicePaid(invoice: number, paid: paid))], .invoice(number))
    case .undo(let usage): draft = try undo(usage, in: state, at: instant)
    case .applyRetention:
      let report = state.retentionReport(before: time.before(years: state.settings.retentionYears))
      let isEmpty = report.usages == 0 && report.invoices == 0
      draft = Draft(isEmpty ? [] : [.retentionApplied(report)], .retention(report))
    }
    // The first entry stands for the command; a batch's invoices are one transaction with it.
    var entries = draft.events.map { BooksEntry($0) }
    if !entries.isEmpty { entries[0].command = mark }
    return BooksPlan(persons: draft.persons, entries: entries, outcome: draft.outcome)
  }

  /// What a command comes to, but for its id.
  struct Draft {
    var persons: [StagedPerson]
    var events: [BooksEvent]
    var outcome: BooksOutcome

    init(_ events: [BooksEvent], _ outcome: BooksOutcome, persons: [StagedPerson] = []) {
      self.events = events
      self.outcome = outcome
      self.persons = persons
    }
  }

  /// With a digest of the id and the command's JSON.
  private static func mark(of command: BooksCommand, _ id: CommandID, _ key: DigestKey?) -> CommandMark {
    guard let key else { return CommandMark(id: id) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // Commands are plain values that always encode.
    let json = (try? encoder.encode(command)) ?? Data()
    return CommandMark(id: id, digest: key.digest(of: Data(id.text.utf8) + json), digestKey: key.name)
  }

  // MARK: Undo

  /// How long a usage can be taken back.
  static let undoTime = Duration.seconds(300)

  /// Until when a usage can be taken back, that moment included; nil when it is over. The clock on the wall has no say
  /// in it.
  static func undoEnd(of number: Int, in state: BooksState, at now: BootInstant) -> MonotonicInstant? {
    guard let shown = state.recentPresentations.last(where: { $0.usages.contains(number) }),
      shown.at.boot == now.boot
    else { return nil }
    let end = shown.at.instant.advanced(by: undoTime)
    return now.instant <= end ? end : nil
  }

  private static func undo(
    _ number: Int, in state: BooksState, at now: BootInstant
  ) throws(BooksError) -> Draft {
    let place = "usage \(number)"
    guard let usage = state.usages.usage(number) else {
      throw BooksError(
        kind: .unknown, place: place, problem: "is not in the books in hand", reason: .usageNotInHand)
    }
    if usage.isCancelled {
      throw BooksError(
        kind: .tooLate, place: place, problem: "was taken back already", reason: .usageUndone)
    }
    if let invoice = usage.invoice {
      throw BooksError(
        kind: .tooLate, place: place, problem: "stands on invoice \(invoice) and stays there",
        reason: .usageOnInvoice(invoice))
    }
    guard undoEnd(of: number, in: state, at: now) != nil else {
      throw BooksError(
        kind: .tooLate, place: place,
        problem: "is older than five minutes, or this machine was started since: it stays in the books",
        reason: .undoTooLate)
    }
    return Draft(
      [
        .usageCancelled(BooksEvent.UsageCancelled(usage: number, user: usage.user, reason: .undone))
      ], .done)
  }

  static func unknownInvoice(_ number: Int) -> BooksError {
    BooksError(
      kind: .unknown, place: "invoice \(number)", problem: "is not in the books in hand",
      reason: .invoiceNotInHand)
  }
}

extension WallTime {
  /// The same day and time of day so many years earlier; the first of March where there is no 29 February, and the
  /// beginning of the calendar where it ends.
  func before(years: Int) -> WallTime {
    let today = CivilDate(utc: self)
    let (year, month, day) = today.components
    guard
      let date = CivilDate(year: year - years, month: month, day: day)
        ?? CivilDate(year: year - years, month: 3, day: 1) ?? CivilDate(year: 1, month: 1, day: 1)
    else { return self }
    let past = today.startInUTC.milliseconds - date.startInUTC.milliseconds
    return WallTime(milliseconds: milliseconds - past)
  }
}
