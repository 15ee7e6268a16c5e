import ArgumentParser
import DaemonKit
import JSONState
import PanelKit

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Run the tap on a board that does not exist; a page shows the board.")

  @OptionGroup var options: DemoOptions<TapdConfiguration>

  func run() async throws { try await options.run(live) }

  private func live(_ life: Int) async throws {
    var configuration = TapdConfiguration()
    configuration.tap.tap = TapID("demo")
    configuration.stateDirectory = options.state
    configuration.panelHost = options.host
    configuration.panelPort = options.port
    configuration.language = options.language
    let tap = configuration.tap.tap
    let demo = DemoStation(configuration, life: life)
    let service = TapdService(
      configuration: configuration, hardware: demo.hardware, logger: options.logger,
      prepare: { ledger in try await demo.stock(ledger, tap: tap) },
      companion: { ledger, screen in
        let before = ledger.store.state.taps[tap]?.totals.allMicrolitres ?? 0
        await demo.run {
          let recorded = (ledger.store.state.taps[tap]?.totals.allMicrolitres ?? 0) - before
          let current = screen.current
          let isRunning = [.pouring, .settling, .maintenance].contains(current.phase)
          return recorded + (isRunning ? current.pour?.microlitres ?? 0 : 0)
        }
      },
      extraRoutes: [
        TapBoardRoutes(control: demo, language: configuration.language, isShared: options.isShared)
      ],
      portSetting: "--port",
      onRunning: { [options] port in
        options.announce(
          """
          The tap and its board:  \(options.address("/board", port: port))
          The screen alone:       \(options.address("/", port: port))
          The books:              \(options.state)/journal.jsonl
          A command for them:     \(options.commandLine([("TAP_NAME", tap.text)], "card list"))

          Drag a card onto the reader and hold the lever. Ctrl-C ends it.
          """)
      })
    try await service.run()
  }
}

extension LedgerState.Totals {
  fileprivate var allMicrolitres: Int64 {
    soldMicrolitres + maintenanceMicrolitres + unattributedMicrolitres
  }
}

extension DemoStation {
  /// Mounts a keg and adds the cards, unless an earlier run did, and shows these books from then on.
  func stock(_ ledger: StoredLedger, tap: TapID) async throws {
    var random = SystemRandomNumberGenerator()
    let known = ledger.store.state
    if known.taps[tap]?.keg == nil {
      _ = try await ledger.carryOut(
        .mountKeg(
          tap, beverage: Self.beverage, microlitres: Self.kegMicrolitres,
          reserveMicrolitres: Self.reserveMicrolitres, pricePerLitre: Self.pricePerLitre),
        id: CommandID(using: &random))
    }
    for card in table.cards {
      guard let account = accounts[card.id], let uid = card.uid, known.cards[uid] == nil else { continue }
      _ = try await ledger.carryOut(
        .addCard(
          uid, kind: account.kind, label: card.label, validFrom: nil, validUntil: nil,
          amount: account.balance), id: CommandID(using: &random))
      if account.isBlocked {
        _ = try await ledger.carryOut(.setBlocked(uid, blocked: true), id: CommandID(using: &random))
      }
    }
    open(ledger, tap: tap)
  }
}
