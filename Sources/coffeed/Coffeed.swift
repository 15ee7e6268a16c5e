import ArgumentParser
import DaemonKit
import PiHAL

@main
struct Coffeed: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coffeed", abstract: "Locks a coffee machine until a known token is presented.",
    version: packageVersion,
    subcommands: subcommands)

  private static var subcommands: [any ParsableCommand.Type] {
    [
      RunCommand.self,
      DemoCommand.self,
      UserCommand.self,
      SettingsCommand.self,
      ScanModeCommand.self,
      UsageCommand.self,
      InvoiceCommand.self,
      ImportCommand.self,
      ExportCommand.self,
      RetentionCommand.self,
      PasswordCommand.self,
      KeyCommand.self,
      DoctorCommand.self,
      CheckCommand.self,
      StateCommand.self,
      SafeCommand.self,
    ]
  }

  static func main() async {
    #if os(Linux)
      // A guard is this same program; it must become one before anything else has started.
      OutputGuard.serveIfAsked()
    #endif
    await main(nil)
  }
}
