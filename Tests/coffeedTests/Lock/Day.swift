import DaemonKit
import DaemonTesting
import PiHAL
import RC522

@testable import coffeed

/// Where a test spoils things on purpose, to see that the auditor notices.
struct Sabotage: Sendable {
  /// What the machine is told to keep to, while the auditor keeps to the right thing.
  var settings: @Sendable (inout LockSettings) -> Void = { _ in }
  var event: @Sendable (LockEvent) -> [LockEvent] = { [$0] }
  var effect: @Sendable (LockEffect) -> [LockEffect] = { [$0] }
  var answer: @Sendable (LockAnswer) -> LockAnswer = { $0 }
  /// Whether the books carry a request out that they acknowledge.
  var isCarriedOut: @Sendable (LockRequest) -> Bool = { _ in true }
  /// What is remembered at the start of a life, in the boot of that name.
  var memory: @Sendable (inout LockMemory, String) -> Void = { _, _ in }
}

/// A day at the coffee machine: users, strangers, an attacker, books, relays and all that can go wrong, from one
/// seed. A short day: its times are a tenth of the true ones.
struct Day {
  struct Troubles: Sendable {
    /// Faults of reader, relays and books, lost and late and double answers.
    var faults = true
    /// The daemon is killed, or ended and started again; the power is cut.
    var restarts = true
  }

  struct Life {
    let memory: LockMemory
    let settings: LockSettings
    let boot: String
    let seed: UInt64
    let born: MonotonicInstant
    let first: [LockEffect]
    var events: [RecordedLockEvent] = []
    var effects: [[LockEffect]] = []
  }

  static let step: Int64 = 50

  static let users = (1...4).compactMap { UID([0xA0, 0, 0, UInt8($0)]) }
  static let barred = UID("0bad0bad")!
  static let strangers = (1...40).compactMap { UID([0xB0, 0, 0, UInt8($0)]) }
  static let phone = UID("08123456")!
  static let master = UID("3a57e200")!

  private(set) var auditor: Auditor
  /// All that the machines were told and what they answered, one list a life.
  private(set) var lives: [Life] = []
  private(set) var eventCount = 0
  private(set) var books = LockBooks()

  private let sabotage: Sabotage
  private let troubles: Troubles
  private let keepsRecording: Bool
  private var settings: LockSettings
  private var machine: LockMachine
  private var dice: Dice
  private var boot = 1
  private var now = MonotonicInstant(nanoseconds: 20_000_000_000)
  private var ticks = 0

  private var inbox: [(due: MonotonicInstant, event: LockEvent)] = []
  private var requests: [(due: MonotonicInstant, id: EffectID, request: LockRequest)] = []
  private var relayOrders: [(due: MonotonicInstant, id: EffectID, longest: Duration?)] = []

  // People.
  private var cardsOnReader: [(uid: UID, until: MonotonicInstant)] = []
  private var layings = 0
  private var nextAct = MonotonicInstant.zero
  private var attackUntil = MonotonicInstant.zero

  // The relays and what their guard was told.
  private var isOn = false
  private var guardEnd = MonotonicInstant.zero

  // Faults that last.
  private var booksAreBrokenUntil = MonotonicInstant.zero
  private var relaysAreStuckUntil = MonotonicInstant.zero
  private var relaysThrowUntil = MonotonicInstant.zero
  private var readerIsDeadUntil: MonotonicInstant?

  /// A tenth of the true times.
  static var settings: LockSettings {
    var settings = LockSettings()
    settings.activation = .seconds(3)
    settings.coldActivation = .seconds(9)
    settings.coldAfter = .seconds(60)
    settings.attemptWindow = .seconds(12)
    settings.lockOut = .seconds(30)
    settings.masterToken = Token(master)
    settings.masterUnlock = .seconds(6)
    settings.masterRenewal = .seconds(2)
    settings.askTimeout = .seconds(5)
    settings.unresolvedTime = .seconds(20)
    settings.longestRelayPause = .seconds(8)
    return settings
  }

  init(
    seed: UInt64, troubles: Troubles = Troubles(), sabotage: Sabotage = Sabotage(),
    keepsRecording: Bool = false
  ) {
    var settings = Self.settings
    auditor = Auditor(settings: settings)
    sabotage.settings(&settings)
    self.settings = settings
    self.sabotage = sabotage
    self.troubles = troubles
    self.keepsRecording = keepsRecording
    dice = Dice(seed: seed)
    for uid in Self.users { books.add(Token(uid)) }
    books.add(Token(Self.barred), barred: true)
    machine = LockMachine(
      memory: LockMemory(), settings: settings, boot: "", random: Dice(seed: 0), at: now)
    beBorn()
  }

  // MARK: Running

  /// - Returns: after at least so many events.
  mutating func run(events: Int) {
    while eventCount < events { passTime() }
  }

  /// Everybody goes home, all faults are mended, and the daemon ends in peace.
  mutating func closeDown() {
    mendEverything()
    nextAct = now.advanced(by: .seconds(3600))
    for _ in 0..<600 { passTime() }
    deliver(.shutDown)
    for _ in 0..<100 where !machine.hasFinished { passTime() }
    auditor.dayEnded(relaysAreOn: isOn)
  }

  var hasFinished: Bool { machine.hasFinished }

  private mutating func passTime() {
    now = now.advanced(by: .milliseconds(Self.step))
    ticks += 1
    if now >= nextAct { act() }
    takeCards()
    if let until = readerIsDeadUntil, now >= until { readerComesBack() }
    moveRelays()
    auditor.timePassed(to: now, relaysAreOn: isOn, step: .milliseconds(Self.step))
    serveBooks()
    if !inbox.isEmpty {
      let due = inbox.filter { $0.due <= now }
      inbox.removeAll { $0.due <= now }
      for item in due { deliver(item.event) }
    }
    if ticks.isMultiple(of: 2) { deliver(.tick) }
  }

  private mutating func deliver(_ event: LockEvent) {
    for event in sabotage.event(event) {
      eventCount += 1
      auditor.willHandle(event, at: now)
      let effects = machine.handle(event, at: now)
      if keepsRecording {
        lives[lives.count - 1].events.append(RecordedLockEvent(at: now, event: event))
        lives[lives.count - 1].effects.append(effects)
      }
      carryOut(effects)
    }
  }

  private mutating func carryOut(_ effects: [LockEffect]) {
    let effects = effects.flatMap(sabotage.effect)
    auditor.didHandle(effects)
    for effect in effects {
      switch effect {
      case .ask(let id, let request): requests.append((after(1...60), id, request))
      case .unlock(let id, let longest): relayOrders.append((after(1...40), id, longest))
      case .lock(let id): relayOrders.append((after(1...40), id, nil))
      case .lights, .show, .scanned, .log: break
      }
    }
  }

  private mutating func after(_ milliseconds: ClosedRange<Int>) -> MonotonicInstant {
    now.advanced(by: .milliseconds(dice.roll(milliseconds)))
  }

  private mutating func post(_ event: LockEvent, within milliseconds: ClosedRange<Int> = 0...30) {
    inbox.append((after(milliseconds), event))
  }

  // MARK: Relays

  private mutating func moveRelays() {
    if isOn, now >= guardEnd {
      isOn = false
      post(.relaysFailed(message: "they were on for as long as they may be"))
    }
    while let order = relayOrders.first, order.due <= now {
      relayOrders.removeFirst()
      if now < relaysAreStuckUntil { continue }
      if now < relaysThrowUntil {
        post(.relaysFailed(message: "the line is gone"))
        continue
      }
      if let longest = order.longest {
        isOn = true
        guardEnd = now.advanced(by: longest)
        post(.unlocked(order.id))
      } else {
        isOn = false
        post(.locked(order.id))
      }
      if troubles.faults, dice.once(in: 40) {
        post(order.longest == nil ? .locked(order.id) : .unlocked(order.id), within: 100...3000)
      }
    }
  }

  // MARK: Books

  private mutating func serveBooks() {
    while let (due, id, request) = requests.first, due <= now {
      requests.removeFirst()
      var answer = LockAnswer.failed("no space left on device")
      if now >= booksAreBrokenUntil {
        answer = decide(request)
      } else if dice.once(in: 3) {
        // It is on the disk, and nobody knows.
        _ = decide(request)
      }
      answer = sabotage.answer(answer)
      if troubles.faults, dice.once(in: 50) {
        // Lost, or late.
        if dice.once(in: 2) { post(.answered(id, answer), within: 500...8000) }
      } else {
        post(.answered(id, answer))
        if troubles.faults, dice.once(in: 50) { post(.answered(id, answer), within: 50...3000) }
      }
    }
  }

  private mutating func decide(_ request: LockRequest) -> LockAnswer {
    guard sabotage.isCarriedOut(request) else { return .recorded }
    let answer = books.decide(request)
    auditor.isDurable(request, answer)
    return answer
  }

  // MARK: Lives

  private mutating func beBorn() {
    inbox = []
    requests = []
    relayOrders = []
    ticks = 0
    var memory = books.memory
    let seed = dice.next()
    let boot = "boot \(boot)"
    sabotage.memory(&memory, boot)
    machine = LockMachine(
      memory: memory, settings: settings, boot: boot, random: Dice(seed: seed), at: now)
    auditor.machineStarted(boot: boot, at: now)
    let first = machine.start()
    lives.append(
      Life(memory: memory, settings: settings, boot: boot, seed: seed, born: now, first: first))
    carryOut(first)
    if troubles.faults, dice.once(in: 4) {
      killReader(milliseconds: 1000...9000)
    } else {
      for card in cardsOnReader { post(.cardAppeared(card.uid), within: 50...200) }
      readerSettles()
    }
    post(.drinksAreSeen(true))
    nextAct = now.advanced(by: .milliseconds(300))
  }

  /// The process is killed or the power cut: what was asked of the disk is there or not.
  private mutating func restart(reboots: Bool) {
    for item in requests.prefix(dice.roll(0...requests.count)) { _ = decide(item.request) }
    // The guard locks; and whoever was ignored takes the card away, for it would count now.
    isOn = false
    let left = books.memory.tokensOnReader
    cardsOnReader.removeAll { !left.contains(Token($0.uid)) }
    let remaining: [(UID, Duration)] = cardsOnReader.map { ($0.uid, now.duration(to: $0.until)) }
    if reboots {
      boot += 1
      now = MonotonicInstant(nanoseconds: UInt64(dice.roll(5...15)) * 1_000_000_000)
    } else {
      now = after(200...dice.pick([1500, 4000, 20_000]))
    }
    cardsOnReader = remaining.map { ($0.0, now.advanced(by: max($0.1, .seconds(8)))) }
    mendEverything()
    attackUntil = now
    beBorn()
  }

  private mutating func mendEverything() {
    booksAreBrokenUntil = now
    relaysAreStuckUntil = now
    relaysThrowUntil = now
    if readerIsDeadUntil != nil { readerIsDeadUntil = now }
  }

  // MARK: People and accidents

  private mutating func act() {
    if now < attackUntil {
      nextAct = after(300...900)
      return lay(dice.pick(Self.strangers), for: 100...250)
    }
    nextAct = after(200...4000)
    switch dice.roll(1...100) {
    case 1...44: lay(dice.pick(Self.users), for: dice.pick([200...800, 200...800, 2000...40_000]))
    case 45...49: lay(dice.pick([Self.barred, Self.phone]), for: 200...1500)
    case 50...55: lay(dice.pick(Self.strangers), for: dice.pick([200...800, 5000...40_000]))
    case 56...59: lay(Self.master, for: dice.pick([200...800, 5000...20_000]))
    case 60...64: attackUntil = after(5000...15_000)
    case 65...68: post(.brewed(dice.pick(Drink.allCases)))
    case 97...98: post(.drinksAreSeen(dice.once(in: 2)))
    case 69:
      settings.isScanMode.toggle()
      books.isScanMode = settings.isScanMode
      post(.settingsChanged(settings))
    case 70...72 where troubles.restarts: restart(reboots: dice.once(in: 3))
    case 73 where troubles.restarts: endAndStart()
    case 74...96 where troubles.faults: breakSomething()
    default: break
    }
  }

  /// An orderly end, as by systemd, and a new start.
  private mutating func endAndStart() {
    deliver(.shutDown)
    nextAct = now.advanced(by: .seconds(3600))
    for _ in 0..<40 where !machine.hasFinished { passTime() }
    restart(reboots: false)
  }

  private mutating func lay(_ uid: UID, for milliseconds: ClosedRange<Int>) {
    guard readerIsDeadUntil == nil, cardsOnReader.count < 2, !cardsOnReader.contains(where: { $0.uid == uid })
    else { return }
    layings += 1
    cardsOnReader.append((uid, after(milliseconds)))
    auditor.laid(uid, number: layings)
    post(.cardAppeared(uid))
  }

  private mutating func takeCards() {
    guard readerIsDeadUntil == nil else { return }
    for card in cardsOnReader where card.until <= now { post(.cardRemoved(card.uid), within: 31...60) }
    cardsOnReader.removeAll { $0.until <= now }
  }

  private mutating func killReader(milliseconds: ClosedRange<Int>) {
    guard readerIsDeadUntil == nil else { return }
    readerIsDeadUntil = after(milliseconds)
    post(.readerFailed(message: "version register reads 0x00"))
  }

  /// It finds anew what lies on it.
  private mutating func readerComesBack() {
    readerIsDeadUntil = nil
    inbox.append((now, .readerRecovered))
    for card in cardsOnReader { post(.cardAppeared(card.uid), within: 10...30) }
    readerSettles()
    nextAct = max(nextAct, now.advanced(by: .milliseconds(300)))
  }

  /// Five looks later. A second time it means nothing.
  private mutating func readerSettles() { post(.readerSettled, within: 500...600) }

  private mutating func breakSomething() {
    switch dice.roll(1...10) {
    case 1...2: killReader(milliseconds: 100...8000)
    case 3:
      relaysAreStuckUntil = after(100...5000)
      auditor.relaysAreInTrouble(until: relaysAreStuckUntil)
      // The guard loses its patience, and nobody hears of it.
      guardEnd = min(guardEnd, now.advanced(by: .seconds(1)))
    case 4:
      relaysThrowUntil = after(100...5000)
      auditor.relaysAreInTrouble(until: relaysThrowUntil)
      guardEnd = min(guardEnd, now.advanced(by: .seconds(1)))
    case 5:
      // The guard dies, and the relays are off; another one takes over.
      isOn = false
      auditor.relaysAreInTrouble(until: now)
      post(.relaysFailed(message: "the guard has died"))
    case 6:
      isOn = false
      auditor.relaysAreInTrouble(until: now)
      post(.relaysFailed(message: "the lease was not renewed"))
    case 7...8: booksAreBrokenUntil = after(100...12_000)
    case 9: post(.answered(EffectID(UInt64(dice.roll(0...300))), .recorded))
    default: post(.locked(EffectID(UInt64(dice.roll(0...300)))))
    }
  }
}
