import ArgumentParser
import DaemonKit
import JSONState
import PiHAL

struct SafeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "safe",
    abstract: "Lock the machine, whatever became of the daemon; for systemd's ExecStopPost.",
    discussion: "The relays open and the LEDs go dark.")

  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    #if os(Linux)
      let wiring = try await options.load().wiring
      let lines = [try wiring.relayLines(), try wiring.ledLines()]
      let problems = await onOwnThread { SafeOutputs.apply(lines) }
      guard problems.isEmpty else {
        throw ConfigurationError(problems: problems.map(\.description))
      }
      print("the relays are open, the LEDs are dark")
    #else
      throw ValidationError("There are no GPIO lines on this system")
    #endif
  }
}
