import ArgumentParser
import DaemonKit
import Foundation

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take in the database of CoffeeManager. Doing it again takes what is new or was changed there.",
    discussion: """
      Beside a running daemon it is the daemon that reads the file, so its user must be able to.

      The exit code is 0 when everything was taken, 1 when nothing was stored, and 2 when it was stored but some users, \
      coffees or invoices could not be taken.
      """)

  @Argument(help: "The file, coffee_manager.db.", completion: .file()) var file: String
  @Option(help: "Where it was written, such as Europe/Zurich (default: this machine's time zone).")
  var timeZone = TimeZone.current.identifier
  @Option(
    help:
      "What a coffee costs on the invoices there, such as 0.50 (default: the price there, or the one here).")
  var price: DecimalAmount?
  @Flag(help: "Only report what would be taken, and store nothing.") var dryRun = false
  @Flag(
    help:
      "Take what the report names as a difference too: numbers that were given a second time as new coffees.")
  var acceptDifferences = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  func validate() throws {
    guard TimeZone(identifier: timeZone) != nil else {
      throw ValidationError("--time-zone is \(timeZone): give one such as Europe/Zurich")
    }
  }

  func run() async throws {
    let configuration = try await options.load()
    let path = URL(fileURLWithPath: file).path
    let wanted = ImportOptions(
      price: try await units(configuration), isDryRun: dryRun, acceptsDifferences: acceptDifferences)
    let request = ControlRequest.takeDatabase(path: path, timeZone: timeZone, options: wanted)
    guard case .imported(let report) = try await configuration.client.ask(request) else {
      throw ControlError.unexpected
    }
    try output.print(report) { report.lines }
    guard report.isSound else { throw ExitCode.failure }
    guard report.isComplete else { throw ExitCode(2) }
  }

  /// The price in the smallest unit of the currency in the books.
  private func units(_ configuration: CoffeedConfiguration) async throws -> Int64? {
    guard let price else { return nil }
    guard case .settings(let settings) = try await configuration.client.ask(.settings) else {
      throw ControlError.unexpected
    }
    guard let units = price.scaled(by: settings.currencyDecimals), (0...1_000_000).contains(units) else {
      throw ValidationError("--price has more than \(settings.currencyDecimals) decimals, or is too large")
    }
    return units
  }
}
