import ArgumentParser

@main
struct Coffeed: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coffeed", abstract: "Locks a coffee machine until a known token is presented.")
}
