import DaemonTesting
import Foundation
import PiHAL
import Testing

@testable import coffeed

/// The rules that never break, over random days.
@Suite(.ownThreads) struct DayTests {
  static let isThorough = ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] == "1"

  @Test(arguments: 1...(isThorough ? 100 : 4) as ClosedRange<UInt64>)
  func aDayWithAllTroublesBreaksNoRule(seed: UInt64) {
    var day = Day(seed: seed)
    day.run(events: 100_000)
    day.closeDown()
    #expect(day.hasFinished)
    #expect(day.auditor.violations.isEmpty, "\(day.auditor.violations.prefix(5))")
    #expect(day.auditor.grantCount > 100)
    #expect(day.auditor.lockOutCount > 0)
    #expect(day.lives.count > 100)
  }

  @Test func aQuietDayIsSoToo() {
    var day = Day(seed: 77, troubles: Day.Troubles(faults: false, restarts: false))
    day.run(events: 100_000)
    day.closeDown()
    #expect(day.hasFinished)
    #expect(day.auditor.violations.isEmpty, "\(day.auditor.violations.prefix(5))")
    #expect(day.auditor.grantCount > 100)
  }

  /// The days are worth their name: all that can happen does.
  @Test func theDaysAreEventful() {
    var phases: Set<LockView.Phase> = []
    var notices: Set<LockView.Notice> = []
    var lights: Set<Lights> = []
    var requests: Set<String> = []
    var continuedCount = 0
    for seed in 1...3 as ClosedRange<UInt64> {
      var day = Day(seed: seed, keepsRecording: true)
      day.run(events: 100_000)
      continuedCount += day.auditor.continuedCount
      for effect in day.lives.flatMap({ [$0.first] + $0.effects }).joined() {
        switch effect {
        case .show(let view):
          phases.insert(view.phase)
          if let notice = view.notice { notices.insert(notice) }
        case .lights(let shown): lights.insert(shown)
        case .ask(_, let request): requests.insert(String("\(request)".prefix { $0 != "(" }))
        default: break
        }
      }
    }
    #expect(phases == Set(LockView.Phase.allCases))
    #expect(notices == Set(LockView.Notice.allCases))
    #expect(lights == Set(Lights.allCases))
    #expect(requests.count == 6)
    #expect(continuedCount > 5)
  }

  /// What was recorded of a day, written as JSON and read again, gives the same effects.
  @Test func aRecordedDayReplaysExactly() throws {
    var day = Day(seed: 4711, keepsRecording: true)
    day.run(events: 4000)
    day.closeDown()
    for life in day.lives {
      let lines = try life.events.map { try JSONEncoder().encode($0) }
      let memory = try JSONDecoder().decode(LockMemory.self, from: JSONEncoder().encode(life.memory))
      var machine = LockMachine(
        memory: memory, settings: life.settings, boot: life.boot, random: Dice(seed: life.seed),
        at: life.born)
      #expect(machine.start() == life.first)
      for (line, effects) in zip(lines, life.effects) {
        let recorded = try JSONDecoder().decode(RecordedLockEvent.self, from: line)
        #expect(machine.handle(recorded.event, at: recorded.at) == effects)
      }
    }
  }
}
