import DaemonKit
import FlowControl
import PiHAL
import RC522

extension TapMachine {
  /// Where the tap is in the course of a pour. It only ever moves down this list, and from its end to `idle`:
  /// no valve opens before the pour before it is settled.
  enum Stage: Equatable, Sendable {
    case idle
    /// The ledger is asked for a hold.
    case authorising(EffectID, deadline: MonotonicInstant)
    /// The hold is durable; the meter is read once more, so that what it counted before is not the guest's.
    case readingMeter(deadline: MonotonicInstant)
    /// The valve is ordered open.
    case pouring
    /// The valve is ordered closed.
    case closing
    /// The valve is closed (or did not confirm it in time); the flow runs out.
    case settling
    /// The ledger is asked to settle or release the pour.
    case recording(Record)
  }

  /// A request that must reach the ledger: asked for again until it is acknowledged.
  struct Record: Equatable, Sendable {
    let id: EffectID
    let request: LedgerRequest
    var sent: MonotonicInstant
    /// The ledger said that it could not.
    var hasFailed = false
  }

  /// The pour at hand, from the card's arrival to the acknowledged settlement.
  struct Pour: Equatable, Sendable {
    let id: PourID
    let card: UID
    var grant: Grant?
    /// The meter before the valve opened.
    var start = MeterTally.Count()
    var opened: MonotonicInstant
    /// When the pour ends, because its card is away.
    var removalDeadline: MonotonicInstant?
    /// The newest mark that is known to be durable.
    var markedMicrolitres: Int64 = 0
    /// The mark on its way, and when the last one was sent.
    var markUnderWay: Mark?
    var markSent: MonotonicInstant
    /// The request for a larger hold on its way.
    var extensionUnderWay: EffectID?
    var ending: Ending?
    /// Tells gas from drink; nil for maintenance.
    var gasWatch: GasWatch?
    var gas: GasWatch.Finding?
    /// What flowed before the valve opened must have stopped by then.
    var quietDeadline: MonotonicInstant?

    init(id: PourID, card: UID, at now: MonotonicInstant) {
      self.id = id
      self.card = card
      opened = now
      markSent = now
    }
  }

  struct Mark: Equatable, Sendable {
    let id: EffectID
    let microlitres: Int64
  }

  /// How a pour ends, as far as known when the valve was ordered closed.
  struct Ending: Equatable, Sendable {
    var reason: PourEnd
    var microlitres: Int64
    var microlitresPerSecond: Int64
    var openTime: Duration
  }

  /// Flow that belongs to no pour, until it is recorded.
  struct StrayFlow: Equatable, Sendable {
    var pulses: UInt64
    var cause: UnattributedFlow.Cause
    var pour: PourID?
    var since: MonotonicInstant
  }

  /// Flow through the closed valve, as far as the ledger does not know of it yet.
  struct Leak: Equatable, Sendable {
    /// What the ledger is to record; nil when it is up to date.
    var news: Bool?
    var record: Record?
    /// The leak is over when nothing has flowed for so long.
    var silence: Duration
    /// Since when nothing has flowed through the closed valve.
    var quietSince: MonotonicInstant
  }

  /// What the screen shows for a while after a card was served or refused.
  struct Result: Equatable, Sendable {
    var phase: TapScreen.Phase
    var notice: TapScreen.Notice?
    var pour: TapScreen.Pour?
    var balance: TapScreen.Price?
    var until: MonotonicInstant
  }
}
