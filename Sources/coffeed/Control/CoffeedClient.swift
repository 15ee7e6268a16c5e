import DaemonKit
import JSONState
import PanelKit

typealias CoffeedClient = ControlClient<ControlRequest, ControlAnswer>

/// Puts one request after another to the daemon, or to the state that is open.
typealias Asking = @Sendable (ControlRequest) async throws -> ControlAnswer

extension CoffeedConfiguration {
  var client: CoffeedClient {
    CoffeedClient(stateDirectory: stateDirectory) { request in
      try await withOpenState { try await $0.answer(request) }
    }
  }

  /// Opens the state, which takes its lock, and closes it again.
  private func withOpenState<Value: Sendable>(
    _ body: (ControlDesk) async throws -> Value
  ) async throws -> Value {
    let books = try await StoredBooks.open(directory: stateDirectory, boot: BootID.read())
    do {
      try await books.startLanguage(language.rawValue)
      let value = try await body(
        ControlDesk(books: books, access: AccessStore.open(directory: stateDirectory)))
      await books.close()
      return value
    } catch {
      await books.close()
      throw error
    }
  }

  /// Runs `body`, which asks several things: of the daemon, or of the state, which is opened once.
  func withAsking<Value: Sendable>(_ body: (Asking) async throws -> Value) async throws -> Value {
    let client = client
    let deadline = ContinuousClock.now + .seconds(10)
    while true {
      if try await client.askDaemon(.ping) != nil {
        return try await body { request in
          guard let answer = try await client.askDaemon(request) else { throw ControlError.unanswered }
          return answer
        }
      }
      do {
        return try await withOpenState { desk in try await body { try await desk.answer($0) } }
      } catch JSONStateError.locked where ContinuousClock.now < deadline {
        // Another command has it open, or a daemon that is just starting.
        try await Task.sleep(for: .milliseconds(100))
      }
    }
  }

  func isDaemonRunning() async -> Bool {
    // One that hangs, or that this user may not ask, runs as well.
    do { return try await client.askDaemon(.ping) != nil } catch { return true }
  }

  func carryOut(_ command: BooksCommand) async throws -> BooksOutcome {
    var random = SystemRandomNumberGenerator()
    guard
      case .outcome(let outcome) = try await client.ask(
        .carryOut(command, id: CommandID(using: &random)))
    else { throw ControlError.unexpected }
    return outcome
  }
}
