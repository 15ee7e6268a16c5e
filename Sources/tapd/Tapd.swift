import ArgumentParser
import DaemonKit
import PiHAL

@main
struct Tapd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tapd",
    abstract:
      "Turns a beer tap into a self-serve tap: a card opens the valve, the pour is counted and charged.",
    version: packageVersion,
    subcommands: subcommands)

  private static var subcommands: [any ParsableCommand.Type] {
    var commands: [any ParsableCommand.Type] = [
      RunCommand.self, DemoCommand.self, CardCommand.self, KegCommand.self, LeakCommand.self,
      ServiceCommand.self,
      PoursCommand.self, DoctorCommand.self, SafeCommand.self, StateCommand.self,
    ]
    #if DEBUG
      commands.append(ScreenFixture.self)
    #endif
    return commands
  }

  static func main() async {
    #if os(Linux)
      // A guard is this same program; it must become one before anything else has started.
      OutputGuard.serveIfAsked()
    #endif
    await main(nil)
  }
}
