import Foundation

/// A built program of this package, run as a person would run it, on a state directory of its own.
public struct Program: Sendable {
  public struct Result: Sendable {
    public var code: Int32
    public var output: String
    public var errors: String
  }

  /// The program's name, such as `tapd`.
  public let name: String
  /// The state directory; there is none until the program makes it.
  public let state: String
  /// Variables besides this process's own.
  public var environment: [String: String]

  /// Runs `body` with a program whose state directory is removed afterwards.
  /// - Parameter environment: variables besides the one that names the state directory.
  public static func withState(
    of name: String, environment: [String: String] = [:], _ body: (Program) async throws -> Void
  ) async throws {
    let state = NSTemporaryDirectory() + name + "-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: state) }
    let variables = environment.merging(["\(name.uppercased())_STATE_DIRECTORY": state]) { $1 }
    try await body(Program(name: name, state: state, environment: variables))
  }

  /// Beside the test bundle.
  private var executable: URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: name)
  }

  public func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    return process
  }

  /// Runs a command to its end.
  /// - Parameter input: what is piped in; nothing by default.
  @discardableResult
  public func run(_ arguments: String..., input: String = "") async throws -> Result {
    try await run(arguments, input: input)
  }

  public func run(_ arguments: [String], input: String = "") async throws -> Result {
    let input = try ScratchFile(input)
    return try await run(arguments, standardInput: input.handle)
  }

  /// The same, at a terminal where somebody types a line at each question. A question ends with a blank.
  public func run(_ arguments: String..., typing lines: [String]) async throws -> Result {
    let terminal = try Terminal()
    return try await run(arguments, standardInput: terminal.end) { output, errors in
      var seen = 0
      for line in lines {
        try await waitUntil("it asks where \(line) is the answer") {
          let (output, errors) = (try output.text, try errors.text)
          guard output.hasSuffix(" ") || errors.hasSuffix(" "), output.count + errors.count > seen else {
            return false
          }
          seen = output.count + errors.count
          return true
        }
        try terminal.type(line)
      }
    }
  }

  /// - Parameter beside: done while the program runs; given what it prints.
  private func run(
    _ arguments: [String], standardInput: FileHandle,
    beside: @Sendable (_ output: ScratchFile, _ errors: ScratchFile) async throws -> Void = { _, _ in }
  ) async throws -> Result {
    // Files, for a pipe that nobody empties holds up who writes to it.
    let (output, errors) = (try ScratchFile(), try ScratchFile())
    let process = process(arguments)
    process.standardInput = standardInput
    process.standardOutput = output.handle
    process.standardError = errors.handle
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    process.terminationHandler = { _ in end.finish() }
    try process.run()
    do {
      try await beside(output, errors)
    } catch {
      process.terminate()
      throw error
    }
    for await _ in ends {}
    return Result(code: process.terminationStatus, output: try output.text, errors: try errors.text)
  }
}

public struct ProgramError: Error, CustomStringConvertible {
  public let description: String

  public init(problem: String) { description = problem }
}

/// A file in the temporary directory that goes away with this object.
final class ScratchFile: Sendable {
  private let path = NSTemporaryDirectory() + "program-" + UUID().uuidString
  let handle: FileHandle

  init(_ text: String = "") throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
  }

  deinit {
    try? handle.close()
    try? FileManager.default.removeItem(atPath: path)
  }

  /// All that was written to it so far.
  var text: String {
    get throws { try String(contentsOfFile: path, encoding: .utf8) }
  }
}
