import ArgumentParser
import DaemonKit

struct PoursCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pours", abstract: "The last pours, newest first.")

  @Option(help: "How many at most.") var limit = 20
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: TapdOptions

  func validate() throws {
    guard (1...LedgerState.rememberedPours).contains(limit) else {
      throw ValidationError("--limit is \(limit): give 1 to \(LedgerState.rememberedPours)")
    }
  }

  func run() async throws {
    let configuration = try await options.load()
    let pours = Array(try await configuration.ledger().recentPours.suffix(limit).reversed())
    let decimals = configuration.tap.currencyDecimals
    try output.print(pours) {
      tableLines(
        ["WHEN (UTC)", "TAP", "CARD", "BEVERAGE", "VOLUME", "CHARGE", "BALANCE", "ENDED BY"],
        pours.map { pour in
          [
            pour.settled.description, pour.tap.description, pour.card.description, pour.beverage ?? "-",
            litresText(pour.microlitres), pour.charge.text(decimals: decimals),
            pour.balance?.text(decimals: decimals) ?? "-", pour.reason.rawValue,
          ]
        })
    }
  }
}
