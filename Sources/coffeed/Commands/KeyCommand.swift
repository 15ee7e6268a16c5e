import ArgumentParser
import DaemonKit
import PanelKit

struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "api-key", abstract: "Keys with which scripts ask the pages.",
    subcommands: [KeyCreate.self, KeyList.self, KeyRevoke.self])
}

struct KeyCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a key and print it; it is not shown again.")

  @Argument(help: "What it is for, such as \"monthly report\".") var name: String
  @Flag(help: "It may change things too, and not only read them.") var write = false
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    let scopes: Set<APIKey.Scope> = write ? [.read, .write] : [.read]
    let request = ControlRequest.createKey(name: name, scopes: scopes)
    guard case .newKey(let key) = try await options.load().client.ask(request) else {
      throw ControlError.unexpected
    }
    print(key)
  }
}

struct KeyList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "The keys, oldest first.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    guard case .keys(let keys) = try await options.load().client.ask(.keys) else {
      throw ControlError.unexpected
    }
    try output.print(keys) {
      tableLines(
        ["NAME", "MAY", "CREATED", "LAST USED"],
        keys.map { key in
          [
            key.name, key.scopes.map(\.rawValue).joined(separator: ", "), localText(key.created),
            key.lastUsed.map { localText($0) } ?? "-",
          ]
        })
    }
  }
}

struct KeyRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Make a key useless, at once.")

  @Argument(help: "Its name, as the list shows it.") var name: String
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    guard case .done = try await options.load().client.ask(.revokeKey(name)) else {
      throw ControlError.unexpected
    }
    printLine("key \"\(name)\": revoked")
  }
}
