import DaemonTesting
import Foundation
import PiHAL
import Testing

@testable import tapd

/// The rules that never break, over random evenings.
@Suite(.ownThreads) struct EveningTests {
  static let isThorough = ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] == "1"

  @Test(arguments: 1...(isThorough ? 200 : 12) as ClosedRange<UInt64>)
  func anEveningWithAllTroublesBreaksNoRule(seed: UInt64) {
    var evening = Evening(seed: seed)
    evening.run(events: 12_000)
    evening.closeDown()
    #expect(evening.hasFinished)
    #expect(evening.books.violations.isEmpty, "\(evening.books.violations.prefix(5))")
    #expect(evening.books.settledPours > 10)
  }

  /// The evenings are worth their name: all that can happen does.
  @Test func theEveningsAreEventful() {
    var reasons: Set<PourEnd> = []
    var types: Set<String> = []
    var notices: Set<TapScreen.Notice> = []
    for seed in 1...10 as ClosedRange<UInt64> {
      var evening = Evening(seed: seed, keepsRecording: true)
      evening.run(events: 12_000)
      for (entry, _) in evening.journal {
        types.insert(String(describing: entry).prefix { $0 != "(" }.description)
        if case .pourSettled(let settled) = entry { reasons.insert(settled.reason) }
      }
      for effect in evening.lives.flatMap({ [$0.first] + $0.effects }).joined() {
        if case .show(let screen) = effect, let notice = screen.notice { notices.insert(notice) }
      }
    }
    #expect(reasons == Set(PourEnd.allCases))
    #expect(
      types.isSuperset(of: [
        "pourAuthorised", "pourExtended", "pourMarked", "pourSettled", "pourReleased", "flowUnattributed",
      ]))
    let expected: Set<TapScreen.Notice> = [
      .unknownCard, .noCredit, .kegEmpty, .tapOutOfService, .readerFault, .valveFault, .meterFault,
      .storageFault, .leak, .secondCard, .settledAfterPowerCut, .blockedCard, .expiredCard, .notYetValidCard,
    ]
    #expect(expected.subtracting(notices).isEmpty)
  }

  /// What was recorded of an evening, written as JSON and read again, gives the same effects.
  @Test func aRecordedEveningReplaysExactly() throws {
    var evening = Evening(seed: 4711, keepsRecording: true)
    evening.run(events: 5000)
    evening.closeDown()
    for life in evening.lives {
      let lines = try life.events.map { try JSONEncoder().encode($0) }
      var machine = TapMachine(
        settings: evening.settings, status: life.status, random: Dice(seed: life.seed), at: life.born)
      #expect(machine.start(recovered: life.recovered) == life.first)
      for (line, effects) in zip(lines, life.effects) {
        let recorded = try JSONDecoder().decode(RecordedEvent.self, from: line)
        #expect(machine.handle(recorded.event, at: recorded.at) == effects)
      }
    }
  }

  /// The state follows from the journal alone.
  @Test func theJournalAddsUpToTheState() throws {
    var evening = Evening(seed: 99)
    evening.run(events: 10_000)
    var sum = LedgerState()
    for (entry, at) in evening.journal {
      let line = try JSONEncoder().encode(entry)
      sum.apply(try JSONDecoder().decode(LedgerEntry.self, from: line), at: at)
    }
    #expect(sum == evening.ledger)
    let snapshot = try JSONEncoder().encode(sum)
    #expect(try JSONDecoder().decode(LedgerState.self, from: snapshot) == sum)
  }
}
