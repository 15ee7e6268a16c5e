import DaemonKit
import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct BooksFaultTests {
  /// Fault 5: when the coffee could not be logged, it was given for nothing.
  @Test func withoutBooksThereIsNoCoffee() {
    var kitchen = Kitchen()
    kitchen.booksFail = true
    kitchen.lay(Kitchen.anna)
    #expect(kitchen.view?.notice == .storageFault)
    kitchen.wait(.seconds(30))
    #expect(kitchen.unlocks.isEmpty)
    #expect(kitchen.view?.phase == .ready)
    #expect(kitchen.logs.count { $0.contains("no space left") } == 1)
    kitchen.take(Kitchen.anna)
    kitchen.booksFail = false
    kitchen.show(Kitchen.anna)
    #expect(kitchen.isUnlocked)
  }

  @Test func aTokenThatIsStillThereIsAskedForAgainByTheSameID() {
    var kitchen = Kitchen()
    kitchen.booksFail = true
    kitchen.failureIsAMistake = true
    kitchen.lay(Kitchen.anna)
    kitchen.wait(.seconds(5))
    #expect(!kitchen.isUnlocked)
    kitchen.booksFail = false
    kitchen.wait(.seconds(2))
    #expect(kitchen.isUnlocked)
    #expect(Set(kitchen.presentations.map(\.id)).count == 1)
    #expect(kitchen.usages == 1)
  }

  @Test func whoTakesTheTokenAwayIsNotServedLater() {
    var kitchen = Kitchen()
    kitchen.booksFail = true
    kitchen.show(Kitchen.anna)
    kitchen.booksFail = false
    kitchen.wait(.seconds(20))
    #expect(kitchen.unlocks.isEmpty)
  }

  @Test func whoComesBackIsNotChargedTwice() {
    var kitchen = Kitchen()
    kitchen.booksFail = true
    kitchen.failureIsAMistake = true
    kitchen.show(Kitchen.anna)
    kitchen.booksFail = false
    kitchen.show(Kitchen.anna)
    #expect(kitchen.isUnlocked)
    #expect(kitchen.usages == 1)
  }

  @Test func whoDoesNotComeBackIsNotChargedForADrink() {
    var kitchen = Kitchen()
    kitchen.change { $0.chargesDrinks = true }
    kitchen.booksFail = true
    kitchen.failureIsAMistake = true
    kitchen.show(Kitchen.anna)
    kitchen.booksFail = false
    #expect(kitchen.usages == 1)
    kitchen.show(Kitchen.ben)
    #expect(kitchen.isUnlocked)
    #expect(kitchen.books.usages.map(\.isCancelled) == [true, false])
  }

  @Test func anAnswerThatComesTooLateUnlocksNothing() throws {
    var kitchen = Kitchen()
    kitchen.booksAnswer = false
    kitchen.show(Kitchen.anna)
    let id = try #require(
      kitchen.effects.lazy.compactMap { effect -> EffectID? in
        if case .ask(let id, .present) = effect { id } else { nil }
      }.last)
    kitchen.wait(.seconds(11))
    kitchen.send(.answered(id, .granted(usage: 1, userName: "late")))
    kitchen.wait(.seconds(5))
    #expect(kitchen.unlocks.isEmpty)
  }

  @Test func whatWasNotRecordedIsAskedForUntilItIs() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.booksFail = true
    kitchen.send(.brewed(.double))
    kitchen.send(.brewed(.steam))
    kitchen.wait(.seconds(200))
    #expect(kitchen.books.usages.first?.drinks == [])
    kitchen.booksFail = false
    kitchen.wait(.seconds(3))
    #expect(kitchen.books.usages.first?.drinks == [.double, .steam])
    #expect(kitchen.books.memory.activation?.hasEnded == true)
  }
}

@Suite struct RelayFaultTests {
  @Test func relaysThatCannotBeDrivenAreOrderedOffUntilTheyAre() {
    var kitchen = Kitchen()
    kitchen.relaysThrow = true
    kitchen.show(Kitchen.anna)
    #expect(kitchen.view?.phase == .outOfOrder)
    #expect(kitchen.view?.notice == .relayFault)
    #expect(kitchen.lights == .off)
    kitchen.forget()
    kitchen.wait(.seconds(5))
    #expect(kitchen.locks >= 15)
    #expect(kitchen.unlocks.isEmpty)
    kitchen.relaysThrow = false
    kitchen.wait(.seconds(2))
    #expect(kitchen.isUnlocked, "the rest of the time is the user's")
    #expect(kitchen.view?.phase == .active)
    #expect(kitchen.usages == 1)
  }

  @Test func anAttemptThatFailsSlowlyIsNotFollowedByTheNextAtOnce() {
    var kitchen = Kitchen()
    kitchen.relaysObey = false
    kitchen.send(.relaysFailed(message: "the guard is gone"))
    kitchen.forget()
    kitchen.now = kitchen.now.advanced(by: .seconds(1))
    kitchen.send(.relaysFailed(message: "the line is held by somebody else"))
    kitchen.send(.cardAppeared(Kitchen.anna))
    #expect(kitchen.locks == 0, "cards, ticks and the end of the daemon come first")
    kitchen.send(.tick)
    #expect(kitchen.locks == 1)
  }

  @Test func nobodyIsChargedWhileTheRelaysAreOutOfOrder() {
    var kitchen = Kitchen()
    kitchen.relaysObey = false
    kitchen.send(.relaysFailed(message: "the guard is gone"))
    kitchen.wait(.seconds(3))
    kitchen.show(Kitchen.anna)
    #expect(kitchen.usages == 0)
    kitchen.relaysObey = true
    kitchen.wait(.seconds(1))
    #expect(kitchen.view?.phase == .ready)
    kitchen.show(Kitchen.anna)
    #expect(kitchen.isUnlocked)
  }

  @Test func nobodyIsServedBeforeTheRelaysAreKnownToBeOff() {
    var kitchen = Kitchen(isRunning: false)
    kitchen.relaysObey = false
    kitchen.restart()
    #expect(kitchen.view?.phase == .starting)
    kitchen.wait(.seconds(1))
    kitchen.show(Kitchen.anna)
    #expect(kitchen.usages == 0)
    kitchen.wait(.seconds(2))
    #expect(kitchen.view?.phase == .outOfOrder)
    kitchen.relaysObey = true
    kitchen.wait(.seconds(1))
    #expect(kitchen.view?.phase == .ready)
  }

  @Test func relaysThatDoNotConfirmHaveFailed() {
    var kitchen = Kitchen()
    kitchen.relaysObey = false
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(2))
    #expect(kitchen.view?.notice == .relayFault)
    kitchen.relaysObey = true
    kitchen.wait(.seconds(3))
    #expect(kitchen.isUnlocked)
  }

  @Test func theGuardLockingIsAnsweredWithTheRestOfTheTime() throws {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(30))
    kitchen.guardLocks()
    #expect(kitchen.isUnlocked)
    let longest = try #require(kitchen.unlocks.last)
    #expect(longest <= .seconds(62) && longest >= .seconds(58))
    kitchen.wait(.seconds(62))
    #expect(!kitchen.isUnlocked)
    #expect(kitchen.usages == 1)
  }

  @Test func aBoardThatKeepsFailingDoesNotRattle() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.forget()
    for _ in 1...1700 {
      if kitchen.isUnlocked { kitchen.guardLocks() }
      kitchen.wait(.milliseconds(50))
    }
    #expect((3...8).contains(kitchen.unlocks.count))
    #expect(kitchen.logs.count <= 10)
  }

  @Test func alwaysOnComesBackAfterAnyFault() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.master)
    for _ in 1...20 {
      kitchen.guardLocks()
      kitchen.wait(.seconds(61))
      #expect(kitchen.isUnlocked)
    }
    kitchen.relaysThrow = true
    kitchen.wait(.seconds(600))
    #expect(kitchen.view?.phase == .outOfOrder)
    kitchen.relaysThrow = false
    kitchen.wait(.seconds(61))
    #expect(kitchen.view?.phase == .master)
  }

  @Test func whoWasChargedAndGotNothingIsInTheLog() {
    var kitchen = Kitchen()
    kitchen.relaysThrow = true
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(100))
    #expect(kitchen.logs.contains { $0.contains("charged") })
    kitchen.relaysThrow = false
    kitchen.wait(.seconds(2))
    #expect(kitchen.view?.phase == .ready)
    #expect(!kitchen.isUnlocked)
  }
}

@Suite struct ReaderFaultTests {
  @Test func anActivationGoesOnToItsEnd() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.send(.readerFailed(message: "version register reads 0x00"))
    #expect(kitchen.view?.phase == .active)
    #expect(kitchen.view?.notice == .readerFault)
    kitchen.wait(.seconds(85))
    #expect(kitchen.isUnlocked)
    kitchen.wait(.seconds(10))
    #expect(kitchen.view?.phase == .outOfOrder)
    #expect(kitchen.lights == .off)
    kitchen.send(.readerRecovered)
    #expect(kitchen.view?.phase == .ready)
  }

  /// Fault 9: ten lines a second while a reset was due.
  @Test func aReaderThatComesAndGoesDoesNotFloodTheLog() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.master)
    kitchen.forget()
    for _ in 1...6000 {
      kitchen.send(.readerFailed(message: "version register reads 0x00"))
      kitchen.send(.readerRecovered)
      kitchen.wait(.milliseconds(100))
    }
    #expect(kitchen.logs.count <= 22)
    #expect(kitchen.isUnlocked)
  }
}
