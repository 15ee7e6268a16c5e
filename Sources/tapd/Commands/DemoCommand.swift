import ArgumentParser
import DaemonKit
import Foundation
import JSONState
import Logging
import PanelKit

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Run the tap on a board that does not exist; a page shows the board.")

  @Option(help: "Where the books are kept.")
  var state = FileManager.default.temporaryDirectory.appending(path: "tapd-demo").path
  @Option(help: "The pages' port on this machine.")
  var port = 8090
  @Option(help: "The screen's language: en, de or fr.")
  var language = "en"
  @Option(help: .private)
  var life: Int?

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port is \(port): give 0 to 65535") }
    guard Language(tag: language) != nil else {
      throw ValidationError("--language is \(language): give en, de or fr")
    }
  }

  func run() async throws {
    guard let life else {
      let code = try await DemoSupervisor.run { life in
        ["demo", "--state", state, "--port", "\(port)", "--language", language, "--life", "\(life)"]
      }
      throw ExitCode(code)
    }
    DemoSupervisor.followSupervisor()
    try await live(life)
  }

  private func live(_ life: Int) async throws {
    var configuration = TapdConfiguration()
    configuration.tap.tap = TapID("demo")
    configuration.stateDirectory = state
    configuration.panelPort = port
    configuration.language = Language(tag: language) ?? .english
    var logger = Logger(label: "tapd")
    logger.logLevel = .notice
    let tap = configuration.tap.tap
    let demo = DemoStation(configuration, life: life)
    let service = TapdService(
      configuration: configuration, hardware: demo.hardware, logger: logger,
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
      onRunning: { port in
        guard life == 1 else { return }
        // Not print(), which holds text back when a pipe listens.
        let text = """

          The tap and its board:  http://127.0.0.1:\(port)/board
          The screen alone:       http://127.0.0.1:\(port)/
          The books:              \(state)/journal.jsonl

          Drag a card onto the reader and hold the lever. Ctrl-C ends it.


          """
        FileHandle.standardOutput.write(Data(text.utf8))
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
