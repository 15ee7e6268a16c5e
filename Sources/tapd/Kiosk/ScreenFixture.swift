#if DEBUG
  import ArgumentParser
  import Foundation
  import Hummingbird
  import Logging
  import PanelKit
  import ServiceLifecycle

  /// Serves the kiosk and the board with whatever the browser tests send: in debug builds only.
  struct ScreenFixture: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fixture", abstract: "Serves the pages for browser tests.", shouldDisplay: false)

    @Option(help: "Port on 127.0.0.1; 0 lets the kernel choose.")
    var port = 0

    @Option(help: "Language of the kiosk: en, de or fr.")
    var language = "en"

    func run() async throws {
      guard let language = Language(tag: language) else {
        throw ValidationError("--language is en, de or fr")
      }
      var logger = Logger(label: "fixture")
      logger.logLevel = .warning
      let screen = Broadcaster(
        TapScreen(phase: .waiting, tap: "Fixture", currency: "EUR", currencyDecimals: 2))
      let server = PanelServer(
        host: "127.0.0.1", port: port,
        routes: [
          KioskRoutes(taps: [KioskTap(name: "fixture", screen: screen)], language: language),
          TapBoardRoutes(control: FixtureBoard(), language: language), FixtureRoutes(screen: screen),
        ], protection: .localOnly, logger: logger
      ) { port in
        try? FileHandle.standardOutput.write(contentsOf: Data("listening on http://127.0.0.1:\(port)\n".utf8))
      }
      let group = ServiceGroup(
        configuration: .init(
          services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
      try await group.run()
    }
  }

  /// `POST /fixture/screen` shows the screen in its body.
  private struct FixtureRoutes: PanelRoutes {
    let screen: Broadcaster<TapScreen>

    func add(to router: PanelRouter) {
      router.post("/fixture/screen", .local) { request, context in
        screen.send(try await context.json(TapScreen.self, from: request))
        return Response(status: .noContent)
      }
    }
  }

  /// A board without physics: it does what it is told, and says so in its snapshot.
  private struct FixtureBoard: TapBoardControl {
    let snapshots = Broadcaster(
      TapBoardSnapshot(
        cards: [
          .init(
            id: "alice", label: "Alice", uid: "04a1b2c3d4e5f6", kind: "NTAG215", isOnReader: false),
          .init(
            id: "bob", label: "Bob", uid: "de4fa211", kind: "MIFARE Classic 1K", isOnReader: false),
          .init(
            id: "carol", label: "Carol, blocked", uid: "a1b2c3d4", kind: "MIFARE Classic 1K",
            isOnReader: false),
          .init(
            id: "service", label: "Maintenance", uid: "04ffeeddccbbaa", kind: "Ultralight", isOnReader: false),
        ],
        reader: .init(fault: .none, isFieldOn: true),
        pins: [
          .init(offset: 18, role: "valve", isOutput: true, isHigh: false),
          .init(offset: 23, role: "flow meter", isOutput: false, isHigh: true),
          .init(offset: 25, role: "reader reset", isOutput: true, isHigh: true),
        ],
        lever: 0, isValveOpen: false, isLeaking: false, microlitresPerSecond: 0, pouredMicrolitres: 0,
        countedMicrolitres: 0, pulses: 0,
        balances: ["alice": 2000, "bob": 150, "carol": 1000], currency: "EUR",
        kegRemainingMicrolitres: 18_400_000,
        kegCapacityMicrolitres: 30_000_000, isDaemonRunning: true, daemonStarts: 1))

    func perform(_ gesture: BoardGesture) async throws(BoardControlError) {
      var board = snapshots.current
      switch gesture {
      case .card(let id, let isOnReader):
        guard let index = board.cards.firstIndex(where: { $0.id == id }) else { throw .noSuchCard(id) }
        board.cards[index].isOnReader = isOnReader
      case .reader(let fault): board.reader.fault = fault
      case .pullPlug: board.daemonStarts += 1
      }
      show(board)
    }

    func perform(_ command: TapBoardCommand) async throws(BoardControlError) {
      var board = snapshots.current
      switch command {
      case .lever(let position):
        board.lever = position
      case .leak(let isLeaking):
        board.isLeaking = isLeaking
      case .keg(let microlitres):
        board.kegRemainingMicrolitres = microlitres
        board.kegCapacityMicrolitres = microlitres
      case .topUp(let card):
        board.balances[card, default: 0] += 1000
      }
      show(board)
    }

    private func show(_ state: TapBoardSnapshot) {
      var board = state
      board.isValveOpen = board.cards.contains(where: \.isOnReader)
      board.pins[0].isHigh = board.isValveOpen
      board.microlitresPerSecond = board.isValveOpen ? Int64(board.lever * 40_000) : 0
      if board.microlitresPerSecond > 0 {
        board.pouredMicrolitres += 4_000
        board.countedMicrolitres = board.pouredMicrolitres
        board.pulses += 2
      }
      snapshots.send(board)
    }
  }
#endif
