import DaemonTesting
import PiHAL
import Testing

@testable import RC522

@Suite(.ownThreads) struct PresenceTests {
  @Test("A card that stays for hours is seen once, and its removal once")
  func hours() throws {
    let bench = try Bench.started()
    let card = bench.put("04a1b2c3d4e5f6")
    #expect(try bench.poll() == [.appeared(card.uid)])
    let start = bench.clock.now
    // Ten polls a second where there is time for it, else one every two seconds: the same hours in fewer polls.
    bench.interval = .milliseconds(isThorough ? 100 : 2000)
    while start.duration(to: bench.clock.now) < .seconds(3 * 3600) { #expect(try bench.poll() == []) }
    bench.take(card)
    #expect(bench.poll(times: 20).events == [.removed(card.uid)])
  }

  @Test("Removal takes the configured number of silent polls and the time")
  func patience() throws {
    var configuration = RC522Reader.Configuration()
    configuration.silentPollsBeforeRemoval = 5
    configuration.silenceBeforeRemoval = .milliseconds(100)
    let bench = try Bench.started(configuration: configuration)
    let card = bench.put("0102a4f3")
    _ = try bench.poll()
    card.isShielded = true
    #expect(bench.poll(times: 4).events == [])
    card.isShielded = false
    #expect(bench.poll(times: 10).events == [])
    card.isShielded = true
    #expect(bench.poll(times: 4).events == [])
    #expect(try bench.poll() == [.removed(card.uid)])

    configuration.silentPollsBeforeRemoval = 1
    configuration.silenceBeforeRemoval = .seconds(2)
    let slow = try Bench.started(configuration: configuration)
    let other = slow.put("0102a4f3")
    _ = try slow.poll()
    slow.take(other)
    #expect(slow.poll(times: 19).events == [])
    #expect(slow.poll(times: 3).events == [.removed(other.uid)])
  }

  @Test("A card that loses power for a moment stays")
  func flicker() throws {
    let bench = try Bench.started()
    let card = bench.put("0102a4f3")
    _ = try bench.poll()
    for round in 0..<500 {
      if round % 3 == 0 { card.powerOff() }
      if round % 4 == 1 { card.isShielded = true }
      if round % 4 == 3 { card.isShielded = false }
      #expect(try bench.poll() == [])
    }
  }

  @Test("Cards come and go beside a card that stays")
  func several() throws {
    let bench = try Bench.started()
    let first = bench.put("0102a4f3")
    #expect(try bench.poll() == [.appeared(first.uid)])
    for round in 0..<50 {
      let second = bench.put(round % 2 == 0 ? "0102a4f2" : "04a1b2c3d4e5f6")
      #expect(try bench.poll() == [.appeared(second.uid)])
      #expect(bench.poll(times: 15).events == [])
      bench.take(second)
      #expect(bench.poll(times: 15).events == [.removed(second.uid)])
    }
    #expect(bench.reader.presentCards == [first.uid])
  }

  @Test("Two cards of the same number are one card")
  func twins() throws {
    let bench = try Bench.started()
    let card = bench.put("0102a4f3")
    bench.put("0102a4f3")
    #expect(try bench.poll() == [.appeared(card.uid)])
    #expect(bench.poll(times: 50).events == [])
  }

  @Test("No more cards than configured are tracked")
  func capacity() throws {
    var configuration = RC522Reader.Configuration()
    configuration.maximumCards = 3
    let bench = try Bench.started(configuration: configuration)
    for number in 0..<6 { bench.put("0000000\(number)") }
    let events = bench.poll(times: 50).events
    #expect(events.count == 3)
    #expect(bench.reader.presentCards.count == 3)
  }

  @Test("A card torn away in the middle of any answer neither appears nor stays", arguments: 0...41)
  func torn(bits: Int) throws {
    for uid in ["0102a4f3", "04a1b2c3d4e5f6"] {
      let bench = try Bench.started()
      let card = bench.put(uid)
      card.tornAfterBits = bits
      // Torn after the last bit of every answer is not torn.
      if bits < 40 { #expect(bench.poll(times: 5).events == []) }
      card.tornAfterBits = nil
      _ = bench.poll(times: 5)
      #expect(bench.reader.presentCards == [card.uid])
      card.tornAfterBits = bits
      _ = bench.poll(times: 2)
      bench.take(card)
      #expect(bench.poll(times: 10).events.last == .removed(card.uid))
      #expect(bench.reader.presentCards == [])
    }
  }

  @Test("Noise neither removes a card nor makes one")
  func noise() throws {
    let bench = try Bench.started()
    let card = bench.put("0102a4f3")
    _ = try bench.poll()
    for _ in 0..<20 {
      bench.chip.isNoisy = true
      #expect(bench.poll(times: 40).events == [])
      bench.chip.isNoisy = false
      let quiet = bench.poll(times: 5)
      #expect(quiet.events == [] && quiet.faults.isEmpty)
    }
    bench.take(card)
    bench.chip.isNoisy = true
    #expect(bench.poll(times: 40).events == [])
    bench.chip.isNoisy = false
    #expect(bench.poll(times: 10).events == [.removed(card.uid)])
  }

  @Test("Noise that does not end is a fault, and the reader says so")
  func endlessNoise() throws {
    let bench = try Bench.started()
    bench.chip.isNoisy = true
    let (events, faults) = bench.poll(times: 60)
    #expect(events == [])
    #expect(faults.first?.kind == .corruptAnswer)
  }

  @Test("The tracker alone: a damaged look neither counts as silence nor removes")
  func trackerAlone() {
    var tracker = PresenceTracker(
      silentLooksBeforeRemoval: 2, silenceBeforeRemoval: .milliseconds(500), capacity: 4)
    func at(_ milliseconds: Int64) -> MonotonicInstant {
      MonotonicInstant.zero.advanced(by: .milliseconds(milliseconds))
    }
    let uid = UID("0102a4f3")!
    #expect(tracker.look(seen: [uid], isClear: true, at: at(0)) == [.appeared(uid)])
    #expect(tracker.look(seen: [], isClear: true, at: at(100)) == [])
    #expect(tracker.look(seen: [], isClear: true, at: at(200)) == [])
    #expect(tracker.look(seen: [], isClear: false, at: at(2000)) == [])
    #expect(tracker.look(seen: [], isClear: true, at: at(2100)) == [.removed(uid)])
    #expect(tracker.look(seen: [], isClear: true, at: at(2200)) == [])

    #expect(tracker.look(seen: [uid], isClear: true, at: at(3000)) == [.appeared(uid)])
    #expect(tracker.look(seen: [], isClear: false, at: at(3100)) == [])
    #expect(tracker.look(seen: [], isClear: false, at: at(3200)) == [])
    #expect(tracker.look(seen: [], isClear: true, at: at(4000)) == [])
    #expect(tracker.look(seen: [], isClear: true, at: at(4100)) == [])
    #expect(tracker.look(seen: [], isClear: true, at: at(4600)) == [.removed(uid)])
  }

  @Test("Between two polls every card sleeps, so that only new ones answer a REQA")
  func halted() throws {
    let bench = try Bench.started()
    let cards = ["0102a4f3", "04a1b2c3d4e5f6", "04010203040506070809", "88010203"].map { bench.put($0) }
    for _ in 0..<30 {
      _ = try bench.poll()
      // HLTA is on the air when poll returns; the card's state is what it leads to.
      #expect(cards.map(\.state) == Array(repeating: .halted, count: cards.count))
    }
  }
}
