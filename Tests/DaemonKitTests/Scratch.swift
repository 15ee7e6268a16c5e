import Foundation

/// A directory of a test's own.
struct Scratch {
  let path: String

  static func with<Value>(_ body: (Scratch) async throws -> Value) async throws -> Value {
    let path = NSTemporaryDirectory() + "daemonkit-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(Scratch(path: path))
  }

  /// Writes a file and tells its path.
  func write(_ text: String, to name: String) throws -> String {
    let file = path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }
}
