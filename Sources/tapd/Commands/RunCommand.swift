import ArgumentParser
import DaemonKit
import JSONState
import Logging
import PiHAL

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the tap on this Raspberry Pi's pins.")

  @Option(help: "The least important log lines to print: trace, debug, info, notice, warning, error.")
  var logLevel = Logger.Level.info
  @OptionGroup var options: TapdOptions

  func run() async throws {
    #if os(Linux)
      let configuration = try await options.load()
      let logger = DaemonLog.logger(TapdConfiguration.daemon, level: logLevel)
      try await TapdService(
        configuration: configuration, hardware: .linux(configuration), logger: logger
      ).run()
    #else
      throw ValidationError("There are no GPIO lines on this system: try `tapd demo`")
    #endif
  }
}

struct SafeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "safe",
    abstract: "Close the valve, whatever became of the daemon; for systemd's ExecStopPost.")

  @OptionGroup var options: TapdOptions

  func run() async throws {
    #if os(Linux)
      let configuration = try await options.load()
      let lines = try configuration.wiring.valveLines()
      let problems = await onOwnThread { SafeOutputs.apply([lines]) }
      guard problems.isEmpty else {
        throw ConfigurationError(problems: problems.map(\.description))
      }
      print("GPIO\(configuration.wiring.valvePin) (valve) is at its safe level")
    #else
      throw ValidationError("There are no GPIO lines on this system")
    #endif
  }
}
