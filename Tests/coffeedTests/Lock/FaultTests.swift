import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct BooksFaultTests {
  /// Fault 5: when the coffee could not be logged, it was given for nothing.
  @Test func withoutBooksThereIsNoCoffee() {
    var office = LockOffice()
    office.booksFail = true
    office.lay(LockOffice.anna)
    #expect(office.view?.notice == .storageFault)
    office.wait(.seconds(30))
    #expect(office.unlocks.isEmpty)
    #expect(office.view?.phase == .ready)
    #expect(office.logs.count { $0.contains("no space left") } == 1)
    office.take(LockOffice.anna)
    office.booksFail = false
    office.show(LockOffice.anna)
    #expect(office.isUnlocked)
  }

  @Test func aTokenThatIsStillThereIsAskedForAgainByTheSameID() {
    var office = LockOffice()
    office.booksFail = true
    office.failureIsAMistake = true
    office.lay(LockOffice.anna)
    office.wait(.seconds(5))
    #expect(!office.isUnlocked)
    office.booksFail = false
    office.wait(.seconds(2))
    #expect(office.isUnlocked)
    #expect(Set(office.presentations.map(\.id)).count == 1)
    #expect(office.usages == 1)
  }

  @Test func whoTakesTheTokenAwayIsNotServedLater() {
    var office = LockOffice()
    office.booksFail = true
    office.show(LockOffice.anna)
    office.booksFail = false
    office.wait(.seconds(20))
    #expect(office.unlocks.isEmpty)
  }

  @Test func whoComesBackIsNotChargedTwice() {
    var office = LockOffice()
    office.booksFail = true
    office.failureIsAMistake = true
    office.show(LockOffice.anna)
    office.booksFail = false
    office.show(LockOffice.anna)
    #expect(office.isUnlocked)
    #expect(office.usages == 1)
  }

  @Test func whoDoesNotComeBackIsNotChargedForADrink() {
    var office = LockOffice()
    office.change { $0.chargesDrinks = true }
    office.booksFail = true
    office.failureIsAMistake = true
    office.show(LockOffice.anna)
    office.booksFail = false
    #expect(office.usages == 1)
    office.show(LockOffice.ben)
    #expect(office.isUnlocked)
    #expect(office.books.usages.map(\.isCancelled) == [true, false])
  }

  @Test func anAnswerThatComesTooLateUnlocksNothing() throws {
    var office = LockOffice()
    office.booksAnswer = false
    office.show(LockOffice.anna)
    let id = try #require(
      office.effects.lazy.compactMap { effect -> EffectID? in
        if case .ask(let id, .present) = effect { id } else { nil }
      }.last)
    office.wait(.seconds(11))
    office.send(.answered(id, .granted(usage: 1, userName: "late")))
    office.wait(.seconds(5))
    #expect(office.unlocks.isEmpty)
  }

  @Test func whatWasNotRecordedIsAskedForUntilItIs() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.booksFail = true
    office.send(.brewed(.double))
    office.send(.brewed(.steam))
    office.wait(.seconds(200))
    #expect(office.books.usages.first?.drinks == [])
    office.booksFail = false
    office.wait(.seconds(3))
    #expect(office.books.usages.first?.drinks == [.double, .steam])
    #expect(office.books.memory.activation?.hasEnded == true)
  }
}

@Suite struct RelayFaultTests {
  @Test func relaysThatCannotBeDrivenAreOrderedOffUntilTheyAre() {
    var office = LockOffice()
    office.relaysThrow = true
    office.show(LockOffice.anna)
    #expect(office.view?.phase == .outOfOrder)
    #expect(office.view?.notice == .relayFault)
    #expect(office.lights == .off)
    office.forget()
    office.wait(.seconds(5))
    #expect(office.count { if case .lock = $0 { true } else { false } } >= 15)
    #expect(office.unlocks.isEmpty)
    office.relaysThrow = false
    office.wait(.seconds(2))
    #expect(office.isUnlocked, "the rest of the time is the user's")
    #expect(office.view?.phase == .active)
    #expect(office.usages == 1)
  }

  @Test func nobodyIsChargedWhileTheRelaysAreOutOfOrder() {
    var office = LockOffice()
    office.relaysObey = false
    office.send(.relaysFailed(message: "the guard is gone"))
    office.wait(.seconds(3))
    office.show(LockOffice.anna)
    #expect(office.usages == 0)
    office.relaysObey = true
    office.wait(.seconds(1))
    #expect(office.view?.phase == .ready)
    office.show(LockOffice.anna)
    #expect(office.isUnlocked)
  }

  @Test func nobodyIsServedBeforeTheRelaysAreKnownToBeOff() {
    var office = LockOffice(isRunning: false)
    office.relaysObey = false
    office.restart()
    #expect(office.view?.phase == .starting)
    office.wait(.seconds(1))
    office.show(LockOffice.anna)
    #expect(office.usages == 0)
    office.wait(.seconds(2))
    #expect(office.view?.phase == .outOfOrder)
    office.relaysObey = true
    office.wait(.seconds(1))
    #expect(office.view?.phase == .ready)
  }

  @Test func relaysThatDoNotConfirmHaveFailed() {
    var office = LockOffice()
    office.relaysObey = false
    office.show(LockOffice.anna)
    office.wait(.seconds(2))
    #expect(office.view?.notice == .relayFault)
    office.relaysObey = true
    office.wait(.seconds(3))
    #expect(office.isUnlocked)
  }

  @Test func theGuardLockingIsAnsweredWithTheRestOfTheTime() throws {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.wait(.seconds(30))
    office.guardLocks()
    #expect(office.isUnlocked)
    let longest = try #require(office.unlocks.last)
    #expect(longest <= .seconds(62) && longest >= .seconds(58))
    office.wait(.seconds(62))
    #expect(!office.isUnlocked)
    #expect(office.usages == 1)
  }

  @Test func aBoardThatKeepsFailingDoesNotRattle() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.forget()
    for _ in 1...1700 {
      if office.isUnlocked { office.guardLocks() }
      office.wait(.milliseconds(50))
    }
    #expect((3...8).contains(office.unlocks.count))
    #expect(office.logs.count <= 10)
  }

  @Test func alwaysOnComesBackAfterAnyFault() {
    var office = LockOffice()
    office.show(LockOffice.master)
    for _ in 1...20 {
      office.guardLocks()
      office.wait(.seconds(61))
      #expect(office.isUnlocked)
    }
    office.relaysThrow = true
    office.wait(.seconds(600))
    #expect(office.view?.phase == .outOfOrder)
    office.relaysThrow = false
    office.wait(.seconds(61))
    #expect(office.view?.phase == .master)
  }

  @Test func whoWasChargedAndGotNothingIsInTheLog() {
    var office = LockOffice()
    office.relaysThrow = true
    office.show(LockOffice.anna)
    office.wait(.seconds(100))
    #expect(office.logs.contains { $0.contains("charged") })
    office.relaysThrow = false
    office.wait(.seconds(2))
    #expect(office.view?.phase == .ready)
    #expect(!office.isUnlocked)
  }
}

@Suite struct ReaderFaultTests {
  @Test func anActivationGoesOnToItsEnd() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.send(.readerFailed(message: "version register reads 0x00"))
    #expect(office.view?.phase == .active)
    #expect(office.view?.notice == .readerFault)
    office.wait(.seconds(85))
    #expect(office.isUnlocked)
    office.wait(.seconds(10))
    #expect(office.view?.phase == .outOfOrder)
    #expect(office.lights == .off)
    office.send(.readerRecovered)
    #expect(office.view?.phase == .ready)
  }

  /// Fault 9: ten lines a second while a reset was due.
  @Test func aReaderThatComesAndGoesDoesNotFloodTheLog() {
    var office = LockOffice()
    office.show(LockOffice.master)
    office.forget()
    for _ in 1...6000 {
      office.send(.readerFailed(message: "version register reads 0x00"))
      office.send(.readerRecovered)
      office.wait(.milliseconds(100))
    }
    #expect(office.logs.count <= 22)
    #expect(office.isUnlocked)
  }
}
