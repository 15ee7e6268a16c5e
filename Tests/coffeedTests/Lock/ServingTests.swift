import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct ServingTests {
  @Test func aKnownTokenUnlocksForNinetySecondsAndThenForThirty() {
    var office = LockOffice()
    #expect(office.view?.phase == .ready)
    #expect(office.lights == .ready)
    office.show(LockOffice.anna)
    #expect(office.isUnlocked)
    #expect(office.view?.phase == .active)
    #expect(office.view?.userName == "user of 04a1b2c3")
    #expect(office.lights == .active)
    office.wait(.seconds(88))
    #expect(office.isUnlocked)
    office.wait(.seconds(2))
    #expect(!office.isUnlocked)
    #expect(office.lights == .ready)
    #expect(office.onTime >= .seconds(90) && office.onTime <= .milliseconds(90_100))

    office.forget()
    office.show(LockOffice.ben)
    office.wait(.seconds(40))
    #expect(office.onTime >= .seconds(30) && office.onTime <= .milliseconds(30_100))
    #expect(office.usages == 2)
  }

  @Test(arguments: [(179 * 60, 30_000), (180 * 60, 30_000), (180 * 60 + 1, 90_000)] as [(Int, Int64)])
  func theMachineIsColdAfterThreeHours(seconds: Int, milliseconds: Int64) {
    var office = LockOffice()
    office.lay(LockOffice.anna)
    let first = office.now
    office.take(LockOffice.anna)
    office.wait(.seconds(100))
    office.now = first.advanced(by: .seconds(seconds))
    office.lay(LockOffice.ben)
    #expect(office.presentations.map(\.milliseconds) == [90_000, milliseconds])
  }

  @Test func theUsageIsDurableBeforeTheRelaysAreOn() {
    var office = LockOffice()
    office.booksAnswer = false
    office.lay(LockOffice.anna)
    #expect(!office.isUnlocked)
    #expect(office.view?.phase == .asking)
    office.booksAnswer = true
    office.wait(.seconds(3))
    #expect(office.isUnlocked)
    #expect(office.usages == 1)
  }

  @Test func aGuestWhoWaitedForTheBooksGetsTheWholeTime() {
    var office = LockOffice()
    office.booksAnswer = false
    office.show(LockOffice.anna)
    office.wait(.seconds(5))
    office.booksAnswer = true
    office.wait(.seconds(100))
    #expect(office.onTime >= .seconds(90))
  }

  @Test func theRelaysGoOffByThemselvesShouldNothingMoreBeHeard() throws {
    var office = LockOffice()
    office.lay(LockOffice.anna)
    let longest = try #require(office.unlocks.last)
    #expect(longest >= .seconds(90) && longest <= .seconds(92))
  }

  @Test func tokensAreIgnoredWhileUnlockedOrAsking() {
    var office = LockOffice()
    office.booksAnswer = false
    office.show(LockOffice.anna)
    office.show(LockOffice.ben)
    office.booksAnswer = true
    office.wait(.seconds(3))
    office.show(LockOffice.ben)
    office.show(LockOffice.stranger)
    office.wait(.seconds(100))
    #expect(office.presentations.map(\.token).allSatisfy { $0 == Token(LockOffice.anna) })
    #expect(office.usages == 1)
    #expect(office.books.memory.invalidTokens.isEmpty)
  }

  /// Fault 3: it was billed again at each end of its time.
  @Test func aKnownCardLeftOnTheReaderCountsOnce() {
    var office = LockOffice()
    office.lay(LockOffice.anna)
    office.wait(.seconds(600))
    #expect(office.usages == 1)
    #expect(!office.isUnlocked)
    // A reader that was reset finds it anew.
    office.lay(LockOffice.anna)
    office.wait(.seconds(1))
    #expect(office.usages == 1)
    office.take(LockOffice.anna)
    office.lay(LockOffice.anna)
    #expect(office.usages == 2)
  }

  /// Fault 4: it locked everybody out.
  @Test func anUnknownCardLeftOnTheReaderCountsOnce() {
    var office = LockOffice()
    for _ in 1...50 {
      office.lay(LockOffice.stranger)
      office.wait(.seconds(1))
    }
    #expect(office.books.memory.invalidTokens.count == 1)
    #expect(office.view?.phase == .ready)
    office.take(LockOffice.stranger)
    office.show(LockOffice.anna)
    #expect(office.isUnlocked)
  }

  @Test func aCardThatCameTooSoonIsNotServedLater() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.lay(LockOffice.ben)
    office.wait(.seconds(300))
    #expect(office.usages == 1)
    office.take(LockOffice.ben)
    office.lay(LockOffice.ben)
    #expect(office.usages == 2)
  }

  @Test(arguments: [LockOffice.stranger, LockOffice.barred, LockOffice.pending, LockOffice.phone])
  func aRefusalIsShownForEightTenthsOfASecond(card: UID) {
    var office = LockOffice()
    office.lay(card)
    #expect(office.view?.notice == .refused)
    #expect(office.scanned == [Token(card)])
    office.wait(.milliseconds(750))
    #expect(office.view?.notice == .refused)
    office.wait(.milliseconds(50))
    #expect(office.view?.notice == nil)
    #expect(office.unlocks.isEmpty)
    #expect(office.usages == 0)
  }

  @Test func thePagesAreShownEachSecondOfACountdownAndNoMore() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.wait(.seconds(95))
    let seconds = office.shown.compactMap(\.secondsLeft)
    #expect(seconds == Array((0...90).reversed()) || seconds == Array((1...90).reversed()))
  }

  @Test func shuttingDownLocksAndTheActivationStaysInTheBooks() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.send(.shutDown)
    #expect(!office.isUnlocked)
    #expect(office.lights == .off)
    #expect(office.machine.hasFinished)
    #expect(office.books.memory.activation?.hasEnded == false)
    office.show(LockOffice.ben)
    #expect(office.usages == 1)
    office.restart()
    #expect(office.isUnlocked)
    #expect(office.usages == 1)
  }
}

@Suite struct DrinkTests {
  @Test func drinksAreToldToTheBooksInTheirOrder() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.send(.brewed(.double))
    office.wait(.seconds(10))
    office.send(.brewed(.steam))
    office.wait(.seconds(81))
    #expect(!office.isUnlocked)
    // The button was pressed in time, its current seen a moment later.
    office.send(.brewed(.single))
    office.wait(.seconds(5))
    #expect(office.books.usages.first?.drinks == [.double, .steam, .single])
    #expect(office.books.memory.activation?.hasEnded == true)
  }

  @Test(arguments: [true, false])
  func anUnlockWithoutADrinkIsNotChargedWhereDrinksAre(chargesDrinks: Bool) {
    var office = LockOffice()
    office.change { $0.chargesDrinks = chargesDrinks }
    office.show(LockOffice.anna)
    office.wait(.seconds(100))
    #expect(office.usages == (chargesDrinks ? 0 : 1))
    office.show(LockOffice.anna)
    office.send(.brewed(.single))
    office.wait(.seconds(100))
    #expect(office.usages == (chargesDrinks ? 1 : 2))
  }

  @Test func whoComesWithinTheGraceDoesNotGetTheDrinksOfTheOneBefore() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.wait(.seconds(90))
    office.show(LockOffice.ben)
    office.send(.brewed(.double))
    office.wait(.seconds(100))
    #expect(office.books.usages.map(\.drinks) == [[], [.double]])
  }

  @Test func aDrinkWhileLockedIsLoggedOnceAMinute() {
    var office = LockOffice()
    for _ in 1...600 {
      office.send(.brewed(.double))
      office.wait(.milliseconds(300))
    }
    #expect(office.logs.count { $0.contains("while the machine was locked") } == 3)
    #expect(office.books.usages.isEmpty)
  }

  @Test func aLooseContactDoesNotFillTheBooks() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    for _ in 1...1000 { office.send(.brewed(.single)) }
    #expect(office.books.usages.first?.drinks.count == office.settings.mostDrinks)
  }

  @Test func drinksInAlwaysOnModeBelongToNobody() {
    var office = LockOffice()
    office.show(LockOffice.master)
    office.send(.brewed(.double))
    office.wait(.seconds(5))
    #expect(office.books.usages.isEmpty)
    #expect(!office.logs.contains { $0.contains("double") })
  }
}

@Suite struct ScanModeTests {
  /// A token that nobody has becomes a pending user, and is no attempt.
  @Test func anUnknownTokenIsEnrolledAndNeverLetIn() {
    var office = LockOffice()
    office.change { $0.isScanMode = true }
    #expect(office.view?.isScanMode == true)
    for number in 1...30 {
      office.show(UID([0xA0, 0, 0, UInt8(number)])!)
      #expect(office.view?.notice == .enrolled)
    }
    #expect(office.unlocks.isEmpty)
    #expect(office.view?.phase == .ready, "no lock-out")
    #expect(office.scanned.count == 30)
    office.show(UID([0xA0, 0, 0, 1])!)
    #expect(office.unlocks.isEmpty)
  }

  /// Fault 17: it refused everybody.
  @Test func knownUsersAreServed() {
    var office = LockOffice()
    office.change { $0.isScanMode = true }
    office.show(LockOffice.anna)
    #expect(office.isUnlocked)
    #expect(office.usages == 1)
    #expect(office.scanned == [Token(LockOffice.anna)])
  }

  @Test func aRandomTokenIsRefusedAndNotEnrolled() {
    var office = LockOffice()
    office.change { $0.isScanMode = true }
    office.show(LockOffice.phone)
    #expect(office.books.users[Token(LockOffice.phone)] == nil)
    #expect(office.books.memory.invalidTokens.count == 1)
  }
}
