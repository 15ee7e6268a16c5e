import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct ServingTests {
  @Test func aKnownTokenUnlocksForNinetySecondsAndThenForThirty() {
    var kitchen = Kitchen()
    #expect(kitchen.view?.phase == .ready)
    #expect(kitchen.lights == .ready)
    kitchen.show(Kitchen.anna)
    #expect(kitchen.isUnlocked)
    #expect(kitchen.view?.phase == .active)
    #expect(kitchen.view?.userName == "user of 04a1b2c3")
    #expect(kitchen.lights == .active)
    kitchen.wait(.seconds(88))
    #expect(kitchen.isUnlocked)
    kitchen.wait(.seconds(2))
    #expect(!kitchen.isUnlocked)
    #expect(kitchen.lights == .ready)
    #expect(kitchen.onTime >= .seconds(90) && kitchen.onTime <= .milliseconds(90_100))

    kitchen.forget()
    kitchen.show(Kitchen.ben)
    kitchen.wait(.seconds(40))
    #expect(kitchen.onTime >= .seconds(30) && kitchen.onTime <= .milliseconds(30_100))
    #expect(kitchen.usages == 2)
  }

  @Test(arguments: [(179 * 60, 30_000), (180 * 60, 30_000), (180 * 60 + 1, 90_000)] as [(Int, Int64)])
  func theMachineIsColdAfterThreeHours(seconds: Int, milliseconds: Int64) {
    var kitchen = Kitchen()
    kitchen.lay(Kitchen.anna)
    let first = kitchen.now
    kitchen.take(Kitchen.anna)
    kitchen.wait(.seconds(100))
    kitchen.now = first.advanced(by: .seconds(seconds))
    kitchen.lay(Kitchen.ben)
    #expect(kitchen.presentations.map(\.milliseconds) == [90_000, milliseconds])
  }

  @Test func theUsageIsDurableBeforeTheRelaysAreOn() {
    var kitchen = Kitchen()
    kitchen.booksAnswer = false
    kitchen.lay(Kitchen.anna)
    #expect(!kitchen.isUnlocked)
    #expect(kitchen.view?.phase == .asking)
    kitchen.booksAnswer = true
    kitchen.wait(.seconds(3))
    #expect(kitchen.isUnlocked)
    #expect(kitchen.usages == 1)
  }

  @Test func aGuestWhoWaitedForTheBooksGetsTheWholeTime() {
    var kitchen = Kitchen()
    kitchen.booksAnswer = false
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(5))
    kitchen.booksAnswer = true
    kitchen.wait(.seconds(100))
    #expect(kitchen.onTime >= .seconds(90))
  }

  @Test func theRelaysGoOffByThemselvesShouldNothingMoreBeHeard() throws {
    var kitchen = Kitchen()
    kitchen.lay(Kitchen.anna)
    let longest = try #require(kitchen.unlocks.last)
    #expect(longest >= .seconds(90) && longest <= .seconds(92))
  }

  @Test func tokensAreIgnoredWhileUnlockedOrAsking() {
    var kitchen = Kitchen()
    kitchen.booksAnswer = false
    kitchen.show(Kitchen.anna)
    kitchen.show(Kitchen.ben)
    kitchen.booksAnswer = true
    kitchen.wait(.seconds(3))
    kitchen.show(Kitchen.ben)
    kitchen.show(Kitchen.stranger)
    kitchen.wait(.seconds(100))
    #expect(kitchen.presentations.map(\.token).allSatisfy { $0 == Token(Kitchen.anna) })
    #expect(kitchen.usages == 1)
    #expect(kitchen.books.memory.invalidTokens.isEmpty)
  }

  /// Fault 3: it was billed again at each end of its time.
  @Test func aKnownCardLeftOnTheReaderCountsOnce() {
    var kitchen = Kitchen()
    kitchen.lay(Kitchen.anna)
    kitchen.wait(.seconds(600))
    #expect(kitchen.usages == 1)
    #expect(!kitchen.isUnlocked)
    // A reader that was reset finds it anew.
    kitchen.lay(Kitchen.anna)
    kitchen.wait(.seconds(1))
    #expect(kitchen.usages == 1)
    kitchen.take(Kitchen.anna)
    kitchen.lay(Kitchen.anna)
    #expect(kitchen.usages == 2)
  }

  /// Fault 4: it locked everybody out.
  @Test func anUnknownCardLeftOnTheReaderCountsOnce() {
    var kitchen = Kitchen()
    for _ in 1...50 {
      kitchen.lay(Kitchen.stranger)
      kitchen.wait(.seconds(1))
    }
    #expect(kitchen.books.memory.invalidTokens.count == 1)
    #expect(kitchen.view?.phase == .ready)
    kitchen.take(Kitchen.stranger)
    kitchen.show(Kitchen.anna)
    #expect(kitchen.isUnlocked)
  }

  @Test func aCardThatCameTooSoonIsNotServedLater() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.lay(Kitchen.ben)
    kitchen.wait(.seconds(300))
    #expect(kitchen.usages == 1)
    kitchen.take(Kitchen.ben)
    kitchen.lay(Kitchen.ben)
    #expect(kitchen.usages == 2)
  }

  @Test(arguments: [Kitchen.stranger, Kitchen.barred, Kitchen.pending, Kitchen.phone])
  func aRefusalIsShownForEightTenthsOfASecond(card: UID) {
    var kitchen = Kitchen()
    kitchen.lay(card)
    #expect(kitchen.view?.notice == .refused)
    #expect(kitchen.scanned == [Token(card)])
    kitchen.wait(.milliseconds(750))
    #expect(kitchen.view?.notice == .refused)
    kitchen.wait(.milliseconds(50))
    #expect(kitchen.view?.notice == nil)
    #expect(kitchen.unlocks.isEmpty)
    #expect(kitchen.usages == 0)
  }

  @Test func thePagesAreShownEachSecondOfACountdownAndNoMore() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(95))
    let seconds = kitchen.shown.compactMap(\.secondsLeft)
    #expect(seconds == Array((0...90).reversed()) || seconds == Array((1...90).reversed()))
  }

  @Test func shuttingDownLocksAndTheActivationStaysInTheBooks() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.send(.shutDown)
    #expect(!kitchen.isUnlocked)
    #expect(kitchen.lights == .off)
    #expect(kitchen.machine.hasFinished)
    #expect(kitchen.books.memory.activation?.hasEnded == false)
    kitchen.show(Kitchen.ben)
    #expect(kitchen.usages == 1)
    kitchen.restart()
    #expect(kitchen.isUnlocked)
    #expect(kitchen.usages == 1)
  }
}

@Suite struct DrinkTests {
  @Test func drinksAreToldToTheBooksInTheirOrder() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.send(.brewed(.double))
    kitchen.wait(.seconds(10))
    kitchen.send(.brewed(.steam))
    kitchen.wait(.seconds(81))
    #expect(!kitchen.isUnlocked)
    // The button was pressed in time, its current seen a moment later.
    kitchen.send(.brewed(.single))
    kitchen.wait(.seconds(5))
    #expect(kitchen.books.usages.first?.drinks == [.double, .steam, .single])
    #expect(kitchen.books.memory.activation?.hasEnded == true)
  }

  @Test(arguments: [true, false])
  func anUnlockWithoutADrinkIsNotChargedWhereDrinksAre(chargesDrinks: Bool) {
    var kitchen = Kitchen()
    kitchen.change { $0.chargesDrinks = chargesDrinks }
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(100))
    #expect(kitchen.usages == (chargesDrinks ? 0 : 1))
    kitchen.show(Kitchen.anna)
    kitchen.send(.brewed(.single))
    kitchen.wait(.seconds(100))
    #expect(kitchen.usages == (chargesDrinks ? 1 : 2))
  }

  /// Where no drink can be seen, none is no sign of anything.
  @Test(arguments: [false, true])
  func anUnlockIsChargedWhereDrinksAreNotSeen(restarts: Bool) {
    var kitchen = Kitchen()
    kitchen.seesDrinks = false
    kitchen.restart()
    kitchen.settle()
    kitchen.change { $0.chargesDrinks = true }
    kitchen.show(Kitchen.anna)
    if restarts { kitchen.restart() }
    kitchen.wait(.seconds(100))
    #expect(kitchen.books.memory.activation?.hasEnded == true)
    #expect(kitchen.usages == 1)
    #expect(kitchen.logs.contains { $0.contains("look at the drinks' inputs") })
  }

  /// At which second of an unlock of 90 s, and 2 s for a drink that is late, the inputs fail and are back.
  @Test(arguments: [(-1, 1), (0, 1), (45, 46), (89, 200), (91, 92)])
  func anUnlockIsChargedInWhichTheInputsFailed(from: Int, until: Int) {
    var kitchen = Kitchen()
    kitchen.change { $0.chargesDrinks = true }
    if from < 0 { kitchen.send(.drinksAreSeen(false)) }
    kitchen.show(Kitchen.anna)
    for second in 0...200 {
      if second == from { kitchen.send(.drinksAreSeen(false)) }
      if second == until { kitchen.send(.drinksAreSeen(true)) }
      kitchen.wait(.seconds(1))
    }
    #expect(kitchen.usages == 1)
    // The next one was watched all the time.
    kitchen.show(Kitchen.ben)
    kitchen.wait(.seconds(100))
    #expect(kitchen.usages == 1)
  }

  @Test func whoComesWithinTheGraceDoesNotGetTheDrinksOfTheOneBefore() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(90))
    kitchen.show(Kitchen.ben)
    kitchen.send(.brewed(.double))
    kitchen.wait(.seconds(100))
    #expect(kitchen.books.usages.map(\.drinks) == [[], [.double]])
  }

  @Test func aDrinkWhileLockedIsLoggedOnceAMinute() {
    var kitchen = Kitchen()
    for _ in 1...600 {
      kitchen.send(.brewed(.double))
      kitchen.wait(.milliseconds(300))
    }
    #expect(kitchen.logs.count { $0.contains("while the machine was locked") } == 3)
    #expect(kitchen.books.usages.isEmpty)
  }

  @Test func aLooseContactDoesNotFillTheBooks() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    for _ in 1...1000 { kitchen.send(.brewed(.single)) }
    #expect(kitchen.books.usages.first?.drinks.count == kitchen.settings.mostDrinks)
  }

  @Test func drinksInAlwaysOnModeBelongToNobody() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.master)
    kitchen.send(.brewed(.double))
    kitchen.wait(.seconds(5))
    #expect(kitchen.books.usages.isEmpty)
    #expect(!kitchen.logs.contains { $0.contains("double") })
  }
}

@Suite struct ScanModeTests {
  /// A token that nobody has becomes a pending user, and is no attempt.
  @Test func anUnknownTokenIsEnrolledAndNeverLetIn() {
    var kitchen = Kitchen()
    kitchen.change { $0.isScanMode = true }
    #expect(kitchen.view?.isScanMode == true)
    for number in 1...30 {
      kitchen.show(UID([0xA0, 0, 0, UInt8(number)])!)
      #expect(kitchen.view?.notice == .enrolled)
    }
    #expect(kitchen.unlocks.isEmpty)
    #expect(kitchen.view?.phase == .ready, "no lock-out")
    #expect(kitchen.scanned.count == 30)
    kitchen.show(UID([0xA0, 0, 0, 1])!)
    #expect(kitchen.unlocks.isEmpty)
  }

  /// Fault 17: it refused everybody.
  @Test func knownUsersAreServed() {
    var kitchen = Kitchen()
    kitchen.change { $0.isScanMode = true }
    kitchen.show(Kitchen.anna)
    #expect(kitchen.isUnlocked)
    #expect(kitchen.usages == 1)
    #expect(kitchen.scanned == [Token(Kitchen.anna)])
  }

  @Test func aRandomTokenIsRefusedAndNotEnrolled() {
    var kitchen = Kitchen()
    kitchen.change { $0.isScanMode = true }
    kitchen.show(Kitchen.phone)
    #expect(!kitchen.books.knows(Token(Kitchen.phone)))
    #expect(kitchen.books.memory.invalidTokens.count == 1)
  }
}
