import Foundation

/// A daemon's demo that runs as a process of its own: one life of it, without the supervisor that would start another.
public final class RunningDaemon: Sendable {
  public let process: Process
  private let output: ScratchFile
  private let errors: ScratchFile
  // Its end would be the daemon's sign to end too.
  private let input = Pipe()

  /// - Parameter life: how often it was started, this time included.
  init(_ program: Program, life: Int) throws {
    output = try ScratchFile()
    errors = try ScratchFile()
    process = program.process(["demo", "--state", program.state, "--port", "0", "--life", "\(life)"])
    process.standardInput = input
    process.standardOutput = output.handle
    process.standardError = errors.handle
    try process.run()
  }

  /// Where its pages are, once they answer.
  public func pages() async throws -> URL {
    var address: URL?
    try await waitUntil("the pages answer") {
      address = try (self.output.text + self.errors.text).firstMatch(of: /http:\/\/127\.0\.0\.1:[0-9]+/)
        .flatMap {
          URL(string: String($0.0))
        }
      return address != nil
    }
    guard let address else { throw ProgramError(problem: "the daemon has no address") }
    return address
  }

  /// What it has written to its log.
  public var log: String {
    get throws { try errors.text }
  }

  /// Waits until commands reach it.
  public func listens(to program: Program) async throws {
    try await waitUntil("the daemon listens") {
      guard self.process.isRunning else {
        throw ProgramError(problem: "the daemon has ended: \(try self.log)")
      }
      return FileManager.default.fileExists(atPath: program.state + "/control.sock")
    }
  }

  /// Ends it as systemd would.
  public func end() async throws {
    process.terminate()
    try await waitUntil("the daemon ends") { !self.process.isRunning }
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw ProgramError(
        problem:
          "the daemon ended with \(process.terminationStatus) (\(process.terminationReason)): \(try log)")
    }
  }

  /// Ends it as a power cut or the kernel would.
  public func die() async throws {
    kill(process.processIdentifier, SIGKILL)
    try await waitUntil("the daemon is gone") { !self.process.isRunning }
  }
}

extension Program {
  /// Starts the daemon and returns when commands reach it.
  public func start(life: Int = 1) async throws -> RunningDaemon {
    let daemon = try begin(life: life)
    try await daemon.listens(to: self)
    return daemon
  }

  /// Starts the daemon and returns at once.
  public func begin(life: Int = 1) throws -> RunningDaemon { try RunningDaemon(self, life: life) }

  /// Runs the daemon until `body` is done, then ends it as systemd would.
  public func withDaemon(_ body: (RunningDaemon) async throws -> Void) async throws {
    let daemon = try await start()
    do {
      try await body(daemon)
    } catch {
      daemon.process.terminate()
      throw error
    }
    try await daemon.end()
  }
}

/// Looks again and again, for two minutes at most: other tests may keep a small machine busy. They may keep this
/// very function from looking for as long, so it looks once more when the time is over.
/// - Throws: what `what` says when it does not come true.
public func waitUntil(_ what: String, _ condition: () throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(120)
  while true {
    let isOver = ContinuousClock.now >= deadline
    if try condition() { return }
    guard !isOver else { throw ProgramError(problem: "waited in vain until \(what)") }
    try await Task.sleep(for: .milliseconds(10))
  }
}
