import ArgumentParser
import DaemonKit
import Logging

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the lock on this Raspberry Pi's pins.")

  @Option(help: "The least important log lines to print: trace, debug, info, notice, warning, error.")
  var logLevel = Logger.Level.info
  @OptionGroup var options: ConfigurationOptions<CoffeedConfiguration>

  func run() async throws {
    #if os(Linux)
      let configuration = try await options.load()
      let logger = DaemonLog.logger(CoffeedConfiguration.daemon, level: logLevel)
      try await CoffeedService(
        configuration: configuration, hardware: .linux(configuration.wiring), logger: logger
      ).run()
    #else
      throw ValidationError("There are no GPIO lines on this system: try `coffeed demo`")
    #endif
  }
}
