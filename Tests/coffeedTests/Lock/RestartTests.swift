import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct RestartTests {
  /// 5.1: the card was billed again, and the machine off meanwhile.
  @Test func aRestartWithinAnActivationGoesOnWithTheRest() throws {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(30))
    kitchen.restart(after: .seconds(5))
    #expect(kitchen.isUnlocked)
    #expect(kitchen.view?.phase == .active)
    #expect(try #require(kitchen.view?.secondsLeft) == 55)
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(53))
    #expect(kitchen.isUnlocked)
    kitchen.wait(.seconds(2))
    #expect(!kitchen.isUnlocked)
    #expect(kitchen.usages == 1)
  }

  @Test func theRestIsNotUnlockedBeforeTheRelaysWereOff() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.relaysObey = false
    kitchen.restart()
    #expect(!kitchen.isUnlocked)
    #expect(kitchen.unlocks.count == 1)
  }

  @Test func drinksBeforeARestartCount() {
    var kitchen = Kitchen()
    kitchen.change { $0.chargesDrinks = true }
    kitchen.show(Kitchen.anna)
    kitchen.send(.brewed(.single))
    kitchen.restart()
    kitchen.send(.brewed(.double))
    kitchen.wait(.seconds(100))
    #expect(kitchen.books.usages.first?.drinks == [.single, .double])
    #expect(kitchen.usages == 1)
  }

  /// Between the two lives nobody watched.
  @Test func anActivationThatARestartInterruptedIsCharged() {
    var kitchen = Kitchen()
    kitchen.change { $0.chargesDrinks = true }
    kitchen.show(Kitchen.anna)
    kitchen.restart()
    kitchen.wait(.seconds(100))
    #expect(kitchen.usages == 1)
  }

  /// 5.1: the README said otherwise.
  @Test(arguments: [false, true])
  func theLastUseIsKnownAfterARestartButNotAfterANewBoot(reboots: Bool) {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(100))
    if reboots { kitchen.reboot() } else { kitchen.restart() }
    kitchen.settle()
    kitchen.show(Kitchen.ben)
    #expect(kitchen.presentations.last?.milliseconds == (reboots ? 90_000 : 30_000))
  }

  @Test func anActivationDoesNotOutliveTheBoot() {
    var kitchen = Kitchen()
    kitchen.change { $0.chargesDrinks = true }
    kitchen.show(Kitchen.anna)
    kitchen.reboot()
    kitchen.wait(.seconds(2))
    #expect(kitchen.unlocks.count == 1)
    #expect(kitchen.view?.phase == .ready)
    #expect(kitchen.usages == 1, "nobody knows whether something was brewed")
    #expect(kitchen.books.memory.activation?.hasEnded == true)
  }

  @Test(arguments: [false, true])
  func alwaysOnOutlivesEverything(reboots: Bool) {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.master)
    if reboots { kitchen.reboot() } else { kitchen.restart() }
    #expect(kitchen.isUnlocked)
    #expect(kitchen.view?.phase == .master)
    kitchen.settle()
    kitchen.show(Kitchen.master)
    #expect(!kitchen.isUnlocked)
    kitchen.reboot()
    kitchen.wait(.seconds(2))
    #expect(!kitchen.isUnlocked)
  }

  @Test(arguments: [Kitchen.anna, Kitchen.stranger, Kitchen.master], [false, true])
  func aCardLeftOnTheReaderDoesNotCountAgain(card: UID, reboots: Bool) {
    var kitchen = Kitchen()
    kitchen.lay(card)
    kitchen.wait(.seconds(100))
    let before = (kitchen.usages, kitchen.books.memory.invalidTokens.count, kitchen.isUnlocked)
    if reboots { kitchen.reboot() } else { kitchen.restart() }
    kitchen.wait(.milliseconds(300))
    kitchen.lay(card)
    kitchen.wait(.seconds(10))
    #expect((kitchen.usages, kitchen.books.memory.invalidTokens.count, kitchen.isUnlocked) == before)
    kitchen.take(card)
    kitchen.lay(card)
    kitchen.wait(.seconds(1))
    #expect((kitchen.usages, kitchen.books.memory.invalidTokens.count, kitchen.isUnlocked) != before)
  }

  /// Whoever goes first leaves one card beside the other.
  @Test(arguments: [[Kitchen.anna, Kitchen.ben], [Kitchen.ben, Kitchen.anna]], [false, true])
  func norDoTwoThatLieThere(reported: [UID], reboots: Bool) {
    var kitchen = Kitchen()
    kitchen.lay(Kitchen.anna)
    kitchen.wait(.seconds(100))
    kitchen.lay(Kitchen.ben)
    kitchen.wait(.seconds(100))
    #expect(kitchen.usages == 2)
    if reboots { kitchen.reboot() } else { kitchen.restart() }
    kitchen.wait(.milliseconds(300))
    for card in reported { kitchen.lay(card) }
    kitchen.wait(.seconds(100))
    #expect(kitchen.usages == 2)
    for card in reported {
      kitchen.take(card)
      kitchen.show(card)
      kitchen.wait(.seconds(100))
    }
    #expect(kitchen.usages == 4)
  }

  @Test(arguments: [[Kitchen.anna, Kitchen.master], [Kitchen.master, Kitchen.anna]], [false, true])
  func norDoesTheMasterTokenBesideAnother(reported: [UID], reboots: Bool) {
    var kitchen = Kitchen()
    kitchen.lay(Kitchen.anna)
    kitchen.wait(.seconds(100))
    kitchen.lay(Kitchen.master)
    kitchen.wait(.seconds(1))
    if reboots { kitchen.reboot() } else { kitchen.restart() }
    kitchen.wait(.milliseconds(100))
    for card in reported { kitchen.lay(card) }
    kitchen.wait(.seconds(10))
    #expect(kitchen.view?.phase == .master && kitchen.usages == 1)
  }

  /// Ben comes before the reader has told that Anna's card lies there; in the third life it still does.
  @Test func norDoesOneThatIsReportedAfterAnother() {
    var kitchen = Kitchen()
    kitchen.lay(Kitchen.anna)
    kitchen.wait(.seconds(100))
    kitchen.restart()
    kitchen.lay(Kitchen.ben)
    kitchen.lay(Kitchen.anna)
    kitchen.wait(.seconds(100))
    kitchen.restart()
    for card in [Kitchen.anna, Kitchen.ben] { kitchen.lay(card) }
    kitchen.wait(.seconds(100))
    #expect(kitchen.usages == 2)
  }

  /// Right after the start, before the reader has settled.
  @Test(arguments: [false, true])
  func aMasterTokenThatDidNotLieThereCountsAtOnce(afterAnother: Bool) {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.master)
    kitchen.show(Kitchen.master)
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(100))
    kitchen.restart()
    if afterAnother { kitchen.lay(Kitchen.stranger) }
    kitchen.lay(Kitchen.master)
    kitchen.wait(.seconds(1))
    #expect(kitchen.view?.phase == .master)
  }

  /// It has not counted yet.
  @Test func oneThatWasIgnoredCountsAfterARestart() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.lay(Kitchen.ben)
    kitchen.wait(.seconds(100))
    #expect(kitchen.usages == 1)
    kitchen.restart()
    kitchen.wait(.milliseconds(300))
    kitchen.lay(Kitchen.ben)
    #expect(kitchen.usages == 2)
  }

  @Test func thatIsSoWhenTheReaderComesLate() {
    var kitchen = Kitchen()
    kitchen.lay(Kitchen.anna)
    kitchen.wait(.seconds(100))
    kitchen.restart()
    kitchen.send(.readerFailed(message: "no such device"))
    kitchen.wait(.seconds(60))
    kitchen.send(.readerRecovered)
    kitchen.wait(.milliseconds(300))
    kitchen.lay(Kitchen.anna)
    #expect(kitchen.usages == 1)
  }

  @Test func anotherTokenIsServedAtOnce() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(100))
    kitchen.restart()
    kitchen.show(Kitchen.ben)
    #expect(kitchen.usages == 2)
    // The first token that is reported, and no other.
    kitchen.wait(.milliseconds(100))
    kitchen.restart()
    kitchen.show(Kitchen.stranger)
    #expect(kitchen.usages == 2)
  }

  @Test func laterTheLastTokenIsServedAsEver() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(100))
    kitchen.restart()
    kitchen.settle()
    kitchen.show(Kitchen.anna)
    #expect(kitchen.usages == 2)
  }
}
