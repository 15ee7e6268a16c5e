import Foundation
import Testing

/// The built `tapd`, run as a person would run it.
struct Program {
  struct Result {
    var code: Int32
    var output: String
    var errors: String
  }

  /// A state directory of its own.
  let state: String

  static func withState(_ body: (Program) async throws -> Void) async throws {
    let state = NSTemporaryDirectory() + "tapd-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: state) }
    try await body(Program(state: state))
  }

  /// Beside the test bundle.
  static var executable: URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "tapd")
  }

  func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging([
      "TAPD_STATE_DIRECTORY": state, "TAPD_TAP_NAME": "demo",
    ]) { $1 }
    return process
  }

  @discardableResult
  func run(_ arguments: String...) async throws -> Result {
    let process = process(arguments)
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    return Result(
      code: process.terminationStatus,
      output: String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self),
      errors: String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
  }
}
