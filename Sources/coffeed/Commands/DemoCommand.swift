import ArgumentParser
import DaemonKit
import PanelKit

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Run the lock on a board that does not exist; a page shows the board.")

  @OptionGroup var options: DemoOptions<CoffeedConfiguration>

  func run() async throws { try await options.run(live) }

  private func live(_ life: Int) async throws {
    var configuration = CoffeedConfiguration()
    configuration.wiring = DemoMachine.wiring
    configuration.stateDirectory = options.state
    configuration.panelHost = options.host
    configuration.panelPort = options.port
    configuration.language = options.language
    // Whoever tries it out sees the open pages at once.
    configuration.trustedNetworks =
      (options.isShared ? ["0.0.0.0/0", "::/0"] : ["127.0.0.0/8", "::1/128"]).compactMap { AddressRange($0) }
    let machine = DemoMachine(life: life)
    let service = CoffeedService(
      configuration: configuration, hardware: machine.hardware, logger: options.logger,
      prepare: { books in try await DemoBooks.fill(books, master: machine.master) },
      companion: { books, board in
        await machine.run(
          lock: { board.live.current.lock }, usages: { books.store.read { $0.usages.newestNumber } })
      },
      extraRoutes: [
        CoffeeBoardRoutes(control: machine, language: configuration.language, isShared: options.isShared)
      ],
      portSetting: "--port",
      onRunning: { [options] port in
        options.announce(
          """
          The machine and its board:  \(options.address("/board", port: port))
          The pages:                  \(options.address("/", port: port))
          The books:                  \(options.state)/journal.jsonl
          A command for them:         \(options.commandLine([], "user list"))

          Drag a card onto the reader and press a drink's button. The pages ask for a password of your own when you
          change something. Ctrl-C ends it.
          """)
      })
    try await service.run()
  }
}
