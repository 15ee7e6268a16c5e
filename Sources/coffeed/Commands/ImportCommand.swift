import ArgumentParser
import DaemonKit
import Foundation

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take in the database of CoffeeManager. Doing it again takes what is new or was changed there.",
    discussion: "Beside a running daemon it is the daemon that reads the file, so its user must be able to.")

  @Argument(help: "The file, coffee_manager.db.", completion: .file()) var file: String
  @Option(help: "Where it was written, such as Europe/Zurich (default: this machine's time zone).")
  var timeZone = TimeZone.current.identifier
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
    let request = ControlRequest.takeDatabase(path: path, timeZone: timeZone)
    guard case .imported(let report) = try await configuration.client.ask(request) else {
      throw ControlError.unexpected
    }
    try output.print(report) { report.lines }
    guard report.agrees else { throw ExitCode.failure }
  }
}
