import DaemonKit
import Foundation
import JSONState
import RC522
import Synchronization
import Testing

@testable import tapd

@Suite struct StoredLedgerTests {
  private let directory = FileManager.default.temporaryDirectory
    .appendingPathComponent("ledger-\(UUID().uuidString)").path
  private let tap = TapID("tap")

  private final class Told: Sendable {
    let statuses = Mutex<[TapStatus]>([])
  }

  private func open(_ told: Told = Told()) async throws -> StoredLedger {
    StoredLedger(store: try await StateStore<LedgerState>.open(directory: directory)) { [tap] _, state in
      told.statuses.withLock { $0.append(state.status(of: tap)) }
    }
  }

  private func ask(_ ledger: StoredLedger, _ request: LedgerRequest) async -> LedgerAnswer {
    await withCheckedContinuation { continuation in
      ledger.submit(request) { continuation.resume(returning: $0) }
    }
  }

  @Test func aSettledPourTellsTheTapAndOutlivesTheDaemon() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let told = Told()
    var ledger = try await open(told)
    _ = try await ledger.carryOut(
      .addCard(
        Bar.guest, kind: .guest, label: nil, validFrom: nil, validUntil: nil, amount: Money(1000)),
      id: CommandID("card"))
    _ = try await ledger.carryOut(
      .mountKeg(
        tap, beverage: "Blonde", microlitres: 30_000_000, reserveMicrolitres: 0, pricePerLitre: Money(1000)),
      id: CommandID("keg"))
    let hold = HoldRequest(pour: PourID("p"), tap: tap, card: Bar.guest, usefulMicrolitres: 1)
    guard case .granted = await ask(ledger, .authorise(hold)) else {
      Issue.record("refused")
      return
    }
    let settlement = Settlement(
      pour: PourID("p"), microlitres: 250_000, reason: .cardRemoved, pulses: 112, restoredPulses: 0,
      rejectedPulses: 0)
    let receipt = await ask(ledger, .settle(settlement))
    #expect(
      receipt
        == .settled(
          Receipt(pour: PourID("p"), microlitres: 250_000, charge: Money(250), balance: Money(750))))
    #expect(told.statuses.withLock { $0.last?.keg?.remainingMicrolitres } == 29_750_000)

    let before = ledger.store.state
    ledger.store.close()
    ledger = try await open()
    #expect(ledger.store.state == before)
    #expect(await ask(ledger, .settle(settlement)) == receipt)
    ledger.store.close()
  }

  @Test func aPourThatWasInterruptedIsSettledOnceAtItsMark() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var ledger = try await open()
    _ = try await ledger.carryOut(
      .addCard(
        Bar.cleaner, kind: .maintenance, label: nil, validFrom: nil, validUntil: nil, amount: .zero),
      id: CommandID("card"))
    let hold = HoldRequest(pour: PourID("p"), tap: tap, card: Bar.cleaner, usefulMicrolitres: 1)
    _ = await ask(ledger, .authorise(hold))
    #expect(await ask(ledger, .mark(pour: PourID("p"), microlitres: 123_456)) == .recorded)
    ledger.store.close()
    ledger = try await open()
    #expect(try await ledger.recover().count == 1)
    #expect(try await ledger.recover().isEmpty)
    #expect(ledger.store.state.recentPours.map(\.microlitres) == [123_456])
    ledger.store.close()
  }

  @Test func whatCannotBeMadeDurableIsNotAcknowledged() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let ledger = try await open()
    ledger.store.close()
    let hold = HoldRequest(pour: PourID("p"), tap: tap, card: Bar.guest, usefulMicrolitres: 1)
    // A refusal needs no record, a release of nothing neither; a hold does.
    let answer = await ask(ledger, .authorise(hold))
    guard case .failed(let failure) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(failure.kind == .storage)
  }
}
