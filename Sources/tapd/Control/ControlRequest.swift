import DaemonKit
import JSONState

/// What the command line asks of the daemon, or does itself when none is running.
enum ControlRequest: Codable, Sendable {
  /// The id makes it safe to send the command again.
  case carryOut(LedgerCommand, id: CommandID)
  case ledger
  /// Is anybody there?
  case ping
  /// Read every byte of the books.
  case verify
}

enum ControlAnswer: Codable, Sendable {
  case outcome(CommandOutcome)
  case ledger(LedgerState)
  case pong
  case verified(VerificationReport)
}

typealias TapdClient = ControlClient<ControlRequest, ControlAnswer>

extension TapdClient {
  init(stateDirectory: String) {
    self.init(stateDirectory: stateDirectory) { request in
      try await StateStore<LedgerState>.withOpen(directory: stateDirectory) { store in
        try await StoredLedger(store: store).answer(request)
      }
    }
  }
}

extension StoredLedger {
  func answer(_ request: ControlRequest) async throws -> ControlAnswer {
    switch request {
    case .carryOut(let command, let id): .outcome(try await carryOut(command, id: id))
    case .ledger: .ledger(store.state)
    case .ping: .pong
    case .verify: .verified(try await store.verificationReport())
    }
  }
}
