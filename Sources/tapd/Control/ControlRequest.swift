import JSONState

/// What the command line asks of the daemon, or does itself when none is running.
enum ControlRequest: Codable, Sendable {
  /// The id makes it safe to send the command again.
  case carryOut(LedgerCommand, id: CommandID)
  case ledger
}

enum ControlAnswer: Codable, Sendable {
  case outcome(CommandOutcome)
  case ledger(LedgerState)
}

extension StoredLedger {
  func answer(_ request: ControlRequest) async throws -> ControlAnswer {
    switch request {
    case .carryOut(let command, let id): .outcome(try await carryOut(command, id: id))
    case .ledger: .ledger(store.state)
    }
  }
}

/// Puts a request to the running daemon, or to the state itself when no daemon holds it.
struct ControlClient: Sendable {
  let stateDirectory: String

  func ask(_ request: ControlRequest) async throws -> ControlAnswer {
    let path = ControlSocket.path(in: stateDirectory)
    if let answer = try await ControlSocket.send(request, to: path, expecting: ControlAnswer.self) {
      return answer
    }
    let store = try await StateStore<LedgerState>.open(directory: stateDirectory)
    defer { store.close() }
    return try await StoredLedger(store: store).answer(request)
  }
}
