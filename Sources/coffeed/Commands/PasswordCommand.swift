import ArgumentParser
import DaemonKit
import JSONState

struct PasswordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "password", abstract: "Set the administrator's password for the pages.",
    discussion: "It is asked for at a terminal, or read as the first line of standard input.")

  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    let configuration = try await options.load()
    let password = try await onOwnThread { () throws(PromptError) in try PasswordInput.ask() }
    guard case .done = try await configuration.client.ask(.setPassword(password)) else {
      throw ControlError.unexpected
    }
    print("the password is set")
  }
}
