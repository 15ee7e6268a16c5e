import DaemonTesting
import PiHAL
import Testing
import VirtualPi

@testable import RC522

/// A card that rests while answers get lost, and one that leaves.
@Suite(.ownThreads) struct LossTests {
  static let uids = ["0102a4f3", "04a1b2c3d4e5f6", "04010203040506070809"]

  private final class Board {
    let clock = VirtualClock()
    let chip: VirtualMFRC522
    let reader: RC522Reader
    let interval: Duration

    init(interval: Duration, seed: UInt64 = 1) {
      chip = VirtualMFRC522(clock: clock, airTime: true, seed: seed)
      reader = RC522Reader(chip: MFRC522(spi: chip.spiDevice(), clock: clock))
      self.interval = interval
    }

    func poll() throws -> [CardEvent] {
      clock.advance(by: interval)
      return try reader.poll()
    }

    /// Polls until something happens.
    func next(within limit: Duration) throws -> [CardEvent] {
      let start = clock.now
      while start.duration(to: clock.now) < limit {
        let events = try poll()
        if !events.isEmpty { return events }
      }
      return []
    }
  }

  @Test("A card that stays neither goes nor comes, whatever share of its answers gets lost", arguments: uids)
  func resting(uid: String) throws {
    for loss in [0.2, 0.3, 0.4] {
      for seed in 1...UInt64(isThorough ? 200 : 2) {
        let board = Board(interval: .milliseconds(seed % 2 == 0 ? 25 : 100), seed: seed)
        board.chip.place(VirtualCard(uid: UID(uid)!.bytes))
        #expect(try board.next(within: .seconds(1)) == [.appeared(UID(uid)!)])
        board.chip.setLoss(loss)
        let events = try board.next(within: .seconds(isThorough ? 300 : 8))
        #expect(events == [], "seed \(seed), \(loss) lost")
      }
    }
  }

  @Test("A card that leaves while answers get lost is missed within three seconds", arguments: uids)
  func leaving(uid: String) throws {
    for loss in [0.2, 0.4, 0.8] {
      for seed in 1...UInt64(isThorough ? 100 : 1) {
        let board = Board(interval: .milliseconds(100), seed: seed)
        let card = VirtualCard(uid: UID(uid)!.bytes)
        board.chip.place(card)
        #expect(try board.next(within: .seconds(1)) == [.appeared(UID(uid)!)])
        board.chip.setLoss(loss)
        for _ in 0..<40 { _ = try board.poll() }
        // With 80 % even a card that stays may be missed.
        guard board.reader.presentCards == [UID(uid)!] else { continue }
        board.chip.remove(card)
        let left = board.clock.now
        #expect(try board.next(within: .seconds(4)) == [.removed(UID(uid)!)])
        #expect(left.duration(to: board.clock.now) < .milliseconds(3300), "seed \(seed), \(loss) lost")
      }
    }
  }

  @Test(
    "Without lost answers a card that leaves is missed at once, and the time since it left is known",
    arguments: uids, [25, 40, 100])
  func leavingInGoodAir(uid: String, milliseconds: Int64) throws {
    var random = Random(state: 3)
    let pause = Duration.milliseconds(milliseconds)
    let board = Board(interval: pause)
    let card = VirtualCard(uid: UID(uid)!.bytes)
    for round in 0..<(isThorough ? 20 : 5) {
      board.chip.place(card)
      #expect(try board.next(within: .seconds(1)) == [.appeared(UID(uid)!)])
      for _ in 0..<round { #expect(try board.poll() == []) }
      board.clock.advance(
        by: Duration.nanoseconds(Int64.random(in: 0..<pause.wholeNanoseconds, using: &random)))
      board.chip.remove(card)
      let left = board.clock.now
      #expect(try board.next(within: .seconds(1)) == [.removed(UID(uid)!)])
      let silence = board.reader.silence(of: UID(uid)!)
      let delay = left.duration(to: board.clock.now)
      // Three polls and 250 ms, and what the polls themselves take.
      let longest: Duration =
        max(Duration.milliseconds(250), pause * 3) + pause * 2 + Duration.milliseconds(30)
      #expect(delay < longest)
      #expect(silence <= delay)
      #expect(delay - silence < pause + Duration.milliseconds(30))
    }
  }

  @Test("Once no answers get lost any more, a card that leaves is missed at once again")
  func theAirClears() throws {
    let board = Board(interval: .milliseconds(100))
    let card = VirtualCard(uid: UID("0102a4f3")!.bytes)
    board.chip.place(card)
    _ = try board.poll()
    board.chip.setLoss(0.7)
    for _ in 0..<60 { _ = try board.poll() }
    board.chip.setLoss(0)
    for _ in 0..<100 { _ = try board.poll() }
    #expect(board.reader.presentCards == [UID("0102a4f3")!])
    board.chip.remove(card)
    #expect(try board.next(within: .milliseconds(450)) == [.removed(UID("0102a4f3")!)])
  }

  @Test("A card that was lifted for a moment now and then makes the reader no more patient")
  func lifted() throws {
    let bench = try Bench.started()
    let card = bench.put("0102a4f3")
    _ = try bench.poll()
    for _ in 0..<20 {
      card.isShielded = true
      #expect(bench.poll(times: 2).events == [])
      card.isShielded = false
      #expect(bench.poll(times: 10).events == [])
    }
    bench.take(card)
    #expect(bench.poll(times: 4).events == [.removed(card.uid)])
  }

  @Test("A card is there when its last acknowledge was heard, whatever else got lost")
  func theLastAcknowledgeDecides() throws {
    for uid in Self.uids {
      let bench = try Bench.started()
      let card = bench.put(uid)
      _ = try bench.poll()
      let answers = card.uid.cascadeLevels.count + 1
      // The first poll within a second does not search.
      card.answersLost = answers - 1
      #expect(try bench.callsOfPoll() == 2 + answers, "it was asked once")
      #expect(card.answersLost == 0)
      #expect(bench.reader.presentCards == [card.uid])
    }
  }
}
