import ArgumentParser
import Foundation

/// Where the configuration is; every command of a daemon takes these.
public struct ConfigurationOptions<Configuration: DaemonConfiguration>: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: "The JSON configuration file (default: \(Self.standard.standardFile), if there).")
  public var config: String?

  @Option(
    help:
      "The file with environment variables (default: \(Self.standard.standardEnvironmentFiles.joined(separator: " or ")), if there)."
  )
  public var envFile: String?

  public init() {}

  private static var standard: ConfigurationFiles { ConfigurationFiles(daemon: Configuration.daemon) }

  /// Reads and checks the configuration.
  public func load() async throws -> Configuration {
    try await Configuration.load(
      file: config, environmentFile: envFile, environment: ProcessInfo.processInfo.environment)
  }
}

/// A program's wish for JSON in place of a table.
public struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON, for programs.")
  public var json = false

  public init() {}

  public func print(_ value: some Encodable, table: () -> [String]) throws {
    guard json else { return table().forEach(printLine) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    // A terminal may show it; in JSON these stand in strings only.
    Swift.print(
      text.unicodeScalars.reduce(into: "") { shown, scalar in
        if scalar != "\n", scalar.isHarmfulInTerminals {
          shown += String(format: "\\u%04x", scalar.value)
        } else {
          shown.unicodeScalars.append(scalar)
        }
      })
  }
}
