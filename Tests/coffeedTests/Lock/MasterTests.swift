import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct MasterTests {
  @Test func theMasterTokenKeepsTheMachineOnUntilItIsShownAgain() {
    var office = LockOffice()
    office.show(LockOffice.master)
    #expect(office.isUnlocked)
    #expect(office.view?.phase == .master)
    #expect(office.lights == .master)
    #expect(office.books.memory.isMaster)
    office.forget()
    office.wait(.seconds(3600))
    #expect(office.onTime >= .seconds(3600))
    #expect(office.unlocks.allSatisfy { $0 <= .seconds(60) })
    #expect(office.unlocks.count >= 3600 / 30, "ordered anew well before the time runs out")
    office.show(LockOffice.master)
    #expect(!office.isUnlocked)
    #expect(office.lights == .ready)
    #expect(!office.books.memory.isMaster)
    #expect(office.usages == 0)
  }

  @Test func itIsDurableBeforeTheRelaysAreOn() {
    var office = LockOffice()
    office.booksAnswer = false
    office.show(LockOffice.master)
    office.wait(.seconds(1))
    #expect(!office.isUnlocked)
    office.booksAnswer = true
    office.wait(.seconds(3))
    #expect(office.isUnlocked)
  }

  @Test func itIsLogged() {
    var office = LockOffice()
    office.show(LockOffice.master)
    office.show(LockOffice.master)
    #expect(office.logs.count { $0.hasPrefix("master token") } == 2)
  }

  @Test func leftOnTheReaderItCountsOnce() {
    var office = LockOffice()
    office.lay(LockOffice.master)
    office.wait(.seconds(600))
    #expect(office.isUnlocked)
  }

  @Test(arguments: ["3a57e200", "3a57e2008f"])
  func itIsKnownByItsUIDAndByThePredecessorsDigits(text: String) {
    var office = LockOffice()
    office.change { $0.masterToken = Token(text) }
    office.show(LockOffice.master)
    #expect(office.isUnlocked)
  }

  @Test func theDigitsOfALongUIDAreKnownAsWell() {
    let legacy = LegacyUID(LockOffice.ben).description
    #expect(Token(legacy)?.names(LockOffice.ben) == true)
    #expect(Token(legacy)?.names(LockOffice.anna) == false)
    #expect(Token("3a57e20000")?.names(LockOffice.master) == false, "the check byte is wrong")
  }

  @Test func otherTokensAreIgnoredMeanwhile() {
    var office = LockOffice()
    office.show(LockOffice.master)
    for _ in 1...20 {
      office.show(LockOffice.anna)
      office.show(LockOffice.stranger)
    }
    #expect(office.usages == 0)
    #expect(office.books.memory.invalidTokens.isEmpty)
    #expect(office.isUnlocked)
  }

  /// Fault 7: the end of the user's time switched the relays off.
  @Test func aUsersTimeThatRunsOutMeanwhileChangesNothing() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.wait(.seconds(20))
    office.show(LockOffice.master)
    office.forget()
    office.wait(.seconds(300))
    #expect(office.onTime >= .seconds(300))
    #expect(office.lights == .master)
    office.show(LockOffice.master)
    #expect(!office.isUnlocked)
  }

  @Test func aUserWhoseTimeIsNotOverKeepsIt() {
    var office = LockOffice()
    office.show(LockOffice.anna)
    office.show(LockOffice.master)
    office.wait(.seconds(10))
    office.show(LockOffice.master)
    #expect(office.isUnlocked)
    #expect(office.lights == .active)
    office.wait(.seconds(79))
    #expect(!office.isUnlocked)
  }

  @Test func itCountsWhileAUserIsBeingAskedFor() {
    var office = LockOffice()
    office.booksAnswer = false
    office.show(LockOffice.anna)
    office.show(LockOffice.master)
    office.booksAnswer = true
    office.wait(.seconds(3))
    #expect(office.view?.phase == .master)
    #expect(office.usages == 1)
  }

  @Test func shownTwiceBeforeTheBooksAnswerNothingIsTurnedOn() {
    var office = LockOffice()
    office.booksAnswer = false
    office.show(LockOffice.master)
    office.show(LockOffice.master)
    office.booksAnswer = true
    office.wait(.seconds(10))
    #expect(!office.isUnlocked)
    #expect(!office.books.memory.isMaster)
    office.show(LockOffice.master)
    #expect(office.isUnlocked)
  }

  @Test func whatCannotBeRecordedIsNotTurnedOnLater() {
    var office = LockOffice()
    office.booksFail = true
    office.failureIsAMistake = true
    office.show(LockOffice.master)
    #expect(office.view?.notice == .storageFault)
    office.wait(.seconds(15))
    office.booksFail = false
    office.wait(.seconds(15))
    #expect(office.unlocks.isEmpty)
    #expect(!office.books.memory.isMaster, "what holds is on record")
  }

  @Test func turningOffNeedsNoBooks() {
    var office = LockOffice()
    office.show(LockOffice.master)
    office.booksFail = true
    office.show(LockOffice.master)
    #expect(!office.isUnlocked)
    office.wait(.seconds(60))
    office.booksFail = false
    office.wait(.seconds(3))
    #expect(!office.books.memory.isMaster)
  }

  @Test func withoutAMasterTokenTheMachineIsTurnedOff() {
    var office = LockOffice()
    office.show(LockOffice.master)
    office.change { $0.masterToken = nil }
    #expect(!office.isUnlocked)
    #expect(!office.books.memory.isMaster)
  }
}
