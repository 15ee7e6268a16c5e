import Foundation
import Synchronization

/// Keeps a daemon's demo alive: runs the daemon as a process of its own and starts it again when its plug was
/// pulled, and when it has crashed, as systemd would.
enum DemoSupervisor {
  /// The wait before the next start; systemd's units wait as long.
  private static let pause = Duration.seconds(2)
  /// Ctrl-C and a service manager's wish.
  private static let endings = [SIGINT, SIGTERM]

  /// Runs lives of the daemon until one ends by itself.
  /// - Parameter arguments: of one life, by its number from 1.
  /// - Returns: the exit code of the last life.
  static func run(arguments: (_ life: Int) -> [String]) async throws -> Int32 {
    // Passed on below; this process waits for the daemon's orderly end.
    for ending in endings { signal(ending, SIG_IGN) }
    var life = 1
    let isWanted = Mutex(true)
    while true {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = arguments(life)
      // Closed by the kernel when this process ends in whatever way: the child's sign to end too.
      process.standardInput = Pipe()
      let sources = endings.map { ending in
        let source = DispatchSource.makeSignalSource(signal: ending)
        source.setEventHandler {
          isWanted.withLock { $0 = false }
          process.terminate()
        }
        source.resume()
        return source
      }
      defer { sources.forEach { $0.cancel() } }
      let reason = try await withCheckedThrowingContinuation { continuation in
        process.terminationHandler = { continuation.resume(returning: $0.terminationReason) }
        do { try process.run() } catch { continuation.resume(throwing: error) }
      }
      let status = process.terminationStatus
      guard reason == .uncaughtSignal else { return status }
      guard isWanted.withLock({ $0 }) else { return 0 }
      print(
        status == SIGKILL
          ? "The plug was pulled. Starting again in 2 s."
          : "The daemon has crashed (signal \(status)). Starting again in 2 s.")
      try await Task.sleep(for: pause)
      guard isWanted.withLock({ $0 }) else { return 0 }
      life += 1
    }
  }

  /// Ends this process in an orderly way when the supervisor is gone.
  static func followSupervisor() {
    Thread.detachNewThread {
      _ = FileHandle.standardInput.readDataToEndOfFile()
      kill(getpid(), SIGTERM)
    }
  }
}
