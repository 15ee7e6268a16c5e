/// All that can be configured of a daemon, as one value.
public protocol DaemonConfiguration: Sendable {
  /// The daemon's name: `tapd`.
  static var daemon: String { get }

  /// The TCP port of the pages unless another one is configured.
  static var standardPanelPort: Int { get }

  /// Where the state is kept.
  var stateDirectory: String { get }

  /// Asks `reader` for every setting there is; it keeps the complaints.
  init(reading reader: inout SettingsReader)
}

extension DaemonConfiguration {
  /// Reads and checks everything.
  /// - Parameters:
  ///   - file: the JSON file; nil for the standard one, if it exists.
  ///   - environmentFile: the `.env` file; nil for the standard ones, if they exist.
  ///   - environment: the process's variables.
  /// - Throws: ``ConfigurationError`` that names each wrong value, its place, its range and an example.
  public static func load(
    file: String?, environmentFile: String?, environment: [String: String]
  ) async throws(ConfigurationError) -> Self {
    try await ConfigurationFiles(daemon: daemon, file: file, environmentFile: environmentFile)
      .read(environment: environment) { Self(reading: &$0) }
  }
}
