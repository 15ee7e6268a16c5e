import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct RestartTests {
  /// 5.1: the card was billed again, and the machine off meanwhile.
  @Test func aRestartWithinAnActivationGoesOnWithTheRest() throws {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.wait(.seconds(30))
    office.restart(after: .seconds(5))
    #expect(office.isUnlocked)
    #expect(office.view?.phase == .active)
    #expect(try #require(office.view?.secondsLeft) == 55)
    office.show(LockOffice.anna)
    office.wait(.seconds(53))
    #expect(office.isUnlocked)
    office.wait(.seconds(2))
    #expect(!office.isUnlocked)
    #expect(office.usages == 1)
  }

  @Test func theRestIsNotUnlockedBeforeTheRelaysWereOff() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.relaysObey = false
    office.restart()
    #expect(!office.isUnlocked)
    #expect(office.unlocks.count == 1)
  }

  @Test func drinksBeforeARestartCount() {
    var office = LockOffice()
    office.change { $0.chargesDrinks = true }
    office.show(LockOffice.anna)
    office.send(.brewed(.single))
    office.restart()
    office.send(.brewed(.double))
    office.wait(.seconds(100))
    #expect(office.books.usages.first?.drinks == [.single, .double])
    #expect(office.usages == 1)
  }

  /// 5.1: the README said otherwise.
  @Test(arguments: [false, true])
  func theLastUseIsKnownAfterARestartButNotAfterANewBoot(reboots: Bool) {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.wait(.seconds(100))
    if reboots { office.reboot() } else { office.restart() }
    office.wait(.seconds(6))
    office.show(LockOffice.ben)
    #expect(office.presentations.last?.milliseconds == (reboots ? 90_000 : 30_000))
  }

  @Test func anActivationDoesNotOutliveTheBoot() {
    var office = LockOffice()
    office.change { $0.chargesDrinks = true }
    office.show(LockOffice.anna)
    office.reboot()
    office.wait(.seconds(2))
    #expect(office.unlocks.count == 1)
    #expect(office.view?.phase == .ready)
    #expect(office.usages == 0, "nothing was brewed")
    #expect(office.books.memory.activation?.hasEnded == true)
  }

  @Test(arguments: [false, true])
  func alwaysOnOutlivesEverything(reboots: Bool) {
    var office = LockOffice()
    office.show(LockOffice.master)
    if reboots { office.reboot() } else { office.restart() }
    #expect(office.isUnlocked)
    #expect(office.view?.phase == .master)
    office.wait(.seconds(6))
    office.show(LockOffice.master)
    #expect(!office.isUnlocked)
    office.reboot()
    office.wait(.seconds(2))
    #expect(!office.isUnlocked)
  }

  @Test(arguments: [LockOffice.anna, LockOffice.stranger, LockOffice.master], [false, true])
  func aCardLeftOnTheReaderDoesNotCountAgain(card: UID, reboots: Bool) {
    var office = LockOffice()
    office.lay(card)
    office.wait(.seconds(100))
    let before = (office.usages, office.books.memory.invalidTokens.count, office.isUnlocked)
    if reboots { office.reboot() } else { office.restart() }
    office.wait(.milliseconds(300))
    office.lay(card)
    office.wait(.seconds(10))
    #expect((office.usages, office.books.memory.invalidTokens.count, office.isUnlocked) == before)
    office.take(card)
    office.lay(card)
    office.wait(.seconds(1))
    #expect((office.usages, office.books.memory.invalidTokens.count, office.isUnlocked) != before)
  }

  @Test func thatIsSoWhenTheReaderComesLate() {
    var office = LockOffice()
    office.lay(LockOffice.anna)
    office.wait(.seconds(100))
    office.restart()
    office.send(.readerFailed(message: "no such device"))
    office.wait(.seconds(60))
    office.send(.readerRecovered)
    office.wait(.milliseconds(300))
    office.lay(LockOffice.anna)
    #expect(office.usages == 1)
  }

  @Test func anotherTokenIsServedAtOnce() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.wait(.seconds(100))
    office.restart()
    office.show(LockOffice.ben)
    #expect(office.usages == 2)
    // The first token that is reported, and no other.
    office.wait(.milliseconds(100))
    office.restart()
    office.show(LockOffice.stranger)
    #expect(office.usages == 2)
  }

  @Test func laterTheLastTokenIsServedAsEver() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.wait(.seconds(100))
    office.restart()
    office.wait(.seconds(6))
    office.show(LockOffice.anna)
    #expect(office.usages == 2)
  }
}
