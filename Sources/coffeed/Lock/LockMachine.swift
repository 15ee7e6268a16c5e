import DaemonKit
import PiHAL
import RC522

/// Decides all that the lock of the machine does. Pure: what goes in are events with their time, what comes out
/// are effects; the same events give the same effects. The shell around it turns hardware, books and pages into
/// events.
///
/// An event first changes what is known (`take`), then everything that is due by now is done (`advance`): so it
/// does not matter which event it is that finds a deadline passed.
struct LockMachine: Sendable {
  var settings: LockSettings
  /// The present boot, as the kernel names it.
  let boot: String
  private var random: any RandomNumberGenerator & Sendable

  // What is known.
  var now: MonotonicInstant
  /// The cards on the reader. Each was served or passed over when it came, and counts no more.
  var cards: [UID] = []
  /// The tokens that lay on the reader before the start and were not reported yet. None any more when the reader has
  /// told all that it has.
  var leftTokens: [Token] = []
  var readerHasFailed = false
  var drinksAreSeen = false
  var booksHaveFailed = false
  var isShuttingDown = false

  // Who may use the machine.
  var isMaster = false
  /// The books are asked to turn the always-on mode on.
  var masterRequest: MasterRequest?
  var activation: Activation?
  /// An activation that is over, as long as a drink may still belong to it.
  var endedActivation: Activation?
  /// When the newest activation began, in this boot.
  var lastUse: MonotonicInstant?
  var lockOutBegan: MonotonicInstant?
  /// When invalid tokens were shown, in this boot.
  var invalidTokens: [MonotonicInstant] = []

  // What the books are asked.
  var question: Question?
  /// A question that was given up: it may have been granted all the same.
  var unresolved: Question?
  /// What must reach the books, in this order.
  var records: [Record] = []

  // Relays.
  var relays: RelayOrder
  /// By what right the relays were switched on; they may be on until they are known to be off.
  var onBy: Right?
  var relaysHaveFailed = false
  /// How often they failed in a row, and until when they are left off.
  var relayFailures = 0
  var relaysPausedUntil = MonotonicInstant.zero
  var relaysOnSince: MonotonicInstant?
  var hasStarted = false

  // What is shown.
  var notice: (notice: LockView.Notice, until: MonotonicInstant)?
  var shownView: LockView?
  var shownLights: Lights?
  var lastLogged: [LogTopic: MonotonicInstant] = [:]

  private var lastEffect = EffectID(0)
  private var effects: [LockEffect] = []

  /// - Parameters:
  ///   - memory: what the books remember of the lock.
  ///   - boot: the present boot, as the kernel names it.
  ///   - random: makes the ids of activations. Seed it from the system's randomness, anew in each life.
  init(
    memory: LockMemory, settings: LockSettings, boot: String, random: any RandomNumberGenerator & Sendable,
    at now: MonotonicInstant
  ) {
    self.settings = settings
    self.boot = boot
    self.random = random
    self.now = now
    relays = RelayOrder(.off, id: EffectID(0), at: now)
    remember(memory)
  }

  /// What to do before the first event: switch the relays off, tell the books what has become of the past.
  mutating func start() -> [LockEffect] {
    orderOff()
    advance()
    refresh()
    return takeEffects()
  }

  /// Takes in an event and says what is to be done. An instant before an earlier one counts as that one.
  mutating func handle(_ event: LockEvent, at instant: MonotonicInstant) -> [LockEffect] {
    now = max(now, instant)
    take(event)
    advance()
    refresh()
    return takeEffects()
  }

  /// Whether nothing is left to do before the daemon may end: the relays are off, all is recorded.
  var hasFinished: Bool { hasRecordedAll && relays.isOff }

  /// Whether it is shutting down and nothing waits for the books.
  var hasRecordedAll: Bool { isShuttingDown && records.isEmpty }

  private mutating func take(_ event: LockEvent) {
    switch event {
    case .cardAppeared(let uid): cardAppeared(uid)
    case .cardRemoved(let uid): cards.removeAll { $0 == uid }
    case .readerFailed(let message): readerFailed(message)
    case .readerRecovered: readerRecovered()
    case .readerSettled: leftTokens = []
    case .brewed(let drink): brewed(drink)
    case .drinksAreSeen(let areSeen): drinksAreSeen(areSeen)
    case .unlocked(let id): unlocked(id)
    case .locked(let id): locked(id)
    case .relaysFailed(let message): relaysFailed(message)
    case .answered(let id, let answer): answered(id, answer)
    case .settingsChanged(let settings): self.settings = settings
    case .shutDown: shutDown()
    case .tick: repeatOrderOff()
    }
  }

  /// Does all that is due by now.
  private mutating func advance() {
    advanceLockOut()
    advanceMaster()
    advanceActivation()
    advanceRelays()
    advanceQuestion()
    sendRecords()
  }

  private mutating func shutDown() {
    guard !isShuttingDown else { return }
    isShuttingDown = true
    // A grant that is on its way stays in the books' memory: the next life goes on with it.
    question = nil
    closeEndedActivation()
  }

  // MARK: Effects

  mutating func emit(_ effect: LockEffect) { effects.append(effect) }

  mutating func nextID() -> EffectID {
    lastEffect.number += 1
    return lastEffect
  }

  mutating func newActivationID() -> ActivationID { ActivationID(using: &random) }

  /// The present moment, as it is remembered.
  var bootInstant: BootInstant { BootInstant(boot: boot, instant: now) }

  private mutating func takeEffects() -> [LockEffect] {
    defer { effects.removeAll(keepingCapacity: true) }
    return effects
  }
}
