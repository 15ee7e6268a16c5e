import DaemonKit
import DaemonTesting
import PiHAL
import RC522
import Testing
import VirtualPi

@testable import tapd

/// How long a valve stays open when nobody is known to be there any more.
@Suite struct LeavingTests {
  @Test(arguments: [0, 100, 300, 1000, 2500])
  func theReadersSilenceIsPartOfTheGrace(milliseconds: Int64) {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    let rest = max(.zero, bar.settings.removalGrace - .milliseconds(milliseconds))
    bar.send(.cardRemoved(Bar.guest, silence: .milliseconds(milliseconds)))
    if rest > .milliseconds(20) {
      bar.wait(rest - .milliseconds(20))
      #expect(bar.plant.valveIsOpen)
    }
    bar.wait(.milliseconds(70))
    #expect(!bar.plant.valveIsOpen)
  }

  @Test func fromTheCardsLeavingToTheClosedValveItTakesASecond() throws {
    var dice = Dice(seed: 5)
    for milliseconds in stride(from: Int64(0), to: 25, by: 3) {
      let clock = VirtualClock()
      let chip = VirtualMFRC522(clock: clock, airTime: true)
      let reader = RC522Reader(chip: MFRC522(spi: chip.spiDevice(), clock: clock))
      let card = VirtualCard(uid: Bar.guest.bytes)
      chip.place(card)
      for _ in 0..<dice.next() % 60 + 1 {
        clock.advance(by: CardReaderThread.interval)
        _ = try reader.poll()
      }
      #expect(reader.presentCards == [Bar.guest])
      clock.advance(by: .milliseconds(milliseconds))
      chip.remove(card)
      let left = clock.now
      clock.advance(by: CardReaderThread.interval - .milliseconds(milliseconds))
      while try reader.poll() != [.removed(Bar.guest)] { clock.advance(by: CardReaderThread.interval) }

      var bar = Bar()
      bar.lay(Bar.guest)
      bar.wait(.seconds(1))
      bar.send(.cardRemoved(Bar.guest, silence: reader.silence(of: Bar.guest)))
      var since = left.duration(to: clock.now)
      while bar.plant.valveIsOpen, since < .seconds(5) {
        bar.wait(.milliseconds(20))
        since += .milliseconds(20)
      }
      #expect(since >= .seconds(1) && since <= .milliseconds(1150))
    }
  }

  @Test(arguments: [0, 2000, 2900, 10_000])
  func aPourEndsThreeSecondsAfterItWasKnownLastWhoIsThere(milliseconds: Int64) {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(12))
    #expect(bar.plant.valveIsOpen)
    let since = bar.now.advanced(by: .zero - .milliseconds(milliseconds))
    bar.send(.readerFailed(message: "has heard nothing but damaged answers", since: since))
    let rest = max(.zero, .seconds(3) - .milliseconds(milliseconds))
    if rest > .milliseconds(20) {
      bar.wait(rest - .milliseconds(20))
      #expect(bar.plant.valveIsOpen)
    }
    bar.wait(.milliseconds(70))
    #expect(!bar.plant.valveIsOpen)
  }

  @Test func aReaderThatFailsForAnotherReasonIsLoggedAgainAndDoesNotGetMoreTime() {
    var bar = Bar()
    bar.lay(Bar.guest)
    bar.wait(.seconds(1))
    bar.send(.readerFailed(message: "hangs"))
    bar.wait(.seconds(2))
    bar.send(.readerFailed(message: "was replaced"))
    #expect(
      bar.effects.contains {
        if case .log(let line) = $0 { line.message.contains("was replaced") } else { false }
      })
    bar.wait(.milliseconds(1050))
    #expect(!bar.plant.valveIsOpen)
  }
}
