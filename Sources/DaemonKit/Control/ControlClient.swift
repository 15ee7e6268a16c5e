import JSONState

/// Puts a request to the running daemon, or to the state itself when no daemon holds it.
public struct ControlClient<Request: Codable & Sendable, Answer: Codable & Sendable>: Sendable {
  private let stateDirectory: String
  private let patience: Duration
  private let askState: @Sendable (Request) async throws -> Answer

  /// - Parameters:
  ///   - patience: how long ``ask(_:)`` waits for what is over in a moment.
  ///   - askState: opens the state, answers and closes it again; throws `JSONStateError.locked` when a daemon
  ///     or another command has it open.
  public init(
    stateDirectory: String, patience: Duration = .seconds(10),
    askState: @escaping @Sendable (Request) async throws -> Answer
  ) {
    self.stateDirectory = stateDirectory
    self.patience = patience
    self.askState = askState
  }

  /// - Returns: nil when no daemon runs.
  public func askDaemon(_ request: Request) async throws -> Answer? {
    let path = ControlSocket.path(in: stateDirectory)
    return try await ControlSocket.send(request, to: path, expecting: Answer.self)
  }

  /// Waits for a daemon that is just starting, and for another command that has the state open. A request that
  /// a dying daemon left without an answer is put again: an id in it keeps it from being carried out twice.
  public func ask(_ request: Request) async throws -> Answer {
    let deadline = ContinuousClock.now + patience
    while true {
      do {
        if let answer = try await askDaemon(request) { return answer }
        return try await askState(request)
      } catch {
        guard Self.passes(error), ContinuousClock.now < deadline else { throw error }
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Whether what went wrong is over in a moment.
  private static func passes(_ error: any Error) -> Bool {
    switch error {
    case let error as ControlError: error == .unanswered
    case JSONStateError.locked: true
    default: false
    }
  }
}
