import Configuration
import Foundation
import SystemPackage

/// Where the configuration is read from.
struct ConfigurationFiles: Sendable {
  /// The JSON file; nil means `/etc/tapd/tapd.json` if that exists.
  var file: String?
  /// The `.env` file; nil means `/etc/tapd/.env` and then `.env` in the working directory, if they exist.
  var environmentFile: String?

  static let standardFile = "/etc/tapd/tapd.json"
  static let standardEnvironmentFiles = [".env", "/etc/tapd/.env"]

  /// Opens all that exists, the strongest first: environment, `.env` file, JSON file.
  /// - Throws: ``ConfigurationError`` for a named file that is missing and for one that cannot be read.
  func open(environment: [String: String]) async throws(ConfigurationError) -> [SettingsSource] {
    var sources = [
      SettingsSource(
        name: "the environment", provider: EnvironmentVariablesProvider(environmentVariables: environment),
        isEnvironment: true)
    ]
    let environmentFiles = environmentFile.map { [$0] } ?? Self.standardEnvironmentFiles
    for path in environmentFiles where environmentFile != nil || FileManager.default.fileExists(atPath: path)
    {
      do {
        let provider = try await EnvironmentVariablesProvider(environmentFilePath: FilePath(path))
        sources.append(SettingsSource(name: path, provider: provider, isEnvironment: true))
      } catch {
        throw unreadable(path, error)
      }
    }
    let path = file ?? Self.standardFile
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
  func unknownKeys(known: Set<String>) -> [String] {
    let path = file ?? Self.standardFile
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
