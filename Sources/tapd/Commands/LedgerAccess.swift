import DaemonKit
import JSONState

/// How commands reach the ledger: through the running daemon, or in its state when none runs.
extension TapdConfiguration {
  private var client: TapdClient { TapdClient(self) }

  func ledger() async throws -> LedgerState {
    guard case .ledger(let state) = try await client.ask(.ledger) else {
      throw ControlError.unexpected
    }
    return state
  }

  /// What amounts in the books mean. This configuration counts only for books that do not say so yet: it need not be
  /// the daemon's.
  func booksBasis() async throws -> LedgerBasis {
    guard case .basis(let basis) = try await client.ask(.basis) else { throw ControlError.unexpected }
    return basis ?? self.basis
  }

  /// Reads all of the books, through the daemon or directly.
  func verifyBooks() async throws -> VerificationReport {
    if let answer = try await client.askDaemon(.verify) {
      guard case .verified(let report) = answer else {
        throw ControlError.unexpected
      }
      return report
    }
    // Not opened, as other requests would: what cannot be opened can be verified all the same.
    return try await StateStore<LedgerState>.verificationReport(of: stateDirectory)
  }

  /// What does not work, as the running daemon says; nil when none runs.
  func deviceProblems() async throws -> [String: String]? {
    switch try await client.askDaemon(.devices) {
    case nil: nil
    case .devices(let problems)?: problems
    default: throw ControlError.unexpected
    }
  }

  func isDaemonRunning() async -> Bool {
    // One that hangs, or that this user may not ask, runs as well.
    do { return try await client.askDaemon(.ping) != nil } catch { return true }
  }

  /// Has a command carried out and prints what was done.
  /// - Parameter make: makes the command, with amounts as the books mean them.
  func carryOutAndPrint(_ make: (LedgerBasis) throws -> LedgerCommand) async throws {
    let basis = try await booksBasis()
    let command = try make(basis)
    var random = SystemRandomNumberGenerator()
    let id = CommandID(using: &random)
    guard case .outcome(let outcome) = try await client.ask(.carryOut(command, id: id)) else {
      throw ControlError.unexpected
    }
    printLine(command.confirmation(outcome, basis))
  }
}

extension LedgerCommand {
  /// What was done, for the person who asked for it.
  func confirmation(_ outcome: CommandOutcome, _ basis: LedgerBasis) -> String {
    let subject =
      switch outcome {
      case .card(let uid, _): "card \(uid)"
      case .keg(let tap, _), .tap(let tap, _): "tap \(tap)"
      }
    var done = ""
    switch self {
    case .addCard, .topUp, .refund: break
    case .setBlocked(_, let blocked): done = blocked ? "blocked" : "no longer blocked"
    case .setValidity(_, let from, let until): done = Self.validity(from, until)
    case .mountKeg(_, let beverage, let microlitres, _, let price):
      done = "mounted: \(beverage), \(litresText(microlitres)) at \(basis.text(price)) a litre"
    case .unmountKeg: done = "taken off"
    case .setKegPrice(_, let price): done = "costs \(basis.text(price)) a litre from the next pour on"
    case .setInService(_, let inService): done = inService ? "in service" : "out of service"
    case .declareKegNotEmpty: done = "is not empty and serves again"
    case .declareLeakOver: done = "the leak is over, guests are served again"
    }
    switch outcome {
    case .card(_, let balance):
      return "\(subject): "
        + [done, "balance \(basis.text(balance))"].filter { !$0.isEmpty }.joined(separator: ", ")
    case .keg(_, let number): return "\(subject): keg \(number) \(done)"
    case .tap: return "\(subject): \(done)"
    }
  }

  private static func validity(_ from: WallTime?, _ until: WallTime?) -> String {
    switch (from, until) {
    case (nil, nil): "always valid"
    case (let from?, nil): "valid from \(localText(from))"
    case (nil, let until?): "valid until \(localText(until))"
    case (let from?, let until?): "valid from \(localText(from)) until \(localText(until))"
    }
  }
}
