import DaemonKit
import DaemonTesting
import PiHAL
import RC522

@testable import coffeed

/// A lock in good order, for stories told step by step: the books answer at once, the relays obey at once.
struct Kitchen {
  static let anna = UID("04a1b2c3")!
  static let ben = UID("04a2f00d112233")!
  static let barred = UID("0bad0bad")!
  static let pending = UID("0e0e0e0e")!
  static let stranger = UID("deadbeef")!
  static let phone = UID("08123456")!
  static let master = UID("3a57e200")!

  var settings: LockSettings
  var books = LockBooks()
  var machine: LockMachine
  var boot = "first boot"
  var now = MonotonicInstant(nanoseconds: 60_000_000_000)
  private(set) var effects: [LockEffect] = []
  private(set) var view: LockView?
  private(set) var lights: Lights?
  /// The relays, as a meter at the contacts would show them.
  private(set) var isUnlocked = false
  private(set) var onTime = Duration.zero
  /// What the guard was last told.
  private(set) var guardEnd = MonotonicInstant.zero

  // What is spoilt.
  var booksAnswer = true
  /// The books answer that they cannot...
  var booksFail = false
  /// ...though it was carried out.
  var failureIsAMistake = false
  var relaysObey = true
  var relaysThrow = false
  /// Whether there are inputs for drinks, and they work from each start on.
  var seesDrinks = true

  private var inbox: [LockEvent] = []

  init(settings: LockSettings = LockSettings(), isRunning: Bool = true) {
    self.settings = settings
    self.settings.masterToken = Token(Self.master)
    books.add(Token(Self.anna))
    books.add(Token(Self.ben))
    books.add(Token(Self.barred), barred: true)
    books.addPending(Token(Self.pending))
    machine = LockMachine(
      memory: LockMemory(), settings: self.settings, boot: boot, random: Dice(seed: 0), at: now)
    if isRunning {
      restart()
      settle()
    }
  }

  // MARK: What happens

  /// The daemon ends by SIGKILL and starts again: the guard switches the relays off.
  mutating func restart(after dark: Duration = .seconds(1)) {
    isUnlocked = false
    inbox = []
    now = now.advanced(by: dark)
    machine = LockMachine(
      memory: books.memory, settings: settings, boot: boot, random: Dice(seed: now.nanoseconds), at: now)
    carryOut(machine.start())
    deliver()
    if seesDrinks { send(.drinksAreSeen(true)) }
  }

  /// The power was cut; the clock starts anew.
  mutating func reboot() {
    boot += "'"
    now = MonotonicInstant(nanoseconds: 9_000_000_000)
    restart()
  }

  mutating func send(_ event: LockEvent) {
    carryOut(machine.handle(event, at: now))
    deliver()
  }

  private mutating func deliver() {
    while !inbox.isEmpty { carryOut(machine.handle(inbox.removeFirst(), at: now)) }
  }

  mutating func lay(_ uid: UID) { send(.cardAppeared(uid)) }

  mutating func take(_ uid: UID) { send(.cardRemoved(uid)) }

  /// A card held to the reader for a moment.
  mutating func show(_ uid: UID) {
    lay(uid)
    wait(.milliseconds(300))
    take(uid)
    wait(.milliseconds(200))
  }

  mutating func change(_ change: (inout LockSettings) -> Void) {
    change(&settings)
    books.isScanMode = settings.isScanMode
    books.chargesDrinks = settings.chargesDrinks
    send(.settingsChanged(settings))
  }

  /// Lets time pass, in steps of 50 ms.
  mutating func wait(_ duration: Duration) {
    let end = now.advanced(by: duration)
    while now < end {
      now = min(end, now.advanced(by: .milliseconds(50)))
      if isUnlocked { onTime += .milliseconds(50) }
      if isUnlocked, now >= guardEnd { guardLocks() }
      send(.tick)
    }
  }

  /// The guard switches off without an order.
  mutating func guardLocks() {
    isUnlocked = false
    send(.relaysFailed(message: "the lease was not renewed"))
  }

  /// The reader has looked around since its start.
  mutating func settle() { send(.readerSettled) }

  // MARK: What is to be seen

  var usages: Int { books.usages.count { !$0.isCancelled } }

  var logs: [String] {
    effects.compactMap { effect in
      if case .log(let log) = effect { log.message } else { nil }
    }
  }

  var scanned: [Token] {
    effects.compactMap { effect in
      if case .scanned(let token) = effect { token } else { nil }
    }
  }

  var presentations: [Presentation] {
    effects.compactMap { effect in
      if case .ask(_, .present(let presentation)) = effect { presentation } else { nil }
    }
  }

  func count(_ isWanted: (LockEffect) -> Bool) -> Int { effects.count(where: isWanted) }

  /// How often the relays were ordered off.
  var locks: Int { count { if case .lock = $0 { true } else { false } } }

  var unlocks: [Duration] {
    effects.compactMap { effect in
      if case .unlock(_, let longest) = effect { longest } else { nil }
    }
  }

  var shown: [LockView] {
    effects.compactMap { effect in
      if case .show(let view) = effect { view } else { nil }
    }
  }

  mutating func forget() {
    effects = []
    onTime = .zero
  }

  private mutating func carryOut(_ new: [LockEffect]) {
    effects += new
    for effect in new {
      switch effect {
      case .ask(let id, let request): answer(id, request)
      case .unlock(let id, let longest):
        if relaysThrow { inbox.append(.relaysFailed(message: "the line is gone")) }
        guard relaysObey, !relaysThrow else { continue }
        isUnlocked = true
        guardEnd = now.advanced(by: longest)
        inbox.append(.unlocked(id))
      case .lock(let id):
        if relaysThrow { inbox.append(.relaysFailed(message: "the line is gone")) }
        guard relaysObey, !relaysThrow else { continue }
        isUnlocked = false
        inbox.append(.locked(id))
      case .lights(let lights): self.lights = lights
      case .show(let view): self.view = view
      case .scanned, .log: break
      }
    }
  }

  private mutating func answer(_ id: EffectID, _ request: LockRequest) {
    guard booksAnswer else { return }
    if booksFail {
      if failureIsAMistake { _ = books.decide(request) }
      inbox.append(.answered(id, .failed("no space left on device")))
    } else {
      inbox.append(.answered(id, books.decide(request)))
    }
  }
}
