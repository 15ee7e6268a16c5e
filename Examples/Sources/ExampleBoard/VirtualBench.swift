import Foundation
import PiHAL
import VirtualPi

/// A board that does not exist, with everything on it that the examples use, and somebody who puts cards on
/// the reader and pulls the lever: every ten seconds, a card lies there from the first to the sixth one, and
/// the lever is pulled from the second to the seventh.
final class VirtualBench: Sendable {
  let station: VirtualStation

  private static let resetLine = 25
  private static let valveLine = 18

  init() {
    var configuration = VirtualStation.Configuration()
    configuration.tap = VirtualTap.Configuration(valveLine: Self.valveLine, sensorLine: 23)
    configuration.readerResetLine = Self.resetLine
    station = VirtualStation(clock: SystemClock(), configuration: configuration)
    let board = station.board
    board.onTransition { [weak board] transition in
      guard let board, transition.line != Self.resetLine, board.isOutput(transition.line) else { return }
      print("    GPIO\(transition.line) is \(transition.level ? "high" : "low")")
    }
    Thread.detachNewThread { [station] in Self.act(on: station) }
  }

  private static func act(on station: VirtualStation) -> Never {
    let cards = [
      VirtualCard(uid: [0xA1, 0xB2, 0xC3, 0xD4]),
      VirtualCard(uid: [0x04, 0x51, 0x92, 0x2A, 0x6F, 0x61, 0x80], product: .ntag213),
    ]
    let start = station.clock.now
    while true {
      let second = Int(start.duration(to: station.clock.now) / .seconds(1))
      let card = cards[second / 10 % cards.count]
      let isCardThere = (1..<6).contains(second % 10)
      if isCardThere != station.reader.cards.contains(card) {
        if isCardThere { station.reader.place(card) } else { station.reader.remove(card) }
      }
      // Where the example drives no valve, the tap has none.
      station.tap.setValveFault(station.board.isOutput(valveLine) ? nil : .stuckOpen)
      station.setLever((2..<7).contains(second % 10) ? 1 : 0)
      station.clock.sleep(for: .milliseconds(10))
    }
  }
}
