import DaemonKit
import DaemonTesting
import FlowControl
import PiHAL
import RC522

@testable import tapd

/// Where a test spoils things on purpose, to see that the books notice.
struct Sabotage: Sendable {
  /// What the machine is told to keep to, while the books keep to the right thing.
  var settings: @Sendable (inout TapSettings) -> Void = { _ in }
  var effects: @Sendable (TapEffect) -> [TapEffect] = { [$0] }
  var answer: @Sendable (LedgerAnswer) -> LedgerAnswer = { $0 }
  var entry: @Sendable (LedgerEntry) -> [LedgerEntry] = { [$0] }
  /// What the ledger takes for the state when it decides.
  var state: @Sendable (inout LedgerState) -> Void = { _ in }
}

/// An evening at a tap: guests, a ledger, a plant and all that can go wrong, all from one seed.
struct Evening {
  struct Troubles: Sendable {
    /// Faults of reader, meter, valve and ledger, lost and late and double messages, jumping clocks.
    var faults = true
    var crashes = true
    var leaks = true
    /// Kegs that hold less than the books say, and end in gas.
    var gas = true
  }

  static let step: Int64 = 20

  private(set) var books: Bookkeeper
  /// All that the machines were told and what they answered, one list a life.
  private(set) var lives: [Life] = []
  private(set) var eventCount = 0
  private(set) var journal: [(entry: LedgerEntry, at: WallTime)] = []
  private(set) var ledger = LedgerState()

  struct Life {
    let status: TapStatus
    let seed: UInt64
    let born: MonotonicInstant
    let recovered: LedgerState.EndedPour?
    let first: [TapEffect]
    var events: [RecordedEvent] = []
    var effects: [[TapEffect]] = []
  }

  let settings: TapSettings
  private let sabotage: Sabotage
  private let troubles: Troubles
  private let keepsRecording: Bool
  private var machine: TapMachine
  private var dice: Dice
  private var plant: Plant

  private var now = MonotonicInstant(nanoseconds: 1_000_000_000)
  private var wall = WallTime(milliseconds: 1_790_000_000_000)
  private var inbox: [(due: MonotonicInstant, event: TapEvent, readable: UInt64)] = []
  private var requests: [(due: MonotonicInstant, id: EffectID, request: LedgerRequest)] = []
  private var valveOrders: [(due: MonotonicInstant, id: EffectID, open: Bool)] = []
  private var cardsOnReader: [UID] = []
  private var ticks = 0
  private var nextAct = MonotonicInstant.zero
  private var commands = 0

  // The counter.
  private var epoch: UInt32 = 0
  private var pulsesAtEpoch: UInt64 = 0
  private var readableAtEpoch: UInt64 = 0
  private var lastRead: UInt64 = 0

  // Faults that last.
  private var storageIsBroken: Bool { now < storageIsBrokenUntil }
  private var storageIsBrokenUntil = MonotonicInstant.zero
  private var readingsAreStalledUntil = MonotonicInstant.zero
  private var valveIsStuckUntil = MonotonicInstant.zero
  private var readerIsDeadUntil: MonotonicInstant?
  private var leaksUntil = MonotonicInstant.zero

  static let guests = (1...5).compactMap { UID([0xA0, 0, 0, UInt8($0)]) }
  static let cleaner = UID("c1ea0000")!
  static let stranger = UID("deadbeef")!

  init(
    seed: UInt64, troubles: Troubles = Troubles(), sabotage: Sabotage = Sabotage(),
    keepsRecording: Bool = false
  ) {
    var settings = TapSettings()
    settings.readingInterval = .milliseconds(40)
    settings.tickInterval = .milliseconds(100)
    settings.noFlowTimeout = .seconds(4)
    settings.maximumPour = .seconds(12)
    settings.maximumMaintenance = .seconds(20)
    settings.authorisationTimeout = .seconds(2)
    books = Bookkeeper(settings: settings)
    sabotage.settings(&settings)
    self.settings = settings
    self.sabotage = sabotage
    self.troubles = troubles
    self.keepsRecording = keepsRecording
    dice = Dice(seed: seed)
    plant = Plant(calibration: settings.calibration)
    plant.flow = Int64(dice.roll(20_000...60_000))
    plant.afterFlow = Int64(dice.roll(0...18_000))
    machine = TapMachine(settings: settings, status: TapStatus(), random: Dice(seed: 0), at: now)

    let tap = settings.tap
    for (uid, amount) in zip(Self.guests, [10_000, 300, 60, 15, 0] as [Int64]) {
      command(
        .addCard(
          uid, kind: .guest, label: nil, validFrom: nil, validUntil: nil, amount: Money(amount)))
    }
    command(
      .addCard(
        Self.cleaner, kind: .maintenance, label: "cleaner", validFrom: nil, validUntil: nil, amount: .zero))
    command(
      .mountKeg(
        tap, beverage: "Blonde", microlitres: 30_000_000, reserveMicrolitres: 500_000,
        pricePerLitre: Money(Int64(dice.pick([0, 333, 650, 1000])))))
    beBorn()
  }

  // MARK: Running

  /// - Returns: after at least so many events.
  mutating func run(events: Int) {
    while eventCount < events { passTime() }
  }

  /// Everybody goes home, all faults are mended, and the daemon ends in peace.
  mutating func closeDown() {
    storageIsBrokenUntil = now
    leaksUntil = now
    plant.leverIsOpen = false
    valveIsStuckUntil = now
    nextAct = now.advanced(by: .seconds(3600))
    for _ in 0..<500 { passTime() }
    deliver(.shutDown)
    for _ in 0..<1500 where !machine.hasFinished { passTime() }
    if machine.hasFinished { books.machineIsFinished() }
    recoverLedger()
    books.close(ledger)
  }

  var hasFinished: Bool { machine.hasFinished }

  private mutating func passTime() {
    now = now.advanced(by: .milliseconds(Self.step))
    wall.milliseconds += Self.step
    ticks += 1
    if now >= nextAct { act() }
    if now >= leaksUntil { plant.leak = 0 }
    if let until = readerIsDeadUntil, now >= until {
      readerIsDeadUntil = nil
      post(.readerRecovered)
    }
    moveValve()
    plant.run(milliseconds: Self.step, at: now)
    serveLedger()
    if !inbox.isEmpty {
      let due = inbox.filter { $0.due <= now }
      inbox.removeAll { $0.due <= now }
      for item in due {
        // A stalled meter sends nothing, neither new nor old.
        if case .pulses = item.event, now < readingsAreStalledUntil { continue }
        deliver(item.event, readable: item.readable)
      }
    }
    if ticks.isMultiple(of: 2), now >= readingsAreStalledUntil { readMeter() }
    if ticks.isMultiple(of: 5) { deliver(.tick) }
  }

  private mutating func deliver(_ event: TapEvent, readable: UInt64 = 0) {
    eventCount += 1
    books.willHandle(event, readable: readable, at: now)
    let effects = machine.handle(event, at: now)
    if keepsRecording {
      lives[lives.count - 1].events.append(RecordedEvent(at: now, event: event))
      lives[lives.count - 1].effects.append(effects)
    }
    carryOut(effects)
  }

  private mutating func carryOut(_ effects: [TapEffect]) {
    let effects = effects.flatMap(sabotage.effects)
    books.expectedAfterFlow = machine.status.afterFlow.predictedMicrolitres
    books.didHandle(effects, plant: plant)
    for effect in effects {
      switch effect {
      case .ask(let id, let request): requests.append((after(1...60), id, request))
      case .readMeter: break
      case .openValve(let id, _): valveOrders.append((after(1...40), id, true))
      case .closeValve(let id): valveOrders.append((after(1...40), id, false))
      case .show, .log: break
      }
    }
  }

  private mutating func after(_ milliseconds: ClosedRange<Int>) -> MonotonicInstant {
    now.advanced(by: .milliseconds(dice.roll(milliseconds)))
  }

  private mutating func post(_ event: TapEvent, within milliseconds: ClosedRange<Int> = 0...30) {
    inbox.append((after(milliseconds), event, 0))
  }

  // MARK: Hardware

  private mutating func readMeter() {
    lastRead = plant.pulses - pulsesAtEpoch
    // A counter knows of no edge before its start.
    let reading = PulseReading(
      epoch: epoch, total: lastRead, newestEdge: lastRead == 0 ? nil : plant.lastPulse)
    deliver(.pulses(reading), readable: readableAtEpoch + lastRead)
    if troubles.faults, dice.once(in: 500) {
      // Twice, and once more later on.
      deliver(.pulses(reading), readable: readableAtEpoch + lastRead)
      inbox.append((after(20...400), .pulses(reading), readableAtEpoch + lastRead))
    }
  }

  private mutating func restartCounter() {
    readableAtEpoch += lastRead
    epoch += 1
    pulsesAtEpoch = plant.pulses
    lastRead = 0
  }

  private mutating func moveValve() {
    while let order = valveOrders.first, order.due <= now {
      valveOrders.removeFirst()
      if now < valveIsStuckUntil { continue }
      plant.setValve(open: order.open)
      post(order.open ? .valveOpened(order.id) : .valveClosed(order.id))
      if troubles.faults, dice.once(in: 50) {
        post(order.open ? .valveOpened(order.id) : .valveClosed(order.id), within: 100...3000)
      }
    }
  }

  // MARK: The ledger

  private mutating func command(_ command: LedgerCommand) {
    commands += 1
    let id = CommandID("command \(commands)")
    if let done = try? LocalLedger.carryOut(command, id: id, in: ledger), let entry = done.entry {
      makeDurable(entry)
    }
  }

  private mutating func makeDurable(_ entry: LedgerEntry) {
    for entry in sabotage.entry(entry) {
      journal.append((entry, wall))
      ledger.apply(entry, at: wall)
      books.recorded(entry, at: wall)
    }
  }

  private mutating func serveLedger() {
    while let (due, id, request) = requests.first, due <= now {
      requests.removeFirst()
      if storageIsBroken {
        books.ledgerIsInTrouble(until: now.advanced(by: .seconds(5)))
        let failure = LedgerFailure(kind: .storage, message: "no space left on device")
        post(.answered(id, .failed(failure)))
        continue
      }
      let before = ledger.status(of: settings.tap)
      var state = ledger
      sabotage.state(&state)
      let decision = LocalLedger.decide(request, in: state, now: wall)
      if let entry = decision.entry { makeDurable(entry) }
      let answer = sabotage.answer(decision.answer)
      if troubles.faults, dice.once(in: 60) {
        // Lost, or late.
        books.ledgerIsInTrouble(until: now.advanced(by: .seconds(5)))
        if dice.once(in: 2) { post(.answered(id, answer), within: 500...6000) }
      } else {
        post(.answered(id, answer))
        if troubles.faults, dice.once(in: 60) { post(.answered(id, answer), within: 50...3000) }
      }
      let status = ledger.status(of: settings.tap)
      if status != before { post(.tapChanged(status)) }
    }
  }

  // MARK: Lives

  private mutating func beBorn() {
    let recovered = recoverLedger()
    let seed = dice.next()
    let status = ledger.status(of: settings.tap)
    machine = TapMachine(settings: settings, status: status, random: Dice(seed: seed), at: now)
    books.machineStarted(at: now)
    let first = machine.start(recovered: recovered)
    lives.append(Life(status: status, seed: seed, born: now, recovered: recovered, first: first))
    carryOut(first)
    for uid in cardsOnReader { post(.cardAppeared(uid), within: 50...200) }
  }

  /// What the daemon does before anything else: it finds in the journal which pours were interrupted.
  @discardableResult
  private mutating func recoverLedger() -> LedgerState.EndedPour? {
    let entries = LocalLedger.recovery(of: ledger)
    for entry in entries { makeDurable(entry) }
    return entries.isEmpty ? nil : ledger.recentPours.last
  }

  /// The power is cut, or the process killed: what was asked of the disk is there or not.
  private mutating func crash() {
    let underWay = dice.roll(0...requests.count)
    for item in requests.prefix(underWay) where !storageIsBroken {
      if let entry = LocalLedger.decide(item.request, in: ledger, now: wall).entry { makeDurable(entry) }
    }
    requests = []
    inbox = []
    valveOrders = []
    // The guard closes the valve; what flows until the next life was seen by nobody.
    let dark = dice.roll(10...200)
    for number in 0..<dark {
      now = now.advanced(by: .milliseconds(Self.step))
      wall.milliseconds += Self.step
      if number == 10 { plant.setValve(open: false) }
      plant.run(milliseconds: Self.step, at: now)
    }
    restartCounter()
    if dice.once(in: 2) { wall.milliseconds += Int64(dice.roll(-100_000_000...100_000_000)) }
    storageIsBrokenUntil = now
    readerIsDeadUntil = nil
    beBorn()
  }

  // MARK: People and accidents

  private mutating func act() {
    nextAct = after(100...1500)
    switch dice.roll(1...100) {
    case 1...38: layCard()
    case 39...58: takeCard()
    case 59...66: plant.leverIsOpen.toggle()
    case 67: post(.cancelPour)
    case 68, 98:
      command(.setInService(settings.tap, inService: !ledger.status(of: settings.tap).inService))
      post(.tapChanged(ledger.status(of: settings.tap)))
    case 69...72:
      let uid = dice.pick(Self.guests)
      command(.topUp(uid, amount: Money(Int64(dice.roll(1...400)))))
      post(.balanceChanged(uid))
    case 73, 99:
      mountKeg()
    case 74: command(.refund(dice.pick(Self.guests), amount: Money(Int64(dice.roll(1...50)))))
    case 75 where troubles.leaks:
      plant.leak = Int64(dice.roll(100...30_000))
      leaksUntil = after(500...15_000)
    case 76, 100:
      // Mostly a card that somebody is using.
      if let uid = cardsOnReader.first, dice.once(in: 2) {
        command(.setBlocked(uid, blocked: true))
        post(.cardBlocked(uid))
      } else {
        command(.setBlocked(dice.pick(Self.guests), blocked: false))
      }
    case 77...78 where troubles.crashes: crash()
    case 79...95 where troubles.faults: breakSomething()
    case 96...97:
      let soon = WallTime(milliseconds: wall.milliseconds + 20_000)
      command(
        .setValidity(
          dice.pick(Self.guests), from: dice.once(in: 3) ? soon : nil, until: dice.once(in: 3) ? soon : nil))
    default: break
    }
    // Somebody puts an end to it.
    if ledger.status(of: settings.tap).kegIsInDoubt, dice.once(in: 8) {
      if dice.once(in: 3) { command(.declareKegNotEmpty(settings.tap)) } else { mountKeg() }
      post(.tapChanged(ledger.status(of: settings.tap)))
    }
    if ledger.status(of: settings.tap).isLeaking, dice.once(in: 20) {
      command(.declareLeakOver(settings.tap))
      post(.tapChanged(ledger.status(of: settings.tap)))
    }
    if !ledger.status(of: settings.tap).inService, dice.once(in: 8) {
      command(.setInService(settings.tap, inService: true))
      post(.tapChanged(ledger.status(of: settings.tap)))
    }
  }

  private mutating func mountKeg() {
    let microlitres = Int64(dice.roll(300_000...3_000_000))
    let before = ledger.kegsMounted
    command(
      .mountKeg(
        settings.tap, beverage: "Blonde", microlitres: microlitres,
        reserveMicrolitres: 100_000, pricePerLitre: Money(Int64(dice.roll(0...2000)))))
    // Nobody changes the keg of a tap that pours.
    if troubles.gas, ledger.kegsMounted > before {
      plant.mountKeg(microlitres: microlitres * Int64(dice.roll(3...13)) / 10)
      plant.gas = Plant.Gas(
        factor: Int64(dice.roll(6...10)), milliseconds: Int64(dice.roll(1000...5000)),
        comesInSpurts: dice.once(in: 3))
    }
    post(.tapChanged(ledger.status(of: settings.tap)))
  }

  private mutating func layCard() {
    guard readerIsDeadUntil == nil, cardsOnReader.count < 3 else { return }
    let uid = dice.pick(Self.guests + Self.guests + [Self.cleaner, Self.stranger])
    guard !cardsOnReader.contains(uid) else { return }
    cardsOnReader.append(uid)
    post(.cardAppeared(uid))
    plant.leverIsOpen = !dice.once(in: 6)
  }

  private mutating func takeCard() {
    guard readerIsDeadUntil == nil, !cardsOnReader.isEmpty else { return }
    let uid = cardsOnReader.removeFirst()
    post(.cardRemoved(uid))
    switch dice.roll(1...3) {
    case 1: plant.leverIsOpen = false
    case 2:
      // Only slipped: within the grace, or just not.
      cardsOnReader.append(uid)
      post(.cardAppeared(uid), within: 100...1300)
    default: break
    }
  }

  private mutating func breakSomething() {
    switch dice.roll(1...12) {
    case 1...2:
      readerIsDeadUntil = after(100...8000)
      post(.readerFailed(message: "version register reads 0x00"))
    case 3: post(.meterFailed(message: "the line is gone"))
    case 4: restartCounter()
    case 5: readingsAreStalledUntil = after(100...1500)
    case 6: valveIsStuckUntil = after(100...3000)
    case 7:
      // The guard dies, and the valve closes with it; another one takes over.
      plant.setValve(open: false)
      post(.valveFailed(message: "the guard has died"))
      post(.valveClosed(nil))
    case 8...9:
      storageIsBrokenUntil = after(100...8000)
      books.ledgerIsInTrouble(until: storageIsBrokenUntil.advanced(by: .seconds(5)))
    case 10: wall.milliseconds += Int64(dice.roll(-100_000_000...100_000_000))
    case 11: post(.answered(EffectID(UInt64(dice.roll(0...50))), .recorded))
    default: post(.valveClosed(nil))
    }
  }
}
