import DaemonKit
import PiHAL
import Testing

@testable import coffeed

@Suite struct ActivationTests {
  private let first = ActivationID("one")

  private func granted(chargesDrinks: Bool = false) throws -> Desk {
    var desk = Desk()
    desk.add(.ada, "Ada")
    if chargesDrinks { try desk.carryOut(.changeSettings(SettingsChange(chargesDrinks: true))) }
    try #require(desk.show(.ada, id: "one") == .granted(usage: 1, userName: "ada"))
    return desk
  }

  private func usages(_ desk: Desk) -> [UsageView] { desk.reading.usages().rows.reversed() }

  @Test func theFirstDrinkIsThatOfTheUsage() throws {
    var desk = try granted()
    #expect(desk.ask(.brewed(activation: first, drink: .double, number: 1)) == .recorded)
    #expect(desk.ask(.brewed(activation: first, drink: .double, number: 1)) == .recorded)
    #expect(desk.ask(.brewed(activation: first, drink: .single, number: 2)) == .recorded)
    #expect(desk.ask(.activationEnded(first, drinks: 2, allSeen: true)) == .recorded)
    #expect(usages(desk).map(\.drink) == [.double])
    #expect(desk.state.lock.activation?.drinks == 2 && desk.state.lock.activation?.hasEnded == true)
  }

  @Test func whereDrinksAreChargedAFurtherOneIsAUsageOfItsOwn() throws {
    var desk = try granted(chargesDrinks: true)
    for number in [1, 2, 2, 1] {
      #expect(desk.ask(.brewed(activation: first, drink: .single, number: number)) == .recorded)
    }
    #expect(desk.ask(.activationEnded(first, drinks: 2, allSeen: true)) == .recorded)
    #expect(usages(desk).map(\.drink) == [.single, .single])
    #expect(desk.reading.user(.ada)?.usages == 2)
    #expect(!usages(desk).contains { $0.isCancelled })
  }

  @Test func whereDrinksAreChargedAnEmptyActivationIsNot() throws {
    var desk = try granted(chargesDrinks: true)
    #expect(desk.ask(.activationEnded(first, drinks: 0, allSeen: true)) == .recorded)
    #expect(usages(desk).map(\.isCancelled) == [true])
    #expect(desk.reading.user(.ada)?.uninvoiced == 0 && desk.reading.user(.ada)?.usages == 0)
    let state = desk.state
    #expect(desk.ask(.activationEnded(first, drinks: 0, allSeen: true)) == .recorded)
    #expect(desk.state == state)
    // What comes too late to be seen is charged all the same.
    #expect(desk.ask(.brewed(activation: first, drink: .single, number: 1)) == .recorded)
    #expect(usages(desk).map(\.isCancelled) == [true, false])
  }

  @Test func anEmptyActivationCountsWhereDrinksMayHaveBeenMissed() throws {
    var desk = try granted(chargesDrinks: true)
    #expect(desk.ask(.activationEnded(first, drinks: 0, allSeen: false)) == .recorded)
    #expect(usages(desk).map(\.isCancelled) == [false])
    #expect(desk.reading.user(.ada)?.uninvoiced == 1)
    #expect(desk.state.lock.activation?.hasEnded == true)
  }

  @Test func anEmptyActivationCountsWhereEachEachUnlockDoes() throws {
    var desk = try granted()
    #expect(desk.ask(.activationEnded(first, drinks: 0, allSeen: true)) == .recorded)
    #expect(usages(desk).map(\.isCancelled) == [false])
  }

  @Test func whatIsOnAnInvoiceStaysThere() throws {
    var desk = try granted(chargesDrinks: true)
    try desk.carryOut(.createInvoice(.ada, until: nil))
    #expect(desk.ask(.activationEnded(first, drinks: 0, allSeen: true)) == .recorded)
    #expect(usages(desk).map(\.isCancelled) == [false])
  }

  @Test func ofAnActivationThatWasNeverGrantedNothingIsRecorded() throws {
    var desk = try granted(chargesDrinks: true)
    let state = desk.state
    let other = ActivationID("other")
    #expect(desk.ask(.brewed(activation: other, drink: .single, number: 1)) == .recorded)
    #expect(desk.ask(.activationEnded(other, drinks: 0, allSeen: true)) == .recorded)
    #expect(desk.state == state)
  }

  @Test func masterAndLockOutAreRememberedAndRepeatable() throws {
    var desk = Desk()
    for _ in 0..<13 {
      desk.wait(1)
      _ = desk.show(.stranger)
    }
    #expect(desk.state.lock.invalidTokens.count == 11)
    #expect(desk.state.lock.invalidTokens.last == desk.now)

    let began = desk.now
    #expect(desk.ask(.lockOut(id: ActivationID("a"), at: began)) == .recorded)
    #expect(desk.state.lock.lockOut == began && desk.state.lock.invalidTokens.isEmpty)
    _ = desk.show(.stranger)
    #expect(desk.ask(.setMaster(true, id: ActivationID("b"), at: desk.now, onReader: [.ada])) == .recorded)
    #expect(desk.state.lock.tokensOnReader == [.ada])
    #expect(desk.state.lock.isMaster && desk.state.lock.lockOut == nil)
    #expect(desk.state.lock.invalidTokens.isEmpty)
    // A repetition of what is long out of date changes nothing.
    let state = desk.state
    #expect(desk.ask(.lockOut(id: ActivationID("a"), at: began)) == .recorded)
    #expect(desk.ask(.setMaster(true, id: ActivationID("b"), at: desk.now, onReader: [])) == .recorded)
    #expect(desk.state == state)
    #expect(desk.ask(.setMaster(false, id: ActivationID("c"), at: desk.now, onReader: [])) == .recorded)
    #expect(!desk.state.lock.isMaster)
    #expect(desk.ask(.lockOut(id: ActivationID("d"), at: desk.now)) == .recorded)
    #expect(desk.ask(.endLockOut(id: ActivationID("e"))) == .recorded)
    #expect(desk.state.lock.lockOut == nil)
  }
}
