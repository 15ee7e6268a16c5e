import Foundation

/// Where a daemon's configuration is read from.
public struct ConfigurationFiles: Sendable {
  /// The daemon's name, which the standard places and the variables' prefix are made of.
  public let daemon: String
  /// The JSON file; nil means the standard one if that exists.
  public var file: String?
  /// The `.env` file; nil means the standard ones, if they exist.
  public var environmentFile: String?

  public init(daemon: String, file: String? = nil, environmentFile: String? = nil) {
    self.daemon = daemon
    self.file = file
    self.environmentFile = environmentFile
  }

  /// Such as `/etc/tapd/tapd.json`.
  public var standardFile: String { "/etc/\(daemon)/\(daemon).json" }
  /// `.env` in the working directory, which is the stronger, and such as `/etc/tapd/.env`. Root does not read the former:
  /// whoever may write there could have a command do anything.
  public var standardEnvironmentFiles: [String] { [".env", "/etc/\(daemon)/.env"] }

  /// Reads and checks all settings.
  /// - Parameters:
  ///   - environment: the process's variables.
  ///   - body: asks for every setting there is; keys of the JSON file, and variables with the daemon's prefix, that it
  ///     never asks for are complained of: a misspelt one would otherwise be passed over in silence.
  /// - Throws: ``ConfigurationError`` that names each wrong value, its place, its range and an example.
  public func read<Configuration>(
    environment: [String: String], _ body: (inout SettingsReader) -> Configuration
  ) async throws(ConfigurationError) -> Configuration {
    var reader = SettingsReader(prefix: daemon, sources: try open(environment: environment))
    let configuration = body(&reader)
    reader.complainOfUnknownNames()
    guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
    return configuration
  }

  /// Opens all that exists, the strongest first: environment, `.env` file, JSON file.
  /// - Throws: ``ConfigurationError`` for a named file that is missing and for one that cannot be read.
  private func open(environment: [String: String]) throws(ConfigurationError) -> [SettingsSource] {
    var sources = [SettingsSource(name: "the environment", variables: environment)]
    let environmentFiles = environmentFile.map { [$0] } ?? standardEnvironmentFiles
    for path in environmentFiles where environmentFile != nil || FileManager.default.fileExists(atPath: path)
    {
      if environmentFile == nil {
        switch EnvironmentFileOwner(of: path) {
        case .trusted: break
        case .workingDirectoryOfRoot:
          try? FileHandle.standardError.write(
            contentsOf: Data(
              "\(path) in the working directory is not read by root: name it with --env-file\n".utf8))
          continue
        case .stranger(let problem): throw ConfigurationError(problems: [problem])
        }
      }
      guard let text = String(data: try content(of: path), encoding: .utf8) else {
        throw ConfigurationError(problems: ["\(path) is no text in UTF-8"])
      }
      let file = EnvironmentFile(text)
      guard file.problems.isEmpty else {
        throw ConfigurationError(problems: file.problems.map { "\(path), \($0)" })
      }
      sources.append(SettingsSource(name: path, variables: file.variables))
    }
    let path = file ?? standardFile
    if file != nil || FileManager.default.fileExists(atPath: path) {
      sources.append(SettingsSource(name: path, json: try JSONSetting.read(content(of: path), from: path)))
    }
    return sources
  }

  private func content(of path: String) throws(ConfigurationError) -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw unreadable(path, error)
    }
  }

  private func unreadable(_ path: String, _ error: any Error) -> ConfigurationError {
    if !FileManager.default.fileExists(atPath: path) {
      return ConfigurationError(problems: ["\(path) is missing: create it or omit the option"])
    }
    if !FileManager.default.isReadableFile(atPath: path) {
      return ConfigurationError(problems: ["\(path) may not be read by this user: chmod or chown it"])
    }
    return ConfigurationError(problems: ["\(path) cannot be read: \(error)"])
  }
}
