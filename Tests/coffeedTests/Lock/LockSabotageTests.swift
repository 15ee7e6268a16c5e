import DaemonTesting
import DaemonKit
import PiHAL
import Testing

@testable import coffeed

/// A check that cannot fail shows nothing: here each rule is broken on purpose, and the auditor must name it.
@Suite(.ownThreads) struct LockSabotageTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    /// What the auditor names first.
    let rule: Auditor.Rule
    var troubles = Day.Troubles(faults: false, restarts: false)
    var sabotage: Sabotage

    var testDescription: String { name }
  }

  private static let faults = Day.Troubles(faults: true, restarts: false)
  private static let restarts = Day.Troubles(faults: false, restarts: true)

  static let cases: [Case] = [
    Case(
      name: "unlocked before the grant is durable", rule: .right,
      sabotage: Sabotage(effect: { effect in
        guard case .ask(_, .present) = effect else { return [effect] }
        return [effect, .unlock(EffectID(9999), atMost: .seconds(1))]
      })),
    Case(
      name: "a token that is refused is let in", rule: .right,
      sabotage: Sabotage(answer: { answer in
        guard case .refused = answer else { return answer }
        return .granted(usage: 1, userName: "somebody")
      })),
    Case(
      name: "a full disk gives free coffee", rule: .right, troubles: faults,
      sabotage: Sabotage(answer: { answer in
        guard case .failed = answer else { return answer }
        return .granted(usage: 1, userName: "somebody")
      })),
    Case(
      name: "a token is let in that is not on record", rule: .right,
      sabotage: Sabotage(
        answer: { $0 == .recorded ? .granted(usage: 1, userName: "somebody") : $0 },
        isCarriedOut: { if case .present = $0 { false } else { true } })),
    Case(
      name: "always on before it is durable", rule: .right,
      sabotage: Sabotage(effect: { effect in
        guard case .ask(_, .setMaster(true, _, _, _)) = effect else { return [effect] }
        return [effect, .unlock(EffectID(9999), atMost: .seconds(1))]
      })),
    Case(
      name: "an activation outlives the boot", rule: .right, troubles: restarts,
      sabotage: Sabotage(memory: { memory, boot in
        guard let activation = memory.activation, activation.start.boot != boot,
          !activation.hasEnded
        else { return }
        memory.activation?.start = BootInstant(
          boot: boot, instant: MonotonicInstant(nanoseconds: 15_000_000_000))
      })),
    Case(
      name: "the relays may stay on for ever", rule: .time,
      sabotage: Sabotage(effect: { effect in
        guard case .unlock(let id, _) = effect else { return [effect] }
        return [.unlock(id, atMost: .seconds(86_400))]
      })),
    Case(
      name: "orders to switch off are lost", rule: .time,
      sabotage: Sabotage(effect: { effect in
        if case .lock(let id) = effect, id.number > 1 { return [] }
        return [effect]
      })),
    Case(
      name: "the guard is told too short a time", rule: .time,
      sabotage: Sabotage(effect: { effect in
        guard case .unlock(let id, let longest) = effect, longest < .seconds(6) else { return [effect] }
        return [.unlock(id, atMost: .seconds(1))]
      })),
    Case(
      name: "a restart loses the rest of the time", rule: .time, troubles: restarts,
      sabotage: Sabotage(memory: { memory, _ in memory.activation?.milliseconds = 0 })),
    Case(
      name: "locked out at the tenth", rule: .lockOut,
      sabotage: Sabotage(settings: { $0.invalidTokens = 9 })),
    Case(
      name: "locked out at the twelfth", rule: .lockOut,
      sabotage: Sabotage(settings: { $0.invalidTokens = 11 })),
    Case(
      name: "attempts count for too long", rule: .lockOut,
      sabotage: Sabotage(settings: { $0.attemptWindow = .seconds(60) })),
    Case(
      name: "attempts count for too short", rule: .lockOut,
      sabotage: Sabotage(settings: { $0.attemptWindow = .seconds(6) })),
    Case(
      name: "a lock-out is too short", rule: .lockOut,
      sabotage: Sabotage(settings: { $0.lockOut = .seconds(29) })),
    Case(
      name: "a lock-out is too long", rule: .lockOut,
      sabotage: Sabotage(settings: { $0.lockOut = .seconds(31) })),
    Case(
      name: "a restart ends a lock-out", rule: .lockOut, troubles: restarts,
      sabotage: Sabotage(memory: { memory, _ in memory.lockOut = nil })),
    Case(
      name: "a restart forgets attempts", rule: .lockOut, troubles: restarts,
      sabotage: Sabotage(memory: { memory, _ in memory.invalidTokens = [] })),
    Case(
      name: "the end of an activation is not recorded", rule: .entry,
      sabotage: Sabotage(isCarriedOut: { if case .activationEnded = $0 { false } else { true } })),
    Case(
      name: "a gap in which drinks are not seen is passed over", rule: .entry,
      sabotage: Sabotage(effect: { effect in
        guard case .ask(let effect, .activationEnded(let id, let drinks, _)) = effect else { return [effect] }
        return [.ask(effect, .activationEnded(id, drinks: drinks, allSeen: true))]
      })),
    Case(
      name: "a drink is not recorded", rule: .entry,
      sabotage: Sabotage(isCarriedOut: { if case .brewed(_, _, 1) = $0 { false } else { true } })),
    Case(
      name: "a card that lies there is found anew", rule: .card,
      sabotage: Sabotage(event: { event in
        guard case .cardRemoved(let uid) = event, uid != Day.master else { return [event] }
        return [event, .cardAppeared(uid), event]
      })),
    Case(
      name: "the master token that lies there is found anew", rule: .card,
      sabotage: Sabotage(event: { event in
        guard case .cardAppeared(Day.master) = event else { return [event] }
        return [event, .cardRemoved(Day.master), event, .cardRemoved(Day.master), event]
      })),
    Case(
      name: "a restart forgets the token that lies there", rule: .card, troubles: restarts,
      sabotage: Sabotage(memory: { memory, _ in memory.tokensOnReader = [] })),
    Case(
      name: "a restart forgets the token beside it", rule: .card, troubles: restarts,
      sabotage: Sabotage(memory: { memory, _ in
        memory.tokensOnReader = Array(memory.tokensOnReader.prefix(1))
      })),
    Case(
      name: "cold too soon", rule: .length, sabotage: Sabotage(settings: { $0.coldAfter = .seconds(20) })),
    Case(
      name: "cold too late", rule: .length, sabotage: Sabotage(settings: { $0.coldAfter = .seconds(90) })),
    Case(
      name: "the time is too long", rule: .length,
      sabotage: Sabotage(settings: { $0.activation = .seconds(4) })),
    Case(
      name: "orders to switch off are not repeated", rule: .off, troubles: faults,
      sabotage: Sabotage(settings: { $0.relayRetry = .seconds(3600) })),
    Case(
      name: "always on is not ordered anew", rule: .master,
      sabotage: Sabotage(settings: {
        $0.masterRenewal = .seconds(3600)
        $0.relayPause = .seconds(3600)
        $0.longestRelayPause = .seconds(3600)
      })),
    Case(
      name: "the wrong lights", rule: .shown,
      sabotage: Sabotage(effect: { effect in
        guard case .lights(.active) = effect else { return [effect] }
        return [.lights(.ready)]
      })),
  ]

  @Test(arguments: cases)
  func theAuditorNamesTheRuleThatIsBroken(_ broken: Case) {
    var named: Set<Auditor.Rule> = []
    // What is rare may need some more days to be seen.
    for seed in 1...200 as ClosedRange<UInt64> where seed <= 2 || named.isEmpty {
      var day = Day(seed: seed, troubles: broken.troubles, sabotage: broken.sabotage)
      day.run(events: 8000)
      if let first = day.auditor.violations.first { named.insert(first.rule) }
    }
    #expect(named == [broken.rule])
  }

  /// The same days, unspoilt.
  @Test(arguments: [
    Day.Troubles(faults: false, restarts: false), faults, restarts, Day.Troubles(),
  ])
  func withoutSabotageItNamesNone(_ troubles: Day.Troubles) {
    for seed in 1...3 as ClosedRange<UInt64> {
      var day = Day(seed: seed, troubles: troubles)
      day.run(events: 8000)
      day.closeDown()
      #expect(day.auditor.violations.isEmpty, "\(day.auditor.violations.prefix(3))")
    }
  }
}
