import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct MasterTests {
  @Test func theMasterTokenKeepsTheMachineOnUntilItIsShownAgain() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.master)
    #expect(kitchen.isUnlocked)
    #expect(kitchen.view?.phase == .master)
    #expect(kitchen.lights == .master)
    #expect(kitchen.books.memory.isMaster)
    kitchen.forget()
    kitchen.wait(.seconds(3600))
    #expect(kitchen.onTime >= .seconds(3600))
    #expect(kitchen.unlocks.allSatisfy { $0 <= .seconds(60) })
    #expect(kitchen.unlocks.count >= 3600 / 30, "ordered anew well before the time runs out")
    kitchen.show(Kitchen.master)
    #expect(!kitchen.isUnlocked)
    #expect(kitchen.lights == .ready)
    #expect(!kitchen.books.memory.isMaster)
    #expect(kitchen.usages == 0)
  }

  @Test func itIsDurableBeforeTheRelaysAreOn() {
    var kitchen = Kitchen()
    kitchen.booksAnswer = false
    kitchen.show(Kitchen.master)
    kitchen.wait(.seconds(1))
    #expect(!kitchen.isUnlocked)
    kitchen.booksAnswer = true
    kitchen.wait(.seconds(3))
    #expect(kitchen.isUnlocked)
  }

  @Test func itIsLogged() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.master)
    kitchen.show(Kitchen.master)
    #expect(kitchen.logs.count { $0.hasPrefix("master token") } == 2)
  }

  @Test func leftOnTheReaderItCountsOnce() {
    var kitchen = Kitchen()
    kitchen.lay(Kitchen.master)
    kitchen.wait(.seconds(600))
    #expect(kitchen.isUnlocked)
  }

  @Test(arguments: ["3a57e200", "3a57e2008f"])
  func itIsKnownByItsUIDAndByThePredecessorsDigits(text: String) {
    var kitchen = Kitchen()
    kitchen.change { $0.masterToken = Token(text) }
    kitchen.show(Kitchen.master)
    #expect(kitchen.isUnlocked)
  }

  @Test func theDigitsOfALongUIDAreKnownAsWell() {
    let legacy = LegacyUID(Kitchen.ben).description
    #expect(Token(legacy)?.names(Kitchen.ben) == true)
    #expect(Token(legacy)?.names(Kitchen.anna) == false)
    #expect(Token("3a57e20000")?.names(Kitchen.master) == false, "the check byte is wrong")
  }

  @Test func otherTokensAreIgnoredMeanwhile() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.master)
    for _ in 1...20 {
      kitchen.show(Kitchen.anna)
      kitchen.show(Kitchen.stranger)
    }
    #expect(kitchen.usages == 0)
    #expect(kitchen.books.memory.invalidTokens.isEmpty)
    #expect(kitchen.isUnlocked)
  }

  /// Fault 7: the end of the user's time switched the relays off.
  @Test func aUsersTimeThatRunsOutMeanwhileChangesNothing() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.wait(.seconds(20))
    kitchen.show(Kitchen.master)
    kitchen.forget()
    kitchen.wait(.seconds(300))
    #expect(kitchen.onTime >= .seconds(300))
    #expect(kitchen.lights == .master)
    kitchen.show(Kitchen.master)
    #expect(!kitchen.isUnlocked)
  }

  @Test func aUserWhoseTimeIsNotOverKeepsIt() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.anna)
    kitchen.show(Kitchen.master)
    kitchen.wait(.seconds(10))
    kitchen.show(Kitchen.master)
    #expect(kitchen.isUnlocked)
    #expect(kitchen.lights == .active)
    kitchen.wait(.seconds(79))
    #expect(!kitchen.isUnlocked)
  }

  @Test func itCountsWhileAUserIsBeingAskedFor() {
    var kitchen = Kitchen()
    kitchen.booksAnswer = false
    kitchen.show(Kitchen.anna)
    kitchen.show(Kitchen.master)
    kitchen.booksAnswer = true
    kitchen.wait(.seconds(3))
    #expect(kitchen.view?.phase == .master)
    #expect(kitchen.usages == 1)
  }

  @Test func shownTwiceBeforeTheBooksAnswerNothingIsTurnedOn() {
    var kitchen = Kitchen()
    kitchen.booksAnswer = false
    kitchen.show(Kitchen.master)
    kitchen.show(Kitchen.master)
    kitchen.booksAnswer = true
    kitchen.wait(.seconds(10))
    #expect(!kitchen.isUnlocked)
    #expect(!kitchen.books.memory.isMaster)
    kitchen.show(Kitchen.master)
    #expect(kitchen.isUnlocked)
  }

  @Test func whatCannotBeRecordedIsNotTurnedOnLater() {
    var kitchen = Kitchen()
    kitchen.booksFail = true
    kitchen.failureIsAMistake = true
    kitchen.show(Kitchen.master)
    #expect(kitchen.view?.notice == .storageFault)
    kitchen.wait(.seconds(15))
    kitchen.booksFail = false
    kitchen.wait(.seconds(15))
    #expect(kitchen.unlocks.isEmpty)
    #expect(!kitchen.books.memory.isMaster, "what holds is on record")
  }

  @Test func turningOffNeedsNoBooks() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.master)
    kitchen.booksFail = true
    kitchen.show(Kitchen.master)
    #expect(!kitchen.isUnlocked)
    kitchen.wait(.seconds(60))
    kitchen.booksFail = false
    kitchen.wait(.seconds(3))
    #expect(!kitchen.books.memory.isMaster)
  }

  @Test func withoutAMasterTokenTheMachineIsTurnedOff() {
    var kitchen = Kitchen()
    kitchen.show(Kitchen.master)
    kitchen.change { $0.masterToken = nil }
    #expect(!kitchen.isUnlocked)
    #expect(!kitchen.books.memory.isMaster)
  }
}
