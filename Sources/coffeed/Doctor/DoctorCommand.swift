import ArgumentParser
import DaemonKit
import JSONState
import PiHAL

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check every pin, bus, file and permission, and say what to do. Nothing moves without --click.")

  @Flag(
    help:
      "Then close each relay for half a second, when you say yes, and ask what you heard; the daemon must not run."
  )
  var click = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  func validate() throws {
    if click, output.json { throw ValidationError("--click asks questions: leave --json away") }
  }

  func run() async throws {
    var findings: [Finding] = []
    var relays: CoffeeWiring?
    do {
      let configuration = try await options.load()
      findings.append(.good("configuration", "relays at \(configuration.wiring.relayList)"))
      let checks = try await InstallationChecks(configuration)
      findings.append(checks.daemon())
      findings += await checks.all()
      if click {
        if checks.isRunning {
          findings.append(.failed("relays", "are in the hands of the running daemon: stop it to click them"))
        } else {
          relays = configuration.wiring
        }
      }
    } catch let error as ConfigurationError {
      findings += InstallationChecks.findings(error)
    } catch {
      findings.append(.failed("daemon", "\(error)"))
    }
    guard let relays else { return try output.print(findings) }
    findings.forEach { print($0.line) }
    let clicked = await Self.click(relays)
    clicked.forEach { print($0.line) }
    if (findings + clicked).contains(where: { $0.outcome == .failed }) { throw ExitCode.failure }
  }

  private static func click(_ wiring: CoffeeWiring) async -> [Finding] {
    #if os(Linux)
      await onOwnThread {
        do {
          let longest = Array(repeating: RelayClicks.length * 2, count: wiring.relays.count)
          let lines = try GuardedLines(wiring.relayLines(), maximumActive: longest)
          return RelayClicks(
            relays: wiring.relays, isActiveLow: wiring.relaysActiveLow, ask: Prompt.ask, output: lines,
            pause: { SystemClock().sleep(for: $0) }
          ).run()
        } catch {
          return [.failed("relays", "\(error)")]
        }
      }
    #else
      [.failed("relays", "there are no GPIO lines on this system")]
    #endif
  }
}

extension CoffeeWiring {
  fileprivate var relayList: String { relays.map { "GPIO\($0.pin)" }.joined(separator: ", ") }
}
