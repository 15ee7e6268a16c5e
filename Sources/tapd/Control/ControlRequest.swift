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

  func ask(_ request: ControlRequest) async throws -> ControlAnswer {
    if let answer = try await askDaemon(request) { return answer }
    let store = try await StateStore<LedgerState>.open(directory: stateDirectory)
    defer { store.close() }
    return try await StoredLedger(store: store).answer(request)
  }
}
