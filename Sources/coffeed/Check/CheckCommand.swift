import ArgumentParser
import DaemonKit

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract:
      "Whether this installation is sound: for people, and for an update that may have to be taken back.",
    discussion: """
      Fails when the configuration or the state cannot be read, a pin is missing or taken, a running daemon does not \
      answer, or its pages do not. Changes nothing.
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
    let isRunning: Bool
    do {
      isRunning = try await configuration.client.askDaemon(.ping) != nil
    } catch {
      return [.failed("daemon", "\(error)")]
    }
    let checks = InstallationChecks(configuration: configuration, isRunning: isRunning)
    var findings = [running && !isRunning ? .failed("daemon", "is not running") : checks.daemon()]
    findings += await checks.system()
    findings.append(await checks.books())
    findings.append(await checks.password())
    if isRunning { findings.append(await pages(configuration)) }
    if !withoutPins { findings += await checks.hardware() }
    return findings
  }

  private func pages(_ configuration: CoffeedConfiguration) async -> Finding {
    let (host, port) = (configuration.panelHost, configuration.panelPort)
    let subject = "pages at port \(port)"
    do {
      let status = try await PageProbe.status(of: "/login", host: host, port: port)
      // Without a password the login leads on to where it is set.
      guard [200, 303].contains(status) else {
        return .failed(subject, "answer with status \(status): see the daemon's log")
      }
      return .good(subject, "answer")
    } catch {
      return .failed(subject, "do not answer (\(error)): see the daemon's log")
    }
  }
}
