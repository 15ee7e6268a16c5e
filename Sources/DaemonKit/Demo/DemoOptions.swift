import ArgumentParser
import Foundation
import Logging
import PanelKit

/// What the demo of a daemon is told on its command line.
public struct DemoOptions<Configuration: DaemonConfiguration>: ParsableArguments, Sendable {
  @Option(help: "Where the books are kept; they begin afresh at each start.")
  public var state = Self.standardState
  @Flag(help: "Go on with the books of the last time.")
  var keep = false
  @Option(help: "The address to listen on: 0.0.0.0 lets other machines in, such as a phone.")
  public var host = "127.0.0.1"
  @Option(help: "The pages' port.")
  public var port = Configuration.standardPanelPort
  @Option(name: .customLong("language"), help: "The pages' language: en, de or fr.")
  var languageTag = "en"
  @Option(help: .private)
  var life: Int?

  public init() {}

  public func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port is \(port): give 0 to 65535") }
    guard Language(tag: languageTag) != nil else {
      throw ValidationError("--language is \(languageTag): give en, de or fr")
    }
  }

  public var language: Language { Language(tag: languageTag) ?? .english }

  private static var standardState: String {
    FileManager.default.temporaryDirectory.appending(path: "\(Configuration.daemon)-demo").path
  }

  /// Whether other machines are let in.
  public var isShared: Bool { !["127.0.0.1", "localhost", "::1"].contains(host) }

  /// Tells little, for whoever watches a demo watches its pages.
  public var logger: Logger { DaemonLog.logger(Configuration.daemon, level: .notice) }

  /// Runs the demo, each life of the daemon in a process of its own.
  /// - Parameter live: one life, by its number from 1.
  /// - Throws: what `live` does, or `ExitCode` with the code of the last life.
  public func run(_ live: (_ life: Int) async throws -> Void) async throws {
    guard let life else {
      if !keep {
        try DemoFolder(path: state, daemon: Configuration.daemon).empty(
          isStandard: state == Self.standardState)
      }
      let code = try await DemoSupervisor.run { life in
        [
          "demo", "--state", state, "--host", host, "--port", "\(port)", "--language", languageTag, "--life",
          "\(life)",
        ]
      }
      throw ExitCode(code)
    }
    DemoSupervisor.followSupervisor()
    try await live(life)
  }

  /// A page's address, for this machine and for others that are let in.
  public func address(_ path: String, port: Int) -> String {
    let name = isShared && host == "0.0.0.0" || host == "::" ? ProcessInfo.processInfo.hostName : host
    return "http://\(name.contains(":") ? "[\(name)]" : name):\(port)\(path)"
  }

  /// The command line for the demo's books, ready to be copied.
  /// - Parameters:
  ///   - variables: settings that the demo does not take from the configuration.
  ///   - arguments: such as `card list`.
  public func commandLine(_ variables: [(String, String)] = [], _ arguments: String) -> String {
    let prefix = Configuration.daemon.uppercased()
    let settings = [("STATE_DIRECTORY", state)] + variables
    return
      (settings.map { "\(prefix)_\($0)=\(Self.quoted($1))" }
      + [Self.quoted(ProcessInfo.processInfo.arguments[0]), arguments]).joined(separator: " ")
  }

  private static func quoted(_ text: String) -> String {
    text.contains(/^[A-Za-z0-9_.,\/+-]+$/) ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
  }

  /// Tells where the pages are, in the first life only.
  public func announce(_ text: String) {
    guard life == 1 else { return }
    // Not print(), which holds text back when a pipe listens.
    try? FileHandle.standardOutput.write(contentsOf: Data("\n\(text)\n\n".utf8))
  }
}
