import DaemonKit
import DaemonTesting
import FlowControl
import PiHAL
import RC522
import Testing

@testable import tapd

/// Events in orders that no hardware produces: a machine must neither trap nor open the valve without a grant.
@Suite(.ownThreads) struct NonsenseTests {
  private static let cards = Evening.guests + [Evening.cleaner, Evening.stranger]

  private func nonsense(_ dice: inout Dice, asked: [EffectID: LedgerRequest], last: UInt64) -> TapEvent {
    let id = EffectID(UInt64(dice.roll(0...Int(last) + 1)))
    switch dice.roll(0...15) {
    case 0...2: return .cardAppeared(dice.pick(Self.cards))
    case 3: return .cardRemoved(dice.pick(Self.cards))
    case 4: return dice.once(in: 2) ? .readerFailed(message: "") : .readerRecovered
    case 5...6:
      return .pulses(
        PulseReading(
          epoch: UInt32(dice.roll(0...2)), total: dice.pick([0, 7, 100, 1_000_000, .max]),
          restored: dice.pick([0, .max]), rejected: dice.pick([0, .max]),
          newestEdge: dice.pick([nil, .zero, MonotonicInstant(nanoseconds: .max)])))
    case 7: return .meterFailed(message: "")
    case 8: return .valveOpened(id)
    case 9: return .valveClosed(dice.once(in: 3) ? nil : id)
    case 10: return dice.once(in: 3) ? .valveFailed(message: "") : .cancelPour
    case 11...13: return .answered(id, answer(&dice, to: asked[id]))
    case 14:
      return .tapChanged(
        TapStatus(
          inService: !dice.once(in: 4), keg: nil,
          afterFlow: AfterFlow(initialMicrolitres: dice.pick([0, .max]), maximumMicrolitres: .max)))
    default: return dice.once(in: 20) ? .shutDown : .balanceChanged(dice.pick(Self.cards))
    }
  }

  private func answer(_ dice: inout Dice, to request: LedgerRequest?) -> LedgerAnswer {
    let pour: PourID =
      switch request {
      case .authorise(let hold): hold.pour
      case .settle(let settlement): settlement.pour
      case .extend(let pour), .mark(let pour, _), .release(let pour): pour
      case .unattributed, .leak, nil: PourID("nonsense")
      }
    switch dice.roll(0...4) {
    case 0, 1:
      return .granted(
        Grant(
          pour: pour, kind: dice.pick(CardKind.allCases),
          limitMicrolitres: dice.pick([nil, 0, 500_000, .max]),
          limitedBy: dice.pick([nil, .keg, .balance]),
          pricePerLitre: Money(dice.pick([0, 1000, .max, .min])), hold: Money(dice.pick([0, .max, .min])),
          balance: dice.pick([nil, Money(.max), Money(.min)])))
    case 2: return dice.once(in: 2) ? .recorded : .refused(Refusal(reason: .noCredit))
    case 3:
      return .settled(
        Receipt(
          pour: pour, microlitres: dice.pick([0, .max, .min]), charge: Money(.max), balance: Money(.min)))
    default:
      return .failed(
        LedgerFailure(kind: dice.pick([.storage, .unreachable, .rejected]), message: ""))
    }
  }

  @Test func nonsenseOpensNothingAndTrapsNowhere() {
    var openings = 0
    for seed in 1...(EveningTests.isThorough ? 100_000 : 4500) as ClosedRange<UInt64> {
      var dice = Dice(seed: seed)
      var now = MonotonicInstant(nanoseconds: 1_000_000)
      var machine = TapMachine(
        settings: TapSettings(), status: TapStatus(), random: Dice(seed: seed), at: now)
      var asked: [EffectID: LedgerRequest] = [:]
      var authorised: Set<PourID> = []
      var lastHold: (id: EffectID, request: HoldRequest)?
      var lastID: UInt64 = 0
      var isOrderedOpen = false
      func note(_ effects: [TapEffect]) {
        for effect in effects {
          switch effect {
          case .ask(let id, let request):
            asked[id] = request
            lastID = max(lastID, id.number)
            if case .authorise(let hold) = request { lastHold = (id, hold) }
          case .openValve(let id, _):
            lastID = max(lastID, id.number)
            openings += 1
            #expect(lastHold.map { authorised.remove($0.request.pour) != nil } == true, "seed \(seed)")
            #expect(!isOrderedOpen, "seed \(seed)")
            isOrderedOpen = true
          case .closeValve(let id):
            lastID = max(lastID, id.number)
            isOrderedOpen = false
          case .readMeter, .show, .log: break
          }
        }
      }
      note(machine.start())
      for _ in 0..<40 {
        if dice.once(in: 3) { now = now.advanced(by: .milliseconds(dice.roll(-50...3000))) }
        var sense: [TapEvent] = [
          .valveClosed(EffectID(lastID)), .pulses(PulseReading(epoch: 2, total: .max)), .tick,
          .cardAppeared(dice.pick(Self.cards)),
        ]
        if let (id, request) = lastHold {
          let grant = Grant(
            pour: request.pour, kind: .guest, limitMicrolitres: 500_000, limitedBy: .balance,
            pricePerLitre: Money(1000), hold: Money(500), balance: Money(500))
          sense += [.answered(id, .granted(grant)), .answered(id, .granted(grant))]
        }
        // Half of the time something that makes sense, so that it gets somewhere.
        let event: TapEvent =
          dice.once(in: 2)
          ? nonsense(&dice, asked: asked, last: lastID)
          : dice.pick(sense)
        if case .answered(let id, .granted(let grant)) = event, case .authorise(let hold)? = asked[id],
          hold.pour == grant.pour
        {
          authorised.insert(hold.pour)
        }
        note(machine.handle(event, at: now))
      }
    }
    #expect(openings > 50)
  }
}
