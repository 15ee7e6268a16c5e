import DaemonKit
import DaemonTesting
import PiHAL
import RC522
import Testing

@testable import coffeed

/// Events in orders that no hardware produces: a machine must neither trap nor unlock without a right.
@Suite(.ownThreads) struct LockNonsenseTests {
  private static let cards = Day.users + [Day.master, Day.barred, Day.phone]

  private func memory(_ dice: inout Dice) -> LockMemory {
    var memory = LockMemory()
    let instants = [0, 1_000_000, 5_000_000_000, UInt64.max].map { MonotonicInstant(nanoseconds: $0) }
    let boots = ["", "this boot"]
    func instant() -> BootInstant { BootInstant(boot: dice.pick(boots), instant: dice.pick(instants)) }
    if dice.once(in: 2) {
      memory.activation = LockMemory.Activation(
        id: ActivationID("old"), start: instant(), milliseconds: dice.pick([0, 30_000, .max, .min, -1]),
        drinks: dice.pick([0, 3, .max]), hasEnded: dice.once(in: 2))
    }
    if dice.once(in: 4) { memory.lockOut = instant() }
    memory.invalidTokens = (0..<dice.roll(0...20)).map { _ in instant() }
    memory.isMaster = dice.once(in: 4)
    memory.tokensOnReader = Self.cards.prefix(dice.roll(0...2)).map { Token($0) }
    return memory
  }

  private func nonsense(_ dice: inout Dice, last: UInt64) -> LockEvent {
    let id = EffectID(UInt64(dice.roll(0...Int(last) + 1)))
    switch dice.roll(0...14) {
    case 0...2: return .cardAppeared(dice.pick(Self.cards))
    case 3...4: return .cardRemoved(dice.pick(Self.cards))
    case 5: return dice.pick([.readerFailed(message: ""), .readerRecovered, .readerSettled])
    case 6: return dice.once(in: 2) ? .brewed(dice.pick(Drink.allCases)) : .drinksAreSeen(dice.once(in: 2))
    case 7: return .unlocked(id)
    case 8: return .locked(id)
    case 9: return .relaysFailed(message: "")
    case 10...12: return .answered(id, answer(&dice))
    case 13:
      var settings = LockSettings()
      settings.masterToken = dice.pick([nil, Token(Day.master)])
      settings.activation = dice.pick([.zero, .seconds(30), .seconds(Int64.max / 2), .seconds(-5)])
      settings.lockOut = dice.pick([.zero, .seconds(300), .seconds(Int64.max / 2)])
      settings.attemptWindow = dice.pick([.zero, .seconds(60)])
      settings.invalidTokens = dice.pick([-1, 0, 10, .max])
      return .settingsChanged(settings)
    default: return dice.once(in: 20) ? .shutDown : .tick
    }
  }

  private func answer(_ dice: inout Dice) -> LockAnswer {
    switch dice.roll(0...4) {
    case 0: .granted(usage: dice.pick([0, .max, .min]), userName: "")
    case 1: .refused(dice.pick(TokenRefusal.allCases))
    case 2: .enrolled
    case 3: .recorded
    default: .failed("")
    }
  }

  @Test func nonsenseUnlocksNothingAndTrapsNowhere() {
    var unlocks = 0
    for seed in 1...(DayTests.isThorough ? 100_000 : 3000) as ClosedRange<UInt64> {
      var dice = Dice(seed: seed)
      var now = MonotonicInstant(nanoseconds: 1_000_000)
      var settings = LockSettings()
      settings.masterToken = Token(Day.master)
      let memory = memory(&dice)
      var machine = LockMachine(
        memory: memory, settings: settings, boot: "this boot", random: Dice(seed: seed), at: now)
      var asked: [EffectID: LockRequest] = [:]
      // What gives a right, once it was answered.
      var granted = Set<ActivationID>()
      var isMaster = memory.isMaster
      var lastID: UInt64 = 0
      let continued = memory.activation.map { !$0.hasEnded && $0.start.boot == "this boot" } ?? false
      func note(_ effects: [LockEffect]) {
        for effect in effects {
          switch effect {
          case .ask(let id, let request):
            asked[id] = request
            lastID = max(lastID, id.number)
          case .unlock(let id, let longest):
            lastID = max(lastID, id.number)
            unlocks += 1
            #expect(isMaster || continued || !granted.isEmpty, "seed \(seed)")
            #expect(longest <= .seconds(3602) || continued, "seed \(seed)")
          case .lock(let id): lastID = max(lastID, id.number)
          case .lights, .show, .scanned, .log: break
          }
        }
      }
      note(machine.start())
      for _ in 0..<60 {
        if dice.once(in: 3) { now = now.advanced(by: .milliseconds(dice.roll(-50...3000))) }
        let last = EffectID(lastID)
        // Half of the time something that makes sense, so that it gets somewhere.
        let sense: [LockEvent] = [
          .locked(last), .unlocked(last), .cardAppeared(dice.pick(Self.cards)), .tick,
          .answered(last, .granted(usage: 1, userName: "")), .answered(last, .recorded),
        ]
        let event = dice.once(in: 2) ? nonsense(&dice, last: lastID) : dice.pick(sense)
        switch event {
        case .answered(let id, .granted):
          if case .present(let presentation)? = asked[id] { granted.insert(presentation.id) }
        case .answered(let id, .recorded):
          if case .setMaster(true, _, _, _)? = asked[id] { isMaster = true }
        default: break
        }
        note(machine.handle(event, at: now))
      }
    }
    #expect(unlocks > 500)
  }
}
