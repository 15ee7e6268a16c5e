import DaemonKit
import DaemonTesting
import FlowControl
import PiHAL
import RC522

@testable import tapd

/// A tap in good order, for stories told step by step: the ledger answers at once, the valve obeys at once,
/// the meter is read every 20 ms.
struct Bar {
  static let guest = UID("04a1b2c3")!
  static let other = UID("04ffffff")!
  static let cleaner = UID("0c1ea000")!

  var settings: TapSettings
  var machine: TapMachine
  var ledger = LedgerState()
  var plant: Plant
  var now = MonotonicInstant(nanoseconds: 5_000_000_000)
  var wall = WallTime("2026-11-21T19:30:00Z")!
  private(set) var effects: [TapEffect] = []
  private(set) var entries: [LedgerEntry] = []
  private(set) var screen: TapScreen?
  /// What is spoilt.
  var ledgerAnswers = true
  var failure: LedgerFailure?
  var valveObeys = true
  var meterIsRead = true

  private var commands = 0
  /// A counter starts at zero.
  private var pulsesBefore: UInt64 = 0
  /// What is to be told when all effects of an event are carried out.
  private var inbox: [TapEvent] = []

  /// - Parameters:
  ///   - beer: the price per litre, or nil for a tap without a keg.
  ///   - reserve: what stays in the keg, in microlitres.
  init(
    beer price: Int64? = 1000, litres: Int64 = 30, reserve: Int64 = 0, balance: Int64 = 2000,
    settings: TapSettings = TapSettings()
  ) {
    self.settings = settings
    plant = Plant(calibration: settings.calibration)
    machine = TapMachine(settings: settings, status: TapStatus(), random: Dice(seed: 1), at: now)
    command(add(Self.guest, balance: balance))
    command(add(Self.other, balance: balance))
    command(add(Self.cleaner, balance: 0, kind: .maintenance))
    if let price {
      command(
        .mountKeg(
          settings.tap, beverage: "Blonde", microlitres: litres * 1_000_000,
          reserveMicrolitres: reserve,
          pricePerLitre: Money(price)))
    }
    restart()
  }

  private func add(_ uid: UID, balance: Int64, kind: CardKind = .guest) -> LedgerCommand {
    .addCard(uid, kind: kind, label: nil, validFrom: nil, validUntil: nil, amount: Money(balance))
  }

  // MARK: What happens

  mutating func restart() {
    inbox = []
    pulsesBefore = plant.pulses
    let recovery = LocalLedger.recovery(of: ledger)
    for entry in recovery { apply(entry) }
    machine = TapMachine(
      settings: settings, status: ledger.status(of: settings.tap), random: Dice(seed: now.nanoseconds),
      at: now)
    carryOut(machine.start(recovered: recovery.isEmpty ? nil : ledger.recentPours.last))
  }

  mutating func send(_ event: TapEvent) {
    carryOut(machine.handle(event, at: now))
    while !inbox.isEmpty { carryOut(machine.handle(inbox.removeFirst(), at: now)) }
  }

  mutating func lay(_ uid: UID) { send(.cardAppeared(uid)) }

  mutating func take(_ uid: UID) { send(.cardRemoved(uid)) }

  mutating func command(_ command: LedgerCommand) {
    commands += 1
    do {
      let id = CommandID("command \(commands)")
      if let entry = try LocalLedger.carryOut(command, id: id, in: ledger).entry { apply(entry) }
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// An operator's command, of which the tap is told.
  mutating func change(_ command: LedgerCommand) {
    self.command(command)
    send(.tapChanged(ledger.status(of: settings.tap)))
  }

  /// A guest comes, pours for so long and goes; then the tap is free again.
  mutating func serve(_ duration: Duration) {
    lay(Self.guest)
    plant.leverIsOpen = true
    wait(duration)
    take(Self.guest)
    wait(.seconds(12))
    plant.leverIsOpen = false
  }

  /// Lets time pass, in steps of 20 ms.
  mutating func wait(_ duration: Duration) {
    let end = now.advanced(by: duration)
    while now < end {
      now = now.advanced(by: .milliseconds(20))
      wall.milliseconds += 20
      plant.run(milliseconds: 20, at: now)
      let pulses = plant.pulses - pulsesBefore
      if meterIsRead {
        send(.pulses(PulseReading(total: pulses, newestEdge: pulses == 0 ? nil : plant.lastPulse)))
      }
      send(.tick)
    }
  }

  // MARK: What is to be seen

  var balance: Int64? { ledger.cards[Self.guest]?.balance.minorUnits }

  var lastPour: LedgerState.EndedPour? { ledger.recentPours.last }

  var logs: [String] {
    effects.compactMap { effect in
      if case .log(let log) = effect { log.message } else { nil }
    }
  }

  var alarms: [String] {
    effects.compactMap { effect in
      if case .log(let log) = effect, log.level == .alarm { log.message } else { nil }
    }
  }

  func count(_ isWanted: (TapEffect) -> Bool) -> Int { effects.filter(isWanted).count }

  var openings: Int {
    count { effect in
      if case .openValve = effect { true } else { false }
    }
  }

  /// How often the valve was ordered closed.
  var closings: Int {
    count { effect in
      if case .closeValve = effect { true } else { false }
    }
  }

  private mutating func apply(_ entry: LedgerEntry) {
    entries.append(entry)
    ledger.apply(entry, at: wall)
  }

  private mutating func carryOut(_ new: [TapEffect]) {
    effects += new
    for effect in new {
      switch effect {
      case .ask(let id, let request):
        guard ledgerAnswers else { continue }
        if let failure {
          inbox.append(.answered(id, .failed(failure)))
          continue
        }
        let decision = LocalLedger.decide(request, in: ledger, now: wall)
        if let entry = decision.entry { apply(entry) }
        inbox.append(.answered(id, decision.answer))
        inbox.append(.tapChanged(ledger.status(of: settings.tap)))
      case .openValve(let id, _):
        guard valveObeys else { continue }
        plant.setValve(open: true)
        inbox.append(.valveOpened(id))
      case .closeValve(let id):
        guard valveObeys else { continue }
        plant.setValve(open: false)
        inbox.append(.valveClosed(id))
      case .show(let screen): self.screen = screen
      case .readMeter, .log: break
      }
    }
  }
}
