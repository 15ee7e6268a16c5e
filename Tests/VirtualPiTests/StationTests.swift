import Foundation
import PiHAL
import Testing
import VirtualPi

@Suite struct StationTests {
  let clock = VirtualClock()

  @Test func clockMovesForwardOnly() {
    let start = clock.now
    clock.sleep(for: .milliseconds(3))
    clock.advance(by: .seconds(-5))
    clock.advance(to: start)
    #expect(start.duration(to: clock.now) == .milliseconds(3))
  }

  @Test func snapshotShowsWhatIsThereAndTravelsAsJSON() throws {
    let station = VirtualStation(clock: clock)
    let valve = try station.board.output(lines: [18], initial: [true], consumer: "the daemon")
    station.reader.place(VirtualCard(uid: [0x04, 0xA1, 0, 0, 0, 0, 0x0F], product: .ntag213))
    station.setLever(0.5)
    station.setLeak(microlitresPerSecond: 10)
    clock.advance(by: .seconds(4))
    let snapshot = station.snapshot()
    #expect(snapshot.instant == clock.now)
    #expect(snapshot.levels[18])
    #expect(snapshot.holders[18] == "the daemon")
    #expect(snapshot.cards.map(\.uid) == ["04a1000000000f"])
    #expect(snapshot.cards.map(\.product) == [.ntag213])
    #expect(snapshot.isValveOpen)
    #expect(snapshot.lever == 0.5)
    #expect(snapshot.leakMicrolitresPerSecond == 10)
    #expect((16_000...17_000).contains(snapshot.flowMicrolitresPerSecond))
    #expect(snapshot.pouredMicrolitres > 60_000)
    #expect(!snapshot.isReaderFaulty)
    station.reader.setFault(.frozen)
    #expect(station.snapshot().isReaderFaulty)
    let json = try JSONEncoder().encode(snapshot)
    #expect(try JSONDecoder().decode(VirtualStation.Snapshot.self, from: json) == snapshot)
    withExtendedLifetime(valve) {}
  }

  @Test func plugTakesReaderAndCardsDown() throws {
    let station = VirtualStation(clock: clock)
    let card = VirtualCard(uid: [1, 2, 3, 4])
    station.reader.place(card)
    let raw = RawReader(station.reader)
    try raw.prepare()
    #expect(try raw.request() != nil)
    station.losePower()
    #expect(card.state == .powerOff)
    #expect(try raw.read(0x37) == 0)
    station.restorePower()
    #expect(try raw.read(0x37) == 0x92)
    #expect(try raw.read(0x14) == 0x80, "the chip starts with reset values")
    #expect(station.reader.cards == [card], "the card still lies there")
  }

  @Test func readerIsResetByTheBoardsLine() throws {
    let station = VirtualStation(clock: clock)
    let reset = try station.board.output(lines: [25], activeLow: true)
    station.reader.setFault(.stuck())
    try reset.set(active: true)
    try reset.set(active: false)
    #expect(try RawReader(station.reader).read(0x37) == 0x92)
  }
}
