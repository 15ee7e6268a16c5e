import Foundation
import JSONState
import JSONStateTesting
import Testing

@Suite struct StateStoreTests {
  @Test func whatWasRecordedIsThereAfterReopening() async throws {
    let disk = SimulatedDisk()
    let store = try disk.store()
    try await store.append(.topUp(account: "a", amount: 500))
    try store.appendAndWait(.charge(account: "a", amount: 120), .topUp(account: "b", amount: 7))
    let before = store.state
    store.close()
    disk.cutPower()

    let again = try disk.store()
    #expect(again.state == before)
    #expect(again.state.balances == ["a": 380, "b": 7])
    #expect(again.lastNumber == 3)
    #expect(again.openingReport.replayed == 3)
  }
}
