import ArgumentParser
import DaemonKit

struct LeakCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leak", abstract: "What flowed without a pour, and whether the tap leaks.",
    subcommands: [LeakStatus.self, LeakOver.self], defaultSubcommand: LeakStatus.self)
}

struct LeakStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "What flowed without a pour, and whether the tap leaks.")

  /// For programs.
  private struct Report: Encodable {
    var unattributedMicrolitres: Int64
    var unattributedSincePourMicrolitres: Int64
    var leaksSince: WallTime?
  }

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    let ledger = try await configuration.ledger()
    try ledger.checkServed(configuration.tap.tap)
    let tap = ledger.taps[configuration.tap.tap] ?? LedgerState.Tap()
    let report = Report(
      unattributedMicrolitres: tap.totals.unattributedMicrolitres,
      unattributedSincePourMicrolitres: tap.unattributedSincePourMicrolitres ?? 0, leaksSince: tap.leaksSince)
    try output.print(report) {
      let leak = report.leaksSince.map {
        "since \(localText($0)): no guest is served until it stops, or `tapd leak over`"
      }
      return [
        "tap              \(configuration.tap.tap)",
        "leak             \(leak ?? "none is known")",
        "without a pour   \(litresText(report.unattributedSincePourMicrolitres)) since the last pour",
        "                 \(litresText(report.unattributedMicrolitres)) in all",
      ]
    }
  }
}

struct LeakOver: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "over", abstract: "The leak is mended: serve guests again.")

  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    try await configuration.carryOutAndPrint { _ in .declareLeakOver(configuration.tap.tap) }
  }
}
