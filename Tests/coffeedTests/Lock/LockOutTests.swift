import DaemonKit
import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct LockOutTests {
  /// So many unknown tokens, a second apart.
  private func kitchen(after tokens: Int, every pause: Duration = .milliseconds(500)) -> Kitchen {
    var kitchen = Kitchen()
    for number in 1...tokens {
      kitchen.show(UID([0xB0, 0, 0, UInt8(number)])!)
      kitchen.wait(pause)
    }
    return kitchen
  }

  @Test func theEleventhWithinAMinuteLocksEverybodyOutForFiveMinutes() {
    var kitchen = kitchen(after: 10)
    #expect(kitchen.view?.phase == .ready)
    kitchen.lay(Kitchen.stranger)
    let began = kitchen.now
    #expect(kitchen.view?.phase == .lockedOut)
    #expect(kitchen.view?.secondsLeft == 300)
    #expect(kitchen.lights == .off)
    #expect(kitchen.books.memory.lockOut?.instant == began)
    kitchen.take(Kitchen.stranger)
    kitchen.show(Kitchen.anna)
    #expect(!kitchen.isUnlocked)
    kitchen.wait(kitchen.now.duration(to: began.advanced(by: .milliseconds(299_900))))
    #expect(kitchen.view?.phase == .lockedOut)
    #expect(kitchen.view?.secondsLeft == 1)
    kitchen.wait(.milliseconds(100))
    #expect(kitchen.view?.phase == .ready)
    #expect(kitchen.books.memory.lockOut == nil)
    kitchen.show(Kitchen.anna)
    #expect(kitchen.isUnlocked)
  }

  /// Fault 18: it stayed dark until the next card.
  @Test func theLightComesBackByItself() {
    var kitchen = kitchen(after: 11)
    #expect(kitchen.lights == .off)
    kitchen.wait(.seconds(300))
    #expect(kitchen.lights == .ready)
  }

  @Test func elevenWithinMoreThanAMinuteAreNoReason() {
    // 11 tokens from the first to the last in 10 × 6.1 s.
    #expect(kitchen(after: 30, every: .milliseconds(5600)).view?.phase == .ready)
    #expect(kitchen(after: 11, every: .milliseconds(5400)).view?.phase == .lockedOut)
  }

  @Test func duringItAttemptsAreNeitherAskedForNorCounted() {
    var kitchen = kitchen(after: 11)
    for _ in 1...60 {
      kitchen.show(Kitchen.stranger)
      kitchen.show(Kitchen.barred)
    }
    #expect(kitchen.presentations.count == 11)
    kitchen.wait(.seconds(300))
    for number in 1...10 { kitchen.show(UID([0xB1, 0, 0, UInt8(number)])!) }
    #expect(kitchen.view?.phase == .ready, "the count began anew")
  }

  @Test func theMasterTokenEndsItAndTurnsTheMachineOn() {
    var kitchen = kitchen(after: 11)
    kitchen.show(Kitchen.master)
    #expect(kitchen.isUnlocked)
    #expect(kitchen.lights == .master)
    #expect(kitchen.books.memory.lockOut == nil)
    kitchen.show(Kitchen.master)
    #expect(kitchen.view?.phase == .ready)
    kitchen.show(Kitchen.anna)
    #expect(kitchen.isUnlocked)
  }

  @Test func itHoldsThoughTheBooksCannotRecordIt() {
    var kitchen = kitchen(after: 10)
    kitchen.lay(Kitchen.stranger)
    kitchen.booksFail = true
    kitchen.take(Kitchen.stranger)
    kitchen.show(Kitchen.anna)
    #expect(kitchen.view?.phase == .lockedOut)
    kitchen.wait(.seconds(295))
    #expect(kitchen.view?.phase == .lockedOut)
    kitchen.wait(.seconds(10))
    #expect(kitchen.view?.phase == .ready)
    kitchen.booksFail = false
    kitchen.wait(.seconds(10))
    #expect(kitchen.books.memory.lockOut == nil)
  }

  /// 5.1: a restart ended it.
  @Test func aRestartDoesNotEndIt() {
    var kitchen = kitchen(after: 11)
    kitchen.wait(.seconds(100))
    kitchen.restart(after: .seconds(10))
    #expect(kitchen.view?.phase == .lockedOut)
    #expect(kitchen.lights == .off)
    kitchen.settle()
    kitchen.show(Kitchen.anna)
    #expect(!kitchen.isUnlocked)
    kitchen.wait(.seconds(190))
    #expect(kitchen.view?.phase == .ready)
  }

  /// 5.1: the attempts were forgotten.
  @Test func aRestartDoesNotForgetTheAttempts() {
    var kitchen = kitchen(after: 9)
    kitchen.restart()
    kitchen.settle()
    kitchen.show(Kitchen.stranger)
    #expect(kitchen.view?.phase == .ready)
    kitchen.show(Kitchen.barred)
    #expect(kitchen.view?.phase == .lockedOut)
  }

  @Test func aRestartBetweenTheLastAttemptAndTheRecordDoesNotHelp() {
    var kitchen = kitchen(after: 10)
    _ = kitchen.books.decide(
      .present(
        Presentation(
          id: ActivationID("last"), token: Token(Kitchen.stranger), milliseconds: 1,
          at: BootInstant(boot: kitchen.boot, instant: kitchen.now))))
    #expect(kitchen.books.memory.lockOut == nil)
    kitchen.restart()
    #expect(kitchen.view?.phase == .lockedOut)
    #expect(kitchen.view?.secondsLeft == 299)
    #expect(kitchen.books.memory.lockOut != nil)
  }

  @Test func aNewBootStartsItAnewAndOnce() {
    var kitchen = kitchen(after: 11)
    kitchen.wait(.seconds(290))
    kitchen.reboot()
    #expect(kitchen.view?.phase == .lockedOut)
    #expect(kitchen.view?.secondsLeft == 300)
    kitchen.wait(.seconds(200))
    kitchen.restart(after: .zero)
    #expect(kitchen.view?.secondsLeft == 100)
    kitchen.wait(.seconds(100))
    #expect(kitchen.view?.phase == .ready)
    kitchen.reboot()
    kitchen.wait(.seconds(1))
    #expect(kitchen.view?.phase == .ready)
  }
}
