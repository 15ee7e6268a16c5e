import ArgumentParser
import PiHAL

@main
struct Coffeed: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coffeed", abstract: "Locks a coffee machine until a known token is presented.",
    subcommands: [RunCommand.self, DemoCommand.self])

  static func main() async {
    #if os(Linux)
      // A guard is this same program; it must become one before anything else has started.
      OutputGuard.serveIfAsked()
    #endif
    await main(nil)
  }
}
