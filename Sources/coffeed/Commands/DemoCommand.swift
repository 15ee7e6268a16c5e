import ArgumentParser
import DaemonKit
import Foundation
import Logging
import PanelKit

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Run the lock on a board that does not exist; a page shows the board.")

  @Option(help: "Where the books are kept.")
  var state = FileManager.default.temporaryDirectory.appending(path: "coffeed-demo").path
  @Option(help: "The pages' port on this machine.")
  var port = 8080
  @Option(help: "The language of the books: en, de or fr.")
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
    var configuration = CoffeedConfiguration()
    configuration.wiring = DemoMachine.wiring
    configuration.stateDirectory = state
    configuration.panelHost = "127.0.0.1"
    configuration.panelPort = port
    configuration.language = Language(tag: language) ?? .english
    // Whoever tries it out sees the open pages at once.
    configuration.trustedNetworks = ["127.0.0.0/8", "::1/128"].compactMap { AddressRange($0) }
    var logger = Logger(label: CoffeedConfiguration.daemon)
    logger.logLevel = .notice
    let machine = DemoMachine(life: life)
    let service = CoffeedService(
      configuration: configuration, hardware: machine.hardware, logger: logger,
      prepare: { books in try await DemoBooks.fill(books, master: machine.master) },
      companion: { books, board in
        await machine.run(
          lock: { board.live.current.lock }, usages: { books.store.read { $0.usages.newestNumber } })
      },
      extraRoutes: [CoffeeBoardRoutes(control: machine, language: configuration.language)],
      onRunning: { port in
        guard life == 1 else { return }
        // Not print(), which holds text back when a pipe listens.
        let text = """

          The machine and its board:  http://127.0.0.1:\(port)/board
          The pages:                  http://127.0.0.1:\(port)/
          The books:                  \(state)/journal.jsonl

          Drag a card onto the reader and press a drink's button. The pages ask for a password of your own when you
          change something. Ctrl-C ends it.


          """
        FileHandle.standardOutput.write(Data(text.utf8))
      })
    try await service.run()
  }
}
