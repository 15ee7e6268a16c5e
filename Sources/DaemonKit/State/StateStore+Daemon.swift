import JSONState
import Logging

extension StateStore {
  /// Opens the state for a daemon: a command that has it open for a moment is waited for.
  /// - Parameter onWait: told once, when it has to wait, by whom it is held.
  /// - Throws: `JSONStateError`; `locked` when it is still open elsewhere after `wait`.
  public static func openWaiting(
    directory: String, wait: Duration = .seconds(5), onWait: (JSONStateError) -> Void = { _ in }
  ) async throws -> StateStore {
    try await waitingWhileLocked(wait, onWait: onWait) { try await open(directory: directory) }
  }

  /// Opens the state for one command, and closes it when `body` is done.
  public static func withOpen<Value: Sendable>(
    directory: String, _ body: (StateStore) async throws -> Value
  ) async throws -> Value {
    let store = try await open(directory: directory)
    do {
      let value = try await body(store)
      await onOwnThread { store.close() }
      return value
    } catch {
      await onOwnThread { store.close() }
      throw error
    }
  }
}

/// Opens a state for a daemon: a command that has it open for a moment is waited for.
/// - Parameter onWait: told once, when it has to wait, by whom it is held.
/// - Throws: what `open` throws; `JSONStateError.locked` when it is still open elsewhere after `wait`.
public func waitingWhileLocked<Opened: Sendable>(
  _ wait: Duration = .seconds(5), onWait: (JSONStateError) -> Void = { _ in },
  _ open: () async throws -> Opened
) async throws -> Opened {
  let deadline = ContinuousClock.now + wait
  var hasTold = false
  while true {
    do {
      return try await open()
    } catch let error as JSONStateError {
      guard case .locked = error, ContinuousClock.now < deadline else { throw error }
      if !hasTold { onWait(error) }
      hasTold = true
      try await Task.sleep(for: .milliseconds(100))
    }
  }
}

extension OpeningReport {
  /// Tells what opening the state found that people should know of.
  public func log(to logger: Logger) {
    if let tornTail {
      logger.warning(
        "the last write was interrupted: \(tornTail.bytes) bytes were set aside in \(tornTail.file)")
    }
    notices.forEach { logger.notice("\($0)") }
  }
}
