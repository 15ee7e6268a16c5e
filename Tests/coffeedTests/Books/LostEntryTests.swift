import DaemonKit
import JSONState
import Testing

@testable import coffeed

/// A repair of damaged files may have to give an entry up. What it said is lost, and nothing else.
@Suite struct LostEntryTests {
  private func desk() throws -> Desk {
    var desk = Desk()
    desk.add(.ada, "Ada")
    desk.add(.bob, "Bob")
    desk.brew(.ada, 2)
    _ = desk.show(.bob, id: "undone")
    try desk.carryOut(.undo(usage: 3))
    desk.wait(600)
    desk.brew(.bob)
    try desk.carryOut(.createInvoice(.ada, until: nil))
    desk.add(.cyd, "Cyd")
    desk.brew(.cyd, 2)
    desk.brew(.ada)
    desk.brew(.bob)
    try desk.carryOut(.createBatch(until: nil))
    return desk
  }

  @Test func allOthersKeepTheirNumbers() throws {
    let desk = try desk()
    let whole = desk.state
    for lost in desk.entries.indices {
      var state = BooksState()
      for (index, (time, entry)) in desk.entries.enumerated() where index != lost {
        state.apply(entry, at: time)
      }
      let event = desk.entries[lost].entry.event
      for user in whole.users.list.indices {
        let token = state.users[user + 1]?.token
        if case .userAdded(let added) = event, added.user == user + 1 {
          #expect(token == .lost)
        } else {
          #expect(token == whole.users.list[user].token, "without \(event)")
        }
      }
      #expect(state.usages.newestNumber == whole.usages.newestNumber)
      for number in 1...whole.usages.newestNumber {
        guard let usage = state.usages.usage(number) else {
          guard case .usageLogged(let logged) = event else {
            Issue.record("usage \(number) is gone without \(event)")
            continue
          }
          #expect(logged.usage == number)
          continue
        }
        let before = try #require(whole.usages.usage(number))
        #expect(usage.user == before.user && usage.time == before.time, "usage \(number) without \(event)")
      }
      for invoice in state.invoices {
        let before = whole.invoices.first { $0.number == invoice.number }
        #expect(invoice.items == before?.items && invoice.user == before?.user)
      }
      checkSums(of: state, without: event)
      // A snapshot of them says the same.
      #expect(try coded(state) == state)
    }
  }

  /// What a user has to pay is what is in hand.
  private func checkSums(of state: BooksState, without event: BooksEvent) {
    var open = [Int](repeating: 0, count: state.users.count + 1)
    for number in 1...state.usages.newestNumber {
      guard let usage = state.usages.usage(number), usage.invoice == nil, !usage.isCancelled else { continue }
      open[usage.user] += 1
    }
    #expect(state.users.list.map(\.uninvoiced) == Array(open.dropFirst()), "without \(event)")
  }
}
