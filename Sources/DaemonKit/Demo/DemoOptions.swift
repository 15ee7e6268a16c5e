import ArgumentParser
import Foundation
import Logging
import PanelKit

/// What the demo of a daemon is told on its command line.
public struct DemoOptions<Configuration: DaemonConfiguration>: ParsableArguments, Sendable {
  @Option(help: "Where the books are kept.")
  public var state =
    FileManager.default.temporaryDirectory.appending(path: "\(Configuration.daemon)-demo").path
  @Option(help: "The pages' port on this machine.")
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

  /// Tells little, for whoever watches a demo watches its pages.
  public var logger: Logger {
    var logger = Logger(label: Configuration.daemon)
    logger.logLevel = .notice
    return logger
  }

  /// Runs the demo, each life of the daemon in a process of its own.
  /// - Parameter live: one life, by its number from 1.
  /// - Throws: what `live` does, or `ExitCode` with the code of the last life.
  public func run(_ live: (_ life: Int) async throws -> Void) async throws {
    guard let life else {
      let code = try await DemoSupervisor.run { life in
        ["demo", "--state", state, "--port", "\(port)", "--language", languageTag, "--life", "\(life)"]
      }
      throw ExitCode(code)
    }
    DemoSupervisor.followSupervisor()
    try await live(life)
  }

  /// Tells where the pages are, in the first life only.
  public func announce(_ text: String) {
    guard life == 1 else { return }
    // Not print(), which holds text back when a pipe listens.
    FileHandle.standardOutput.write(Data("\n\(text)\n\n".utf8))
  }
}
