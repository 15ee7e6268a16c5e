import DaemonKit
import JSONState

/// How commands reach the ledger: through the running daemon, or in its state when none runs.
extension TapdConfiguration {
  private var client: TapdClient { TapdClient(stateDirectory: stateDirectory) }

  func ledger() async throws -> LedgerState {
    guard case .ledger(let state) = try await client.ask(.ledger) else {
      throw ControlError.unexpected
    }
    return state
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

  func isDaemonRunning() async -> Bool { (try? await client.askDaemon(.ping)) != nil }

  func carryOutAndPrint(_ command: LedgerCommand) async throws {
    var random = SystemRandomNumberGenerator()
    let id = CommandID(using: &random)
    guard case .outcome(let outcome) = try await client.ask(.carryOut(command, id: id)) else {
      throw ControlError.unexpected
    }
    switch outcome {
    case .card(let uid, let balance):
      print("card \(uid): balance \(balance.text(decimals: tap.currencyDecimals)) \(tap.currency)")
    case .keg(let tap, let number): print("tap \(tap): keg \(number)")
    case .tap(let tap, let inService): print("tap \(tap): \(inService ? "in service" : "out of service")")
    }
  }
}
