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
  case verified(BooksReport)
}

/// What reading every byte of the books found.
struct BooksReport: Codable, Equatable, Sendable {
  var entries: Int
  /// What is wrong, with file and line.
  var damages: [String]
  /// Numbers of entries that an earlier repair had to give up.
  var lost: [Int]
  var notices: [String]

  init(_ verification: Verification) {
    entries = verification.entries
    damages = verification.damages.map(\.description)
    lost = verification.lost
    notices = verification.notices
  }
}

extension StoredLedger {
  func answer(_ request: ControlRequest) async throws -> ControlAnswer {
    switch request {
    case .carryOut(let command, let id): .outcome(try await carryOut(command, id: id))
    case .ledger: .ledger(store.state)
    case .ping: .pong
    case .verify:
      .verified(try await onOwnThread { [store] in Result { BooksReport(try store.verify()) } }.get())
    }
  }
}

/// Puts a request to the running daemon, or to the state itself when no daemon holds it.
struct ControlClient: Sendable {
  let stateDirectory: String

  /// - Returns: nil when no daemon runs.
  func askDaemon(_ request: ControlRequest) async throws -> ControlAnswer? {
    let path = ControlSocket.path(in: stateDirectory)
    return try await ControlSocket.send(request, to: path, expecting: ControlAnswer.self)
  }

  /// Waits for a daemon that is just starting, and for another command that has the state open. A request that
  /// a dying daemon left without an answer is put again: its id keeps it from being carried out twice.
  func ask(_ request: ControlRequest) async throws -> ControlAnswer {
    let deadline = ContinuousClock.now + .seconds(10)
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

  private func askState(_ request: ControlRequest) async throws -> ControlAnswer {
    let store = try await StateStore<LedgerState>.open(directory: stateDirectory)
    do {
      let answer = try await StoredLedger(store: store).answer(request)
      await onOwnThread { store.close() }
      return answer
    } catch {
      await onOwnThread { store.close() }
      throw error
    }
  }
}
