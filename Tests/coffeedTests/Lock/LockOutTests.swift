import DaemonKit
import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct LockOutTests {
  /// So many unknown tokens, a second apart.
  private func office(after tokens: Int, every pause: Duration = .milliseconds(500)) -> LockOffice {
    var office = LockOffice()
    for number in 1...tokens {
      office.show(UID([0xB0, 0, 0, UInt8(number)])!)
      office.wait(pause)
    }
    return office
  }

  @Test func theEleventhWithinAMinuteLocksEverybodyOutForFiveMinutes() {
    var office = office(after: 10)
    #expect(office.view?.phase == .ready)
    office.lay(LockOffice.stranger)
    let began = office.now
    #expect(office.view?.phase == .lockedOut)
    #expect(office.view?.secondsLeft == 300)
    #expect(office.lights == .off)
    #expect(office.books.memory.lockOut?.instant == began)
    office.take(LockOffice.stranger)
    office.show(LockOffice.anna)
    #expect(!office.isUnlocked)
    office.wait(office.now.duration(to: began.advanced(by: .milliseconds(299_900))))
    #expect(office.view?.phase == .lockedOut)
    #expect(office.view?.secondsLeft == 1)
    office.wait(.milliseconds(100))
    #expect(office.view?.phase == .ready)
    #expect(office.books.memory.lockOut == nil)
    office.show(LockOffice.anna)
    #expect(office.isUnlocked)
  }

  /// Fault 18: it stayed dark until the next card.
  @Test func theLightComesBackByItself() {
    var office = office(after: 11)
    #expect(office.lights == .off)
    office.wait(.seconds(300))
    #expect(office.lights == .ready)
  }

  @Test func elevenWithinMoreThanAMinuteAreNoReason() {
    // 11 tokens from the first to the last in 10 × 6.1 s.
    #expect(office(after: 30, every: .milliseconds(5600)).view?.phase == .ready)
    #expect(office(after: 11, every: .milliseconds(5400)).view?.phase == .lockedOut)
  }

  @Test func duringItAttemptsAreNeitherAskedForNorCounted() {
    var office = office(after: 11)
    for _ in 1...60 {
      office.show(LockOffice.stranger)
      office.show(LockOffice.barred)
    }
    #expect(office.presentations.count == 11)
    office.wait(.seconds(300))
    for number in 1...10 { office.show(UID([0xB1, 0, 0, UInt8(number)])!) }
    #expect(office.view?.phase == .ready, "the count began anew")
  }

  @Test func theMasterTokenEndsItAndTurnsTheMachineOn() {
    var office = office(after: 11)
    office.show(LockOffice.master)
    #expect(office.isUnlocked)
    #expect(office.lights == .master)
    #expect(office.books.memory.lockOut == nil)
    office.show(LockOffice.master)
    #expect(office.view?.phase == .ready)
    office.show(LockOffice.anna)
    #expect(office.isUnlocked)
  }

  @Test func itHoldsThoughTheBooksCannotRecordIt() {
    var office = office(after: 10)
    office.lay(LockOffice.stranger)
    office.booksFail = true
    office.take(LockOffice.stranger)
    office.show(LockOffice.anna)
    #expect(office.view?.phase == .lockedOut)
    office.wait(.seconds(295))
    #expect(office.view?.phase == .lockedOut)
    office.wait(.seconds(10))
    #expect(office.view?.phase == .ready)
    office.booksFail = false
    office.wait(.seconds(10))
    #expect(office.books.memory.lockOut == nil)
  }

  /// 5.1: a restart ended it.
  @Test func aRestartDoesNotEndIt() {
    var office = office(after: 11)
    office.wait(.seconds(100))
    office.restart(after: .seconds(10))
    #expect(office.view?.phase == .lockedOut)
    #expect(office.lights == .off)
    office.wait(.seconds(6))
    office.show(LockOffice.anna)
    #expect(!office.isUnlocked)
    office.wait(.seconds(190))
    #expect(office.view?.phase == .ready)
  }

  /// 5.1: the attempts were forgotten.
  @Test func aRestartDoesNotForgetTheAttempts() {
    var office = office(after: 9)
    office.restart()
    office.wait(.seconds(6))
    office.show(LockOffice.stranger)
    #expect(office.view?.phase == .ready)
    office.show(LockOffice.barred)
    #expect(office.view?.phase == .lockedOut)
  }

  @Test func aRestartBetweenTheLastAttemptAndTheRecordDoesNotHelp() {
    var office = office(after: 10)
    _ = office.books.decide(
      .present(
        Presentation(
          id: ActivationID("last"), token: Token(LockOffice.stranger), milliseconds: 1,
          at: BootInstant(boot: office.boot, instant: office.now))))
    #expect(office.books.memory.lockOut == nil)
    office.restart()
    #expect(office.view?.phase == .lockedOut)
    #expect(office.view?.secondsLeft == 299)
    #expect(office.books.memory.lockOut != nil)
  }

  @Test func aNewBootStartsItAnewAndOnce() {
    var office = office(after: 11)
    office.wait(.seconds(290))
    office.reboot()
    #expect(office.view?.phase == .lockedOut)
    #expect(office.view?.secondsLeft == 300)
    office.wait(.seconds(200))
    office.restart(after: .zero)
    #expect(office.view?.secondsLeft == 100)
    office.wait(.seconds(100))
    #expect(office.view?.phase == .ready)
    office.reboot()
    office.wait(.seconds(1))
    #expect(office.view?.phase == .ready)
  }
}
