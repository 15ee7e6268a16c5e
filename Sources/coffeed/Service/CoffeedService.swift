import DaemonKit
import Foundation
import Logging
import PanelKit
import PiHAL
import ServiceLifecycle
import Synchronization

/// Puts the parts of the daemon together and runs them until it is told to stop.
struct CoffeedService {
  let configuration: CoffeedConfiguration
  let hardware: LockHardware
  let logger: Logger
  var clock: any MonotonicClock = SystemClock()
  /// The present boot's id.
  var boot: @Sendable () throws -> String = { try BootID.read() }
  /// Called before the lock starts.
  var prepare: @Sendable (StoredBooks) async throws -> Void = { _ in }
  /// Runs beside the lock until its task is cancelled.
  var companion: (@Sendable (StoredBooks, MachineBoard) async -> Void)?
  /// Pages besides the daemon's own.
  var extraRoutes: [any PanelRoutes] = []
  /// What the user sets the pages' port with.
  var portSetting = "panel.port"
  /// Called with the port when the pages answer.
  var onRunning: @Sendable (_ port: Int) async -> Void = { _ in }

  /// Runs until SIGTERM or SIGINT; then the machine is locked, and a running activation stays in the books for the
  /// next start.
  func run() async throws {
    configuration.notices.forEach { logger.notice("\($0)") }
    let boot = try boot()
    let wiring = LockWiring(masterToken: configuration.masterToken)
    let directory = configuration.stateDirectory
    let books = try await waitingWhileLocked(
      onWait: { logger.notice("waiting until the books are free: \($0)") }
    ) { [clock] in
      try await StoredBooks.open(
        directory: directory, boot: boot, clock: clock, changed: { wiring.tell($0.lockSettings) })
    }
    books.store.openingReport.log(to: logger)
    if let damage = books.missingPersons { logger.warning("\(damage)") }
    do {
      try await run(with: books, wiring, boot: boot)
    } catch {
      await books.close()
      throw error
    }
    await books.close()
  }

  private func run(with books: StoredBooks, _ wiring: LockWiring, boot: String) async throws {
    try await books.startLanguage(configuration.language.rawValue)
    try await prepare(books)

    let now: @Sendable () -> WallTime = { WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
    let board = MachineBoard(clock: clock, now: now)
    let access = AccessControl(
      name: CoffeedConfiguration.daemon,
      store: try await AccessStore.open(directory: configuration.stateDirectory),
      settings: configuration.access)
    let site = CoffeeSite(
      books: books, board: board, calendar: .system, now: now,
      fixedMasterToken: configuration.masterToken, hasBrewInputs: !hardware.brewInputs.isEmpty)

    let settings = wiring.settings(books.lockSettings)
    if let problem = settings.masterToken.flatMap(books.reading.problem(ofMasterToken:)) {
      logger.warning("\(SettingsWords.english.masterProblem(problem))")
    }
    if settings.chargesDrinks, hardware.brewInputs.isEmpty {
      logger.warning("\(CoffeeWiring.missingBrewInputs)")
    }
    let loop = LockLoop(
      .init(memory: books.lockMemory, settings: settings, boot: boot), hardware: hardware,
      surroundings: .init(
        ask: { books.submit($0, answer: $1) }, show: { board.show($0) }, scanned: { board.scanned($0) }),
      clock: clock, logger: logger)
    wiring.connect(loop, knowing: settings)
    // What was changed since they were looked at.
    wiring.tell(books.lockSettings)

    // New with each start, so that `coffeed check` knows these very pages from others at the same port.
    var random = SystemRandomNumberGenerator()
    let pages = "\(CoffeedConfiguration.daemon) (\(String(random.next() as UInt64, radix: 16)))"
    let panel = PanelServer(
      host: configuration.panelHost, port: configuration.panelPort,
      routes: [CoffeePages(site: site)] + extraRoutes, protection: .login(access, CoffeeFrame.frame),
      language: { site.language }, name: pages, setting: portSetting, logger: logger
    ) { [logger, configuration, onRunning] port in
      logger.notice("the pages are at http://\(configuration.panelHost):\(port)/")
      await onRunning(port)
    }
    let desk = ControlDesk(books: books, access: access.store, pages: pages, devices: loop.devices)
    var services: [any Service] = [
      panel,
      ControlService(stateDirectory: configuration.stateDirectory) { (request: ControlRequest) in
        try await desk.answer(request)
      },
    ]
    if let companion { services.append(CompanionService { await companion(books, board) }) }
    // Started last and ended first: the pages show how the machine is locked.
    services.append(ThreadService(start: loop.run, stop: loop.stop))
    try await runUntilSignalled(services, logger: logger)
  }
}

/// Between the books, which tell every change, and the lock, which is started after them.
private final class LockWiring: Sendable {
  private let masterToken: Token?
  private let lock = Mutex<(loop: LockLoop, settings: LockSettings)?>(nil)

  /// - Parameter masterToken: goes before the one in the books.
  init(masterToken: Token?) { self.masterToken = masterToken }

  /// What the lock goes by.
  func settings(_ books: LockSettings) -> LockSettings {
    var settings = books
    if let masterToken { settings.masterToken = masterToken }
    return settings
  }

  func connect(_ loop: LockLoop, knowing settings: LockSettings) {
    lock.withLock { $0 = (loop, settings) }
  }

  func tell(_ books: LockSettings) {
    let settings = settings(books)
    lock.withLock { lock in
      guard let (loop, known) = lock, known != settings else { return }
      lock = (loop, settings)
      loop.post(.settingsChanged(settings))
    }
  }
}
