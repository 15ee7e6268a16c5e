import DaemonKit
import Foundation
import PiHAL
import Testing

@testable import coffeed

/// What the journal holds for ever. A test that fails here means that books written by an older version could
/// not be read any more.
@Suite struct BooksEntryTests {
  private static let at = BootInstant(boot: "b", instant: MonotonicInstant(nanoseconds: 5))
  private static let atText = #"{"boot":"b","instant":{"nanoseconds":5}}"#
  private static let time = WallTime("2026-11-25T10:00:00Z")!
  private static let mark = CommandMark(id: CommandID("c"), digest: 7)
  private static let id = ActivationID("a")

  static let entries: [(BooksEntry, String)] = [
    (
      BooksEntry(
        .userAdded(
          .init(user: 1, token: .ada, active: true, barred: false, hidden: false, revision: 1)),
        command: mark),
      #"{"active":true,"barred":false,"command":"c","digest":7,"hidden":false,"revision":1,"#
        + #""token":"04a1b2c3","type":"userAdded","user":1}"#
    ),
    (
      BooksEntry(.tokenEnrolled(.init(user: 2, token: .bob, activation: id, at: at))),
      #"{"activation":"a","at":\#(atText),"token":"04112233445566","type":"tokenEnrolled","user":2}"#
    ),
    (
      BooksEntry(.userChanged(.init(user: 1, barred: true, revision: 2)), command: mark),
      #"{"barred":true,"command":"c","digest":7,"revision":2,"type":"userChanged","user":1}"#
    ),
    (
      BooksEntry(
        .userAdded(
          .init(
            user: 1, token: .ada, active: false, barred: true, hidden: false, revision: 1, named: true))),
      #"{"active":false,"barred":true,"hidden":false,"named":true,"revision":1,"token":"04a1b2c3","#
        + #""type":"userAdded","user":1}"#
    ),
    (
      BooksEntry(.userChanged(.init(user: 1, named: true))),
      #"{"named":true,"type":"userChanged","user":1}"#
    ),
    (
      BooksEntry(.userErased(.init(user: 1)), command: mark),
      #"{"command":"c","digest":7,"type":"userErased","user":1}"#
    ),
    (
      BooksEntry(
        .userErased(.init(user: 2)), command: CommandMark(id: CommandID("c"), digest: 7, digestKey: 9)),
      #"{"command":"c","digest":7,"digestKey":9,"type":"userErased","user":2}"#
    ),
    (
      BooksEntry(.scanModeSet(.init(on: true)), command: mark),
      #"{"command":"c","digest":7,"on":true,"type":"scanModeSet"}"#
    ),
    (
      BooksEntry(.settingsChanged(SettingsChange(pricePerCoffee: 80, language: "de")), command: mark),
      #"{"command":"c","digest":7,"language":"de","pricePerCoffee":80,"type":"settingsChanged"}"#
    ),
    (
      BooksEntry(
        .usageLogged(
          .init(usage: 9, user: 1, token: .ada, activation: id, at: at, milliseconds: 30_000))),
      #"{"activation":"a","at":\#(atText),"milliseconds":30000,"token":"04a1b2c3","#
        + #""type":"usageLogged","usage":9,"user":1}"#
    ),
    (
      BooksEntry(.drinkBrewed(.init(activation: id, drink: .single, number: 1, usage: 9))),
      #"{"activation":"a","drink":"single","number":1,"type":"drinkBrewed","usage":9}"#
    ),
    (
      BooksEntry(.drinkCharged(.init(usage: 10, user: 1, activation: id, drink: .steam, number: 2))),
      #"{"activation":"a","drink":"steam","number":2,"type":"drinkCharged","usage":10,"user":1}"#
    ),
    (
      BooksEntry(.usageCancelled(.init(usage: 9, user: 1, reason: .nothingBrewed))),
      #"{"reason":"nothingBrewed","type":"usageCancelled","usage":9,"user":1}"#
    ),
    (
      BooksEntry(.activationEnded(.init(activation: id, drinks: 0))),
      #"{"activation":"a","drinks":0,"type":"activationEnded"}"#
    ),
    (
      BooksEntry(.tokenRefused(.init(activation: id, token: .stranger, reason: .unknown, at: at))),
      #"{"activation":"a","at":\#(atText),"reason":"unknown","token":"deadbeef","type":"tokenRefused"}"#
    ),
    (
      BooksEntry(
        .tokenRefused(
          .init(activation: id, token: .stranger, reason: .barred, at: at, beside: [.ada, .bob]))),
      #"{"activation":"a","at":\#(atText),"beside":["04a1b2c3","\#(Token.bob.text)"],"reason":"barred","#
        + #""token":"deadbeef","type":"tokenRefused"}"#
    ),
    (
      BooksEntry(.masterSet(.init(on: true, activation: id, at: at))),
      #"{"activation":"a","at":\#(atText),"on":true,"type":"masterSet"}"#
    ),
    (
      BooksEntry(.masterSet(.init(on: false, activation: id, at: at, onReader: [.ada]))),
      #"{"activation":"a","at":\#(atText),"on":false,"onReader":["04a1b2c3"],"type":"masterSet"}"#
    ),
    (
      BooksEntry(.lockedOut(.init(activation: id, at: at))),
      #"{"activation":"a","at":\#(atText),"type":"lockedOut"}"#
    ),
    (
      BooksEntry(.lockOutEnded(.init(activation: id))), #"{"activation":"a","type":"lockOutEnded"}"#
    ),
    (
      BooksEntry(
        .invoiceCreated(
          .init(
            invoice: 3, user: 1, from: time, until: time, price: 80, currency: "CHF", decimals: 2,
            items: "9 1x2", batch: 2)), command: mark),
      #"{"batch":2,"command":"c","currency":"CHF","decimals":2,"digest":7,"#
        + #""from":"2026-11-25T10:00:00.000Z","invoice":3,"items":"9 1x2","price":80,"#
        + #""type":"invoiceCreated","until":"2026-11-25T10:00:00.000Z","user":1}"#
    ),
    (
      BooksEntry(.batchCreated(.init(batch: 2, until: time)), command: mark),
      #"{"batch":2,"command":"c","digest":7,"type":"batchCreated","until":"2026-11-25T10:00:00.000Z"}"#
    ),
    (
      BooksEntry(.invoicePaid(.init(invoice: 3, paid: true)), command: mark),
      #"{"command":"c","digest":7,"invoice":3,"paid":true,"type":"invoicePaid"}"#
    ),
    (
      BooksEntry(
        .retentionApplied(RetentionReport(before: time, usages: 5, invoices: 1, months: ["2020-01"])),
        command: mark),
      #"{"before":"2026-11-25T10:00:00.000Z","command":"c","digest":7,"invoices":1,"#
        + #""months":["2020-01"],"type":"retentionApplied","usages":5}"#
    ),
    (
      BooksEntry(
        .usagesImported(
          .init(source: "s", usage: 1, ids: "4 1", users: "1x2", times: "1000 60000", drinks: "0x2"))),
      #"{"drinks":"0x2","ids":"4 1","source":"s","times":"1000 60000","type":"usagesImported","#
        + #""usage":1,"users":"1x2"}"#
    ),
    (
      BooksEntry(.importBegun(.init(source: "s"))), #"{"source":"s","type":"importBegun"}"#
    ),
    (
      BooksEntry(
        .usagesImported(
          .init(
            source: "s", usage: 1, ids: "4", users: "1", times: "1000", drinks: "16",
            drinkTexts: ["espresso"]))),
      #"{"drinkTexts":["espresso"],"drinks":"16","ids":"4","source":"s","times":"1000","#
        + #""type":"usagesImported","usage":1,"users":"1"}"#
    ),
    (
      BooksEntry(.invoiceItemsImported(.init(invoice: 3, items: "9 1x2"))),
      #"{"invoice":3,"items":"9 1x2","type":"invoiceItemsImported"}"#
    ),
    (
      BooksEntry(
        .importDone(
          .init(
            source: "s", invoices: "1", invoiceNumbers: "5", batches: "", batchNumbers: "", isPart: true))),
      #"{"batchNumbers":"","batches":"","invoiceNumbers":"5","invoices":"1","isPart":true,"source":"s","#
        + #""type":"importDone"}"#
    ),
    (
      BooksEntry(
        .importDone(
          .init(source: "s", invoices: "1", invoiceNumbers: "5", batches: "", batchNumbers: ""))),
      #"{"batchNumbers":"","batches":"","invoiceNumbers":"5","invoices":"1","source":"s","#
        + #""type":"importDone"}"#
    ),
    (
      BooksEntry(
        .importDone(
          .init(
            source: "s", invoices: "", invoiceNumbers: "", batches: "", batchNumbers: "",
            users: [2: .init(access: .init(active: true, barred: false, pending: false), person: 7)],
            payments: "5", settings: SettingsChange(pricePerCoffee: 80)))),
      #"{"batchNumbers":"","batches":"","invoiceNumbers":"","invoices":"","payments":"5","#
        + #""settings":{"pricePerCoffee":80},"source":"s","type":"importDone","#
        + #""users":{"2":{"access":{"active":true,"barred":false,"pending":false},"person":7}}}"#
    ),
  ]

  @Test(arguments: entries)
  func anEntryIsOneFlatObject(entry: BooksEntry, text: String) throws {
    #expect(try json(entry) == text)
    #expect(try decoded(text) == entry)
  }

  @Test func everyKindIsHere() {
    let names = Self.entries.map { String(describing: $0.0.event).prefix { $0 != "(" } }
    #expect(Set(names).count == 23)
  }

  /// Entries that do not say whether somebody is named: whoever was ever let in is.
  @Test func olderEntriesTellWhoIsPending() {
    var state = BooksState()
    func apply(_ event: BooksEvent) { state.apply(BooksEntry(event), at: Self.time) }
    apply(
      .userAdded(.init(user: 1, token: .ada, active: false, barred: true, hidden: false, revision: 1)))
    apply(.tokenEnrolled(.init(user: 2, token: .bob, activation: Self.id, at: Self.at)))
    apply(.userChanged(.init(user: 2, barred: true)))
    #expect(state.users.list.map(\.isPending) == [true, true])
    apply(.userChanged(.init(user: 1, active: true, barred: false, revision: 2)))
    apply(.userChanged(.init(user: 1, active: false)))
    apply(.userChanged(.init(user: 1, barred: true)))
    #expect(state.users.list.map(\.isPending) == [false, true])
  }

  /// The users, usages and invoices before it would fill the memory.
  @Test(arguments: ["user", "usage", "invoice", "batch", "price"], [Int64.min, -1, Int64.max])
  func anAbsurdNumberIsRefused(member: String, number: Int64) throws {
    var found = 0
    for (_, text) in Self.entries {
      let absurd = text.replacing(
        try Regex("\"\(member)\":[0-9]+"), with: "\"\(member)\":\(number)")
      guard absurd != text else { continue }
      found += 1
      #expect(throws: DecodingError.self, "\(absurd)") {
        try JSONDecoder().decode(BooksEntry.self, from: Data(absurd.utf8))
      }
    }
    #expect(found > 0)
  }

  @Test func whatANewerVersionWroteIsNamed() {
    let error = #expect(throws: DecodingError.self) {
      try decoded(#"{"type":"coffeeRoasted"}"#, as: BooksEntry.self)
    }
    #expect("\(error as Any)".contains("coffeeRoasted"))
  }
}
