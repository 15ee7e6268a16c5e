import DaemonKit
import FlowControl
import PiHAL
import RC522

/// Decides all that one tap does. Pure: what goes in are events with their time, what comes out are effects;
/// the same events give the same effects. The shell around it turns hardware, ledger and pages into events.
///
/// An event first changes what is known (`take`), then everything that is due by now is done (`advance`):
/// so it does not matter which event it is that finds a deadline passed.
struct TapMachine: Sendable {
  let settings: TapSettings
  var random: any RandomNumberGenerator & Sendable

  // What is known.
  var now: MonotonicInstant
  var status: TapStatus
  /// The cards on the reader, in the order in which they came.
  var cards: [UID] = []
  /// The card that is served next.
  var waiting: UID?
  var readerFailedSince: MonotonicInstant?
  var meterHasFailed = false
  var valveHasFailed = false
  /// Whether the log says why.
  var valveFailureIsTold = false
  var ledgerFailure: LedgerFailure.Kind?
  var isShuttingDown = false
  var tally: MeterTally
  /// Since when the counter has run without a gap: what flowed before a new start was seen by nobody.
  var meterRunsSince: MonotonicInstant
  var rate = FlowRate()
  var watch: FlowWatch
  var valve: ValveOrder

  // What is going on.
  var stage = Stage.idle
  var pour: Pour?
  /// The last pour that was settled: late pulses are put down to it.
  var settled: (pour: PourID, at: MonotonicInstant)?
  var stray: StrayFlow?
  var strayRecord: Record?
  /// How long flow without a pour is collected before it is recorded.
  var strayInterval: Duration
  var leak: Leak

  // What is shown.
  var result: Result?
  var secondCardUntil: MonotonicInstant?
  var shown: TapScreen?
  var shownAt: MonotonicInstant

  private var lastEffect = EffectID(0)
  private var effects: [TapEffect] = []

  /// - Parameters:
  ///   - status: what the ledger knows of the tap now.
  ///   - random: makes the ids of pours. Seed it from the system's randomness, anew in each life.
  init(
    settings: TapSettings, status: TapStatus, random: any RandomNumberGenerator & Sendable,
    at now: MonotonicInstant
  ) {
    self.settings = settings
    self.status = status
    self.random = random
    self.now = now
    tally = MeterTally(at: now)
    meterRunsSince = now
    watch = FlowWatch(limits: settings.watchLimits, at: now)
    strayInterval = settings.unattributedInterval
    leak = Leak(silence: settings.slowLeakSilence, quietSince: now)
    valve = ValveOrder(.closed, id: EffectID(0), at: now)
    shownAt = now
  }

  /// What to do before the first event: close the valve, show the screen.
  /// - Parameter recovered: the last pour of this tap that was settled because the daemon's last life ended in
  ///   the middle of it, if there was one.
  mutating func start(recovered: LedgerState.EndedPour? = nil) -> [TapEffect] {
    if let recovered {
      result = Result(
        phase: .done, notice: .settledAfterPowerCut,
        pour: TapScreen.Pour(
          microlitres: recovered.microlitres, microlitresPerSecond: 0,
          cost: recovered.kind == .guest ? recovered.charge.price : nil, balance: recovered.balance?.price),
        until: now.advanced(by: settings.doneScreen))
    }
    orderValveClosed()
    refreshScreen()
    return takeEffects()
  }

  /// Takes in an event and says what is to be done. An instant before an earlier one counts as that one.
  mutating func handle(_ event: TapEvent, at instant: MonotonicInstant) -> [TapEffect] {
    now = max(now, instant)
    take(event)
    advance()
    refreshScreen()
    return takeEffects()
  }

  /// Whether nothing is left to do before the daemon may end: the valve is closed, every pour recorded.
  var hasFinished: Bool { hasRecordedAll && valve.isClosed }

  /// Whether no pour is going on or waits for the ledger.
  var hasRecordedAll: Bool {
    stage == .idle && stray == nil && strayRecord == nil && leak.record == nil
  }

  private mutating func take(_ event: TapEvent) {
    switch event {
    case .cardAppeared(let uid): cardAppeared(uid)
    case .cardRemoved(let uid, let silence): cardRemoved(uid, silence: silence)
    case .readerFailed(let message, let since): readerFailed(message, since: since ?? now)
    case .readerRecovered: readerFailedSince = nil
    case .pulses(let reading): meterRead(reading)
    case .meterFailed(let message): meterFailed(message)
    case .valveOpened(let id): valveOpened(id)
    case .valveClosed(let id): valveClosed(id)
    case .valveFailed(let message): valveFailed(message)
    case .answered(let id, let answer): answered(id, answer)
    case .tapChanged(let status): tapChanged(status)
    case .balanceChanged(let uid): balanceChanged(uid)
    case .cardBlocked(let uid): cardBlocked(uid)
    case .cancelPour: cancelPour()
    case .shutDown:
      isShuttingDown = true
      cancelPour()
    case .tick: repeatOrderToClose()
    }
  }

  // MARK: Effects

  mutating func emit(_ effect: TapEffect) { effects.append(effect) }

  mutating func log(_ level: TapLog.Level, _ message: String) {
    emit(.log(TapLog(level: level, message: message)))
  }

  mutating func nextID() -> EffectID {
    lastEffect.number += 1
    return lastEffect
  }

  /// Puts a request to the ledger.
  mutating func ask(_ request: LedgerRequest) -> EffectID {
    let id = nextID()
    emit(.ask(id, request))
    return id
  }

  private mutating func takeEffects() -> [TapEffect] {
    defer { effects.removeAll(keepingCapacity: true) }
    return effects
  }
}

extension TapSettings {
  var watchLimits: FlowWatch.Limits {
    FlowWatch.Limits(
      maximumOpenTime: maximumPour, noFlowTimeout: noFlowTimeout, settleQuiet: flowStopped,
      settleMaximum: maximumSettling, leakMicrolitres: leakMicrolitres, leakWindow: leakWindow,
      slowLeakMicrolitres: leakMicrolitres.addingClamped(leakMicrolitres), slowLeakWindow: slowLeakWindow)
  }
}
