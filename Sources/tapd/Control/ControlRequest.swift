import DaemonKit
import JSONState

/// What the command line asks of the daemon, or does itself when none is running.
enum ControlRequest: Codable, Sendable {
  /// The id makes it safe to send the command again.
  case carryOut(LedgerCommand, id: CommandID)
  case ledger
  /// What the amounts in the books mean, and which taps there are.
  case basis
  /// Is anybody there?
  case ping
  /// Read every byte of the books.
  case verify
  /// What does not work?
  case devices
}

enum ControlAnswer: Codable, Sendable {
  case outcome(CommandOutcome)
  case ledger(LedgerState)
  /// nil when nothing has been recorded that needs one.
  case basis(LedgerBasis?)
  case pong
  case verified(VerificationReport)
  /// Problems by the device's name.
  case devices([String: String])
}

typealias TapdClient = ControlClient<ControlRequest, ControlAnswer>

extension TapdClient {
  init(_ configuration: TapdConfiguration) {
    self.init(stateDirectory: configuration.stateDirectory) { request in
      try await StateStore<LedgerState>.withOpen(directory: configuration.stateDirectory) { store in
        let ledger = StoredLedger(store: store)
        if case .carryOut = request, store.state.basis == nil {
          // The first amount in new books: what it means is recorded with it.
          var basis = configuration.basis
          basis.taps = []
          try await ledger.keep(on: basis)
        }
        return try await ledger.answer(request)
      }
    }
  }
}

extension StoredLedger {
  func answer(_ request: ControlRequest) async throws -> ControlAnswer {
    switch request {
    case .carryOut(let command, let id): .outcome(try await carryOut(command, id: id))
    case .ledger: .ledger(store.state)
    case .basis: .basis(store.state.basis)
    case .ping: .pong
    case .verify: .verified(try await store.verificationReport())
    case .devices: throw ControlError(problem: "the books alone do not know it: this is asked of the daemon")
    }
  }
}
