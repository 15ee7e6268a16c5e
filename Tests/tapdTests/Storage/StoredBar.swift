import DaemonKit
import DaemonTesting
import Foundation
import JSONState
import JSONStateTesting
import PiHAL
import RC522
import Synchronization

@testable import tapd

/// A tap whose ledger is the real one, on a disk that fails when told to: machine, stored ledger and state
/// store, with the hardware and the time simulated.
struct StoredBar {
  static let directory = "/var/lib/tapd"
  static let price = Money(1000)
  static let credit: [UID: Money] = [Bar.guest: Money(2000), Bar.other: Money(2000)]

  /// The time of all lives: of the machine, of the ledger and of the entries.
  final class Time: MonotonicClock {
    private let instant = Mutex(MonotonicInstant(nanoseconds: 1_000_000_000))

    var now: MonotonicInstant { instant.withLock { $0 } }
    var date: Date { Date(timeIntervalSince1970: 1_790_000_000 + Double(now.nanoseconds) / 1e9) }
    func sleep(for duration: Duration) { instant.withLock { $0 = $0.advanced(by: duration) } }
  }

  private static let step = Duration.milliseconds(50)

  let disk: SimulatedDisk
  let time = Time()
  let settings = TapSettings()
  private(set) var ledger: StoredLedger
  private(set) var machine: TapMachine
  private(set) var plant: Plant
  private var pulsesBefore: UInt64 = 0
  /// What is to be told when all effects of an event are carried out.
  private var inbox: [TapEvent] = []
  /// The power fails when the disk has served so many calls.
  var powerEndsAtCall = Int.max

  // What was seen.
  private(set) var screens: [TapScreen] = []
  private(set) var logs: [String] = []
  private(set) var openings = 0
  private(set) var failures: [LedgerFailure] = []
  private(set) var granted: Set<PourID> = []
  private(set) var marked: [PourID: Int64] = [:]
  private(set) var receipts: [PourID: Receipt] = [:]

  /// A bar with two guests and a keg. The disk is sound until then.
  init(disk: SimulatedDisk) async throws {
    self.disk = disk
    ledger = try await Self.open(disk, time)
    for (uid, amount) in Self.credit.sorted(by: { $0.key.description < $1.key.description }) {
      _ = try await ledger.carryOut(
        .addCard(uid, kind: .guest, label: nil, validFrom: nil, validUntil: nil, amount: amount),
        id: CommandID("\(uid)"))
    }
    _ = try await ledger.carryOut(
      .mountKeg(
        settings.tap, beverage: "Blonde", microlitres: 30_000_000, reserveMicrolitres: 0,
        pricePerLitre: Self.price),
      id: CommandID("keg"))
    plant = Plant(calibration: settings.calibration)
    machine = TapMachine(
      settings: settings, status: ledger.store.state.status(of: settings.tap), random: Dice(seed: 1),
      at: time.now)
    await carryOut(machine.start())
  }

  /// A snapshot every few entries, so that its calls are among those that fail.
  private static func open(_ disk: SimulatedDisk, _ time: Time) async throws -> StoredLedger {
    let store = try await StateStore<LedgerState>.open(
      directory: directory, policy: SnapshotPolicy(entries: 6), fileSystem: disk, now: { time.date })
    return StoredLedger(store: store, clock: time)
  }

  /// The power comes back, and the daemon starts again.
  mutating func powerUp(keeping survivors: SimulatedDisk.Survivors) async throws {
    plant.setValve(open: false)
    inbox = []
    disk.cutPower(keeping: survivors)
    powerEndsAtCall = .max
    ledger = try await Self.open(disk, time)
    _ = try await ledger.recover()
    pulsesBefore = plant.pulses
    machine = TapMachine(
      settings: settings, status: ledger.store.state.status(of: settings.tap),
      random: Dice(seed: time.now.nanoseconds), at: time.now)
    await carryOut(machine.start())
  }

  var hasPower: Bool { disk.calls.count < powerEndsAtCall }

  mutating func lay(_ uid: UID) async { await send(.cardAppeared(uid)) }

  mutating func take(_ uid: UID) async { await send(.cardRemoved(uid)) }

  /// A guest comes, pours for some seconds, takes the card away and waits.
  mutating func serve(_ uid: UID, seconds: Int, thenWait rest: Int) async {
    plant.leverIsOpen = true
    await lay(uid)
    await wait(.seconds(seconds))
    await take(uid)
    await wait(.seconds(rest))
    plant.leverIsOpen = false
  }

  /// Lets time pass, while there is power.
  mutating func wait(_ duration: Duration) async {
    let end = time.now.advanced(by: duration)
    while time.now < end, hasPower {
      time.sleep(for: Self.step)
      plant.run(milliseconds: 50, at: time.now)
      let pulses = plant.pulses - pulsesBefore
      await send(.pulses(PulseReading(total: pulses, newestEdge: pulses == 0 ? nil : plant.lastPulse)))
      await send(.tick)
    }
  }

  private mutating func send(_ event: TapEvent) async {
    guard hasPower else { return }
    inbox.append(event)
    while !inbox.isEmpty { await carryOut(machine.handle(inbox.removeFirst(), at: time.now)) }
  }

  private mutating func carryOut(_ effects: [TapEffect]) async {
    for effect in effects where hasPower {
      switch effect {
      case .ask(let id, let request):
        let answer = await withCheckedContinuation { continuation in
          ledger.submit(request) { continuation.resume(returning: $0) }
        }
        // What the daemon was told when the power was gone, it was not told.
        guard hasPower else { return }
        note(answer, to: request)
        inbox.append(.answered(id, answer))
      case .openValve(let id, _):
        openings += 1
        plant.setValve(open: true)
        inbox.append(.valveOpened(id))
      case .closeValve(let id):
        plant.setValve(open: false)
        inbox.append(.valveClosed(id))
      case .show(let screen): screens.append(screen)
      case .log(let log): logs.append(log.message)
      case .readMeter: break
      }
    }
  }

  private mutating func note(_ answer: LedgerAnswer, to request: LedgerRequest) {
    switch (answer, request) {
    case (.failed(let failure), _): failures.append(failure)
    case (.granted(let grant), _): granted.insert(grant.pour)
    case (.settled(let receipt), _): receipts[receipt.pour] = receipt
    case (.recorded, .mark(let pour, let microlitres)): marked[pour] = microlitres
    default: break
    }
  }
}
