import Configuration
import Foundation
import SystemPackage

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
  /// `.env` in the working directory, which is the stronger, and such as `/etc/tapd/.env`.
  public var standardEnvironmentFiles: [String] { [".env", "/etc/\(daemon)/.env"] }

  /// Reads and checks all settings.
  /// - Parameters:
  ///   - environment: the process's variables.
  ///   - body: asks for every setting there is; keys of the JSON file that it never asks for are complained of.
  /// - Throws: ``ConfigurationError`` that names each wrong value, its place, its range and an example.
  public func read<Configuration>(
    environment: [String: String], _ body: (inout SettingsReader) -> Configuration
  ) async throws(ConfigurationError) -> Configuration {
    var reader = SettingsReader(prefix: daemon, sources: try await open(environment: environment))
    let configuration = body(&reader)
    for key in unknownKeys(known: reader.knownKeys) {
      reader.complain("\(key) in \(file ?? standardFile) is no setting: check its spelling")
    }
    guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
    return configuration
  }

  /// Opens all that exists, the strongest first: environment, `.env` file, JSON file.
  /// - Throws: ``ConfigurationError`` for a named file that is missing and for one that cannot be read.
  private func open(environment: [String: String]) async throws(ConfigurationError) -> [SettingsSource] {
    var sources = [
      SettingsSource(
        name: "the environment", provider: EnvironmentVariablesProvider(environmentVariables: environment),
        isEnvironment: true)
    ]
    let environmentFiles = environmentFile.map { [$0] } ?? standardEnvironmentFiles
    for path in environmentFiles where environmentFile != nil || FileManager.default.fileExists(atPath: path)
    {
      do {
        let provider = try await EnvironmentVariablesProvider(environmentFilePath: FilePath(path))
        sources.append(SettingsSource(name: path, provider: provider, isEnvironment: true))
      } catch {
        throw unreadable(path, error)
      }
    }
    let path = file ?? standardFile
    if file != nil || FileManager.default.fileExists(atPath: path) {
      do {
        let provider = try await FileProvider<JSONSnapshot>(filePath: FilePath(path))
        sources.append(SettingsSource(name: path, provider: provider, isEnvironment: false))
      } catch {
        throw unreadable(path, error)
      }
    }
    return sources
  }

  /// Keys of the JSON file that no setting has: a misspelt key would otherwise be passed over in silence.
  private func unknownKeys(known: Set<String>) -> [String] {
    let path = file ?? standardFile
    guard let data = FileManager.default.contents(atPath: path),
      let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return [] }
    return Self.leaves(of: root, below: "").filter { !known.contains($0) }.sorted()
  }

  private static func leaves(of object: [String: Any], below parent: String) -> [String] {
    object.flatMap { key, value in
      let path = parent.isEmpty ? key : "\(parent).\(key)"
      if let nested = value as? [String: Any] { return leaves(of: nested, below: path) }
      return [path]
    }
  }

  private func unreadable(_ path: String, _ error: any Error) -> ConfigurationError {
    if !FileManager.default.fileExists(atPath: path) {
      return ConfigurationError(problems: ["\(path) is missing: create it, or leave the option away"])
    }
    if !FileManager.default.isReadableFile(atPath: path) {
      return ConfigurationError(problems: ["\(path) may not be read by this user: chmod or chown it"])
    }
    return ConfigurationError(problems: [
      "\(path) is not valid: \(error). `python3 -m json.tool \(path)` shows where"
    ])
  }
}
