import ArgumentParser
import DaemonKit

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract:
      "Whether this installation is sound: for people, and for an update that may have to be taken back.",
    discussion: """
      Fails when the configuration or the state cannot be read, something is missing in it, a pin is missing or \
      taken, a running daemon does not answer, or another program has its pages' port. Changes nothing.
      """)

  @Flag(help: "Leave the pins and the card reader out: for a machine that is no Raspberry Pi.")
  var withoutPins = false
  @Flag(help: "The daemon must be running.") var running = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    var findings: [Finding] = []
    do {
      let configuration = try await options.load()
      findings.append(.good("configuration", "can be read"))
      findings += await check(configuration)
    } catch let error as ConfigurationError {
      findings += InstallationChecks.findings(error)
    }
    try output.print(findings)
  }

  private func check(_ configuration: CoffeedConfiguration) async -> [Finding] {
    do {
      let checks = try await InstallationChecks(configuration)
      let isMissing = running && !checks.isRunning
      var findings = [
        isMissing
          ? .failed("daemon", "is not running: `systemctl status coffeed` says why") : checks.daemon()
      ]
      findings += await checks.all(hardware: !withoutPins)
      return findings
    } catch {
      return [.failed("daemon", "\(error)")]
    }
  }
}
