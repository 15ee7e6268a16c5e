import ArgumentParser

@main
struct Tapd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tapd", abstract: "Turns a beer tap into a self-serve tap.", subcommands: subcommands)

  private static var subcommands: [any ParsableCommand.Type] {
    #if DEBUG
      [ScreenFixture.self]
    #else
      []
    #endif
  }
}
