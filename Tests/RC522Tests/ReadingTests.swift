import DaemonTesting
import PiHAL
import Testing

@testable import RC522

@Suite(.ownThreads) struct ReadingTests {
  @Test("UIDs of every size are read", arguments: ["0102a4f3", "04a1b2c3d4e5f6", "04010203040506070809"])
  func sizes(uid: String) throws {
    let bench = try Bench.started()
    bench.put(uid)
    #expect(try bench.poll() == [.appeared(UID(uid)!)])
  }

  @Test("The acknowledge decides about the cascade, not a first byte 0x88")
  func cascadeTagInShortUID() throws {
    let bench = try Bench.started()
    bench.put("88010203")
    #expect(try bench.poll() == [.appeared(UID("88010203")!)])
    #expect(bench.poll(times: 50).events == [])
  }

  @Test("An empty poll costs 2 calls, a 4-byte UID at most 6, a 7-byte one at most 10")
  func budget() throws {
    let bench = try Bench.started()
    for _ in 0..<100 { #expect(try bench.callsOfPoll() == 2) }
    let short = bench.put("0102a4f3")
    #expect(try bench.callsOfPoll() <= 6)
    for _ in 0..<100 { #expect(try bench.callsOfPoll() <= 6) }
    bench.take(short)
    #expect(bench.poll(times: 20).events == [.removed(short.uid)])
    let long = bench.put("04a1b2c3d4e5f6")
    #expect(try bench.callsOfPoll() <= 10)
    for _ in 0..<100 { #expect(try bench.callsOfPoll() <= 10) }
    #expect(bench.reader.presentCards == [long.uid])
  }

  @Test(
    "Cards that answer at once are told apart",
    arguments: [
      ["00000000", "ffffffff"],
      // The last bit only, and the first.
      ["01020384", "01020304"], ["01020304", "00020304"],
      ["0102a4f3", "0102a4f2", "0102a4fb"],
      // Level 1 alike, level 2 not.
      ["04a1b2c3d4e5f6", "04a1b2c3d4e5f7", "04a1b2c3d4e576"],
      ["04010203040506070809", "04010203040506070808"],
      // Level 2 alike, level 1 not; and all sizes together.
      ["04a1b2c3d4e5f6", "05a1b2c3d4e5f6"],
      ["04a1b2c3d4e5f6", "0102a4f3", "04010203040506070809", "deadbeef", "04a1b2c3d4e5f7"],
    ],
    ScriptedChip.CollisionCount.allCases)
  func collisions(uids: [String], count: ScriptedChip.CollisionCount) throws {
    for (collidedBit, fallsBack) in [(false, false), (true, false), (false, true), (true, true)] {
      let bench = try Bench.started()
      bench.chip.collisionCount = count
      bench.chip.collidedBit = collidedBit
      for uid in uids { bench.put(uid).fallsBackOnMismatch = fallsBack }
      #expect(Set(try bench.poll()) == Set(uids.map { .appeared(UID($0)!) }))
      #expect(bench.poll(times: 12).events == [])
    }
  }

  @Test("Any two to five cards are told apart")
  func randomCollisions() throws {
    var random = Random(state: 7)
    for round in 0..<(isThorough ? 100 : 24) {
      let bench = try Bench.started()
      bench.chip.collisionCount = ScriptedChip.CollisionCount.allCases[round % 3]
      bench.chip.collidedBit = Bool.random(using: &random)
      var uids: Set<UID> = []
      let wanted = Int.random(in: 2...5, using: &random)
      // Few different bits, so that prefixes are shared.
      while uids.count < wanted {
        let length = [4, 7, 10].randomElement(using: &random)!
        uids.insert(UID((0..<length).map { _ in UInt8.random(in: 0...3, using: &random) })!)
      }
      let fallsBack = Bool.random(using: &random)
      for uid in uids { bench.put(uid.description).fallsBackOnMismatch = fallsBack }
      #expect(Set(try bench.poll()) == Set(uids.map { .appeared($0) }))
      #expect(bench.poll(times: 15).events == [])
    }
  }

  @Test("A card that somebody halted before is found, also beside a known one")
  func haltedCards() throws {
    let bench = try Bench.started()
    let first = bench.put("0102a4f3")
    first.state = .halted
    #expect(try bench.poll() == [.appeared(first.uid)])
    let second = bench.put("0102a4f2")
    second.state = .halted
    #expect(bench.poll(times: 12).events == [.appeared(second.uid)])
  }

  @Test("Halted cards are all found in time, wherever they collide with known ones")
  func manyHaltedCards() throws {
    var random = Random(state: 11)
    for round in 0..<(isThorough ? 20 : 8) {
      let bench = try Bench.started()
      bench.chip.collisionCount = ScriptedChip.CollisionCount.allCases[round % 3]
      bench.chip.collidedBit = Bool.random(using: &random)
      var uids: Set<UID> = []
      while uids.count < 5 { uids.insert(UID((0..<4).map { _ in UInt8.random(in: 0...1, using: &random) })!) }
      for uid in uids {
        let card = bench.put(uid.description)
        card.state = .halted
        card.fallsBackOnMismatch = round % 2 == 0
      }
      #expect(Set(bench.poll(times: 250).events) == Set(uids.map { .appeared($0) }))
    }
  }

  @Test("A branch that leads to a known card is avoided")
  func branchesAvoidKnownCards() {
    let known = UID("00000000")!
    var choice = BranchChoice(known: [known])
    for turn in 0..<32 {
      choice.turn = turn
      #expect(choice(level: 1, selected: [], prefix: [0, 0, 0, 0], knownBits: 9) == true)
      #expect(choice(level: 1, selected: [], prefix: [1, 0, 0, 0], knownBits: 9) == nil)
    }
  }

  @Test("CRC_A of the standard's annex B")
  func crc() {
    #expect(CRCA.of([0x00, 0x00]) == [0xA0, 0x1E])
    #expect(CRCA.of([0x12, 0x34]) == [0x26, 0xCF])
    #expect(CRCA.checked([0x12, 0x34, 0x26, 0xCF]) == [0x12, 0x34])
    #expect(CRCA.checked([0x12, 0x34, 0x26, 0xCE]) == nil)
    #expect(CRCA.checked([]) == nil)
  }
}

extension CardEvent: Hashable {
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .appeared(let uid): hasher.combine(uid)
    case .removed(let uid): hasher.combine(uid)
    }
  }
}
