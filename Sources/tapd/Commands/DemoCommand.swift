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
      extraRoutes: [TapBoardRoutes(control: demo, language: configuration.language)],
      onRunning: { [options] port in
        options.announce(
          """
          The tap and its board:  http://127.0.0.1:\(port)/board
          The screen alone:       http://127.0.0.1:\(port)/
          The books:              \(options.state)/journal.jsonl

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
  /// Mounts a keg and adds the cards, unless an earlier run did.
  func stock(_ ledger: StoredLedger, tap: TapID) async throws {
    var random = SystemRandomNumberGenerator()
    let known = ledger.store.state
    if known.taps[tap]?.keg == nil {
      _ = try await ledger.carryOut(
        .mountKeg(
          tap, beverage: "Blonde", microlitres: Self.kegMicrolitres, reserveMicrolitres: 500_000,
          pricePerLitre: Money(600)), id: CommandID(using: &random))
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
  }
}
