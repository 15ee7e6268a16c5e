import DaemonKit
import JSONState
import Logging
import PanelKit
import PiHAL
import RC522
import ServiceLifecycle
import Synchronization

/// Puts the parts of the daemon together and runs them until it is told to stop.
struct TapdService {
  let configuration: TapdConfiguration
  let hardware: TapHardware
  let logger: Logger
  var clock: any MonotonicClock = SystemClock()
  /// Called before the tap starts.
  var prepare: @Sendable (StoredLedger) async throws -> Void = { _ in }
  /// Runs beside the tap until its task is cancelled.
  var companion: (@Sendable (StoredLedger, Broadcaster<TapScreen>) async -> Void)?
  /// Pages besides the screen's own.
  var extraRoutes: [any PanelRoutes] = []
  /// What the user sets the pages' port with.
  var portSetting = "panel.port"
  /// Called with the port when the pages answer.
  var onRunning: @Sendable (_ port: Int) async -> Void = { _ in }

  /// Runs until SIGTERM or SIGINT; then a running pour is ended and settled, and the valve is closed.
  func run() async throws {
    let store = try await StateStore<LedgerState>.openWaiting(
      directory: configuration.stateDirectory,
      onWait: { logger.notice("waiting until the books are free: \($0)") })
    store.openingReport.log(to: logger)

    let taps = TapRegistry()
    let ledger = StoredLedger(store: store) { entry, state in taps.tell(entry, state) }
    let name = configuration.tap.tap
    let interrupted = try await ledger.recover().compactMap { entry in
      if case .pourSettled(let settled) = entry { settled.pour } else { nil }
    }
    let recovered = store.state.recentPours.last { $0.tap == name && interrupted.contains($0.pour) }
    if let recovered {
      logger.warning(
        "a pour was interrupted; it is charged up to its last mark, \(litresText(recovered.microlitres))")
    }

    try await ledger.keep(on: configuration.basis)
    for (other, tap) in store.state.taps where other != name {
      guard let keg = tap.keg else { continue }
      logger.warning("the books have a keg (\(keg.beverage)) on tap \"\(other)\", which is not this tap")
    }
    try await prepare(ledger)

    let screen = Broadcaster(TapScreen(starting: configuration.tap))
    let loop = TapLoop(
      settings: configuration.tap, status: store.state.status(of: name), recovered: recovered,
      hardware: hardware, ledger: ledger,
      screen: screen, clock: clock, logger: logger)
    taps.add(name, loop)

    let kiosk = KioskRoutes(
      taps: [KioskTap(name: "1", screen: screen)], language: configuration.language)
    let panel = PanelServer(
      host: configuration.panelHost, port: configuration.panelPort, routes: [kiosk] + extraRoutes,
      protection: .localOnly, setting: portSetting, logger: logger
    ) { [logger, configuration, onRunning] port in
      logger.notice("the screen is at http://\(configuration.panelHost):\(port)/")
      await onRunning(port)
    }
    var services: [any Service] = [
      panel,
      ControlService(stateDirectory: configuration.stateDirectory) {
        [devices = loop.devices] (request: ControlRequest) in
        if case .devices = request { return ControlAnswer.devices(devices.all) }
        return try await ledger.answer(request)
      },
    ]
    if let companion { services.append(CompanionService { await companion(ledger, screen) }) }
    // Started last and ended first: the pages show how the last pour is settled.
    services.append(ThreadService(start: loop.start, stop: loop.stop))
    try await runUntilSignalled(services, logger: logger)
    await onOwnThread { store.close() }
  }
}

/// The taps of this daemon, for what the ledger has to tell them.
private final class TapRegistry: Sendable {
  private let loops = Mutex<[TapID: TapLoop]>([:])

  func add(_ tap: TapID, _ loop: TapLoop) { loops.withLock { $0[tap] = loop } }

  /// Passes on what an operator's command changed; nil stands for anything.
  func tell(_ entry: LedgerEntry?, _ state: LedgerState) {
    let loops = loops.withLock { $0 }
    for (tap, loop) in loops { loop.post(.tapChanged(state.status(of: tap))) }
    if case .cardBlocked(let change)? = entry, change.blocked {
      for loop in loops.values { loop.post(.cardBlocked(change.card)) }
    }
    guard let card = entry?.changedBalance else { return }
    for loop in loops.values { loop.post(.balanceChanged(card)) }
  }
}

extension LedgerEntry {
  /// The card on which an operator's command changed the balance.
  fileprivate var changedBalance: UID? {
    switch self {
    case .cardToppedUp(let change), .cardRefunded(let change): change.card
    default: nil
    }
  }
}
