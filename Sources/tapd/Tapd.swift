import ArgumentParser
import PiHAL

@main
struct Tapd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
<<<<<<< HEAD
    commandName: "tapd",
    abstract: "Turns a beer tap into a self-serve tap: a card opens the valve, the pour is counted and charged.",
    subcommands: [
      RunCommand.self, DemoCommand.self, CardCommand.self, KegCommand.self, ServiceCommand.self,
      PoursCommand.self, DoctorCommand.self, SafeCommand.self, StateCommand.self,
    ])

  static func main() async {
    #if os(Linux)
      // A guard is this same program; it must become one before anything else has started.
      OutputGuard.serveIfAsked()
    #endif
    await main(nil)
=======
    commandName: "tapd", abstract: "Turns a beer tap into a self-serve tap.", subcommands: subcommands)

  private static var subcommands: [any ParsableCommand.Type] {
    #if DEBUG
      [ScreenFixture.self]
    #else
      []
    #endif
>>>>>>> 62ebb002db641764334cb90e332c7e228cf9c8b5
  }
}
