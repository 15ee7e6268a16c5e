import ArgumentParser
import DaemonKit

struct RetentionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention",
    abstract:
      "Take what is older than the retention period out of the books in hand; it stays in the archive.",
    discussion: "The period is a setting: `coffeed settings set --retention-years 5`.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    guard case .retention(let report) = try await options.load().carryOut(.applyRetention) else {
      throw ControlError.unexpected
    }
    try output.print(report) {
      let line =
        "before \(localText(report.before)): \(report.usages) coffees and \(report.invoices) invoices"
      guard report.usages > 0 || report.invoices > 0 else { return [line] }
      return [line, "they stand in the archive's months \(report.months.joined(separator: ", "))"]
    }
  }
}
