import DaemonTesting
import PiHAL
import Testing
import VirtualPi

@testable import RC522

/// The driver against the virtual board's chip, which was modelled from the data sheet independently of it.
@Suite(.ownThreads) struct VirtualPiTests {
  /// A reader on a virtual chip with real air time.
  private final class Board {
    let clock = VirtualClock()
    let chip: VirtualMFRC522
    let driver: MFRC522
    let reader: RC522Reader

    init(
      airTime: Bool = true, version: UInt8 = 0x92,
      numbering: VirtualMFRC522.CollisionNumbering = .alignedFrame, hasResetLine: Bool = true
    ) {
      chip = VirtualMFRC522(clock: clock, version: version, airTime: airTime, collisionNumbering: numbering)
      driver = MFRC522(
        spi: chip.spiDevice(), reset: hasResetLine ? ResetPin(chip: chip) : nil, clock: clock)
      reader = RC522Reader(chip: driver)
    }

    func poll(_ times: Int = 1) -> (events: [CardEvent], faults: [RC522Error]) {
      var events: [CardEvent] = []
      var faults: [RC522Error] = []
      for _ in 0..<times {
        clock.advance(by: .milliseconds(100))
        do throws(RC522Error) { events += try reader.poll() } catch { faults.append(error) }
      }
      return (events, faults)
    }
  }

  private final class ResetPin: DigitalOutput {
    let chip: VirtualMFRC522
    private(set) var active = [false]
    init(chip: VirtualMFRC522) { self.chip = chip }
    var lineCount: Int { 1 }
    func set(active: [Bool]) throws(PiHALError) {
      self.active = active
      chip.setResetPin(!active[0])
    }
  }

  @Test("Every UID size, within the budget of transfers", arguments: [true, false])
  func sizes(airTime: Bool) {
    for (uid, budget) in [("0102a4f3", 6), ("04a1b2c3d4e5f6", 10), ("04010203040506070809", 15)] {
      let board = Board(airTime: airTime)
      #expect(board.poll(3).faults.isEmpty)
      board.chip.resetTraffic()
      #expect(board.poll(50).events == [])
      #expect(board.chip.traffic.transfers == 100)
      board.chip.place(VirtualCard(uid: UID(uid)!.bytes))
      board.chip.resetTraffic()
      #expect(board.poll().events == [.appeared(UID(uid)!)])
      #expect(board.chip.traffic.transfers <= budget)
      for _ in 0..<50 {
        board.chip.resetTraffic()
        #expect(board.poll().events == [])
        #expect(board.chip.traffic.transfers <= budget)
      }
    }
  }

  @Test(
    "Two to five cards that collide", arguments: VirtualMFRC522.CollisionNumbering.allCases, [true, false])
  func collisions(numbering: VirtualMFRC522.CollisionNumbering, airTime: Bool) {
    var random = Random(state: 5)
    for _ in 0..<(isThorough ? 60 : 20) {
      let board = Board(airTime: airTime, numbering: numbering)
      var uids: Set<UID> = []
      let wanted = Int.random(in: 2...5, using: &random)
      while uids.count < wanted {
        let length = [4, 7, 10].randomElement(using: &random)!
        uids.insert(UID((0..<length).map { _ in UInt8.random(in: 0...3, using: &random) })!)
      }
      for uid in uids { board.chip.place(VirtualCard(uid: uid.bytes)) }
      let (events, faults) = board.poll(3)
      #expect(Set(events) == Set(uids.map { .appeared($0) }) && events.count == uids.count)
      #expect(faults.isEmpty)
      #expect(board.poll(15).events == [])
    }
  }

  @Test("A phone is one random card while it lies there")
  func phone() {
    let board = Board()
    let phone = VirtualCard.phone()
    board.chip.place(phone)
    let events = board.poll(100).events
    #expect(events.count == 1)
    #expect(board.reader.presentCards.first?.isRandom == true)
  }

  @Test("Noise on a card that stays: no flicker, and nobody else appears", arguments: [0.05, 0.3])
  func noise(probability: Double) {
    let board = Board()
    let uids = [UID("0102a4f3")!, UID("04a1b2c3d4e5f6")!]
    for uid in uids { board.chip.place(VirtualCard(uid: uid.bytes)) }
    #expect(board.poll(3).events.count == 2)
    board.chip.setNoise(probability)
    var appeared: Set<UID> = []
    for event in board.poll(isThorough ? 4_000 : 1_000).events {
      if case .appeared(let uid) = event { appeared.insert(uid) }
      if probability < 0.1 { Issue.record("\(event)") }
    }
    #expect(appeared.isSubset(of: uids))
  }

  @Test("Torn away at any bit of any answer")
  func torn() {
    for bits in 0..<40 {
      let board = Board()
      let card = VirtualCard(uid: UID("04a1b2c3d4e5f6")!.bytes)
      let uid = UID("04a1b2c3d4e5f6")!
      board.chip.place(card)
      _ = board.poll()
      board.chip.tearAway(card, afterBits: bits)
      #expect(board.poll(10).events == [.removed(uid)])
      board.chip.place(card)
      #expect(board.poll().events == [.appeared(uid)])
    }
  }

  @Test("Hung chips come back; the card that lay there all the time is not new")
  func faults() {
    let cases: [VirtualMFRC522.Fault] = [.stuck(0x00), .stuck(0xFF), .frozen]
    for fault in cases {
      let board = Board()
      let uid = UID("0102a4f3")!
      board.chip.place(VirtualCard(uid: uid.bytes))
      #expect(board.poll().events == [.appeared(uid)])
      board.chip.setFault(fault)
      let (events, faults) = board.poll(60)
      #expect(events == [], "\(fault)")
      #expect(!faults.isEmpty, "\(fault)")
      #expect(faults.allSatisfy { $0.kind == .readerHung }, "\(fault)")
      #expect(board.chip.fault == nil, "\(fault)")
      #expect(board.poll(50).faults.isEmpty)
    }
    let absent = Board()
    absent.chip.setFault(.absent(0xFF))
    #expect(absent.poll(50).faults.map(\.kind) == Array(repeating: .readerMissing, count: 50))
  }

  @Test("A dip of the supply is noticed within a second")
  func brownOut() {
    for withCard in [false, true] {
      let board = Board()
      let uid = UID("0102a4f3")!
      if withCard { board.chip.place(VirtualCard(uid: uid.bytes)) }
      _ = board.poll(15)
      board.chip.brownOut()
      let (events, faults) = board.poll(11)
      #expect(events == [] && faults.count == 1)
      #expect(board.poll(50).events == [])
      #expect(board.reader.presentCards == (withCard ? [uid] : []))
    }
  }

  @Test(
    "The self-test passes on every version that the model has a reference for",
    arguments: [0x90, 0x91, 0x92, 0x88])
  func selfTest(version: UInt8) throws {
    let board = Board(version: version)
    #expect(try board.driver.selfTest() == .passed)
    #expect(board.poll().faults.isEmpty)
  }

  // MARK: Memory

  private func withCard<Result>(
    _ board: Board, _ uid: UID, _ body: (SelectedCard) throws -> Result
  ) throws -> Result {
    _ = board.poll()
    return try board.reader.withCard(uid, body)
  }

  @Test("MIFARE Classic: keys, blocks and values", arguments: ["0102a4f3", "04a1b2c3d4e5f6"], [true, false])
  func classic(text: String, airTime: Bool) throws {
    let board = Board(airTime: airTime)
    let uid = UID(text)!
    board.chip.place(VirtualCard(uid: uid.bytes, product: .classic1K))
    let data: [UInt8] = (0..<16).map { $0 * 3 }
    try withCard(board, uid) { card in
      #expect(card.selectAcknowledge == 0x08)
      let memory = MIFAREClassic(chip: board.driver, card: card)
      try memory.authenticate(block: 4, key: .delivered)
      try memory.write(block: 4, data)
      #expect(try memory.read(block: 4) == data)
      try memory.write(value: 1000, block: 5)
      try memory.increment(block: 5, by: 30)
      try memory.transfer(to: 5)
      #expect(try memory.value(block: 5) == 1030)
      try memory.decrement(block: 5, by: 2000)
      try memory.transfer(to: 6)
      #expect(try memory.value(block: 6) == -970)
      try memory.restore(block: 5)
      try memory.transfer(to: 6)
      #expect(try memory.value(block: 6) == 1030)
      // Another sector needs its own key.
      try memory.authenticate(block: 8, key: .delivered)
      #expect(try memory.read(block: 8) == Array(repeating: 0, count: 16))
      // As delivered, key B can be read, and then opens nothing (MF1S50 data sheet 8.7.2).
      try memory.authenticate(block: 12, key: .delivered, as: .b)
    }
    // The talk has ended: the card goes on being seen, and nothing has appeared or gone.
    #expect(board.poll(20).events == [])
    #expect(board.reader.presentCards == [uid])

    func refusal(_ body: (MIFAREClassic) throws(RC522Error) -> Void) -> RC522Error.Kind? {
      do {
        try withCard(board, uid) { card in
          try body(MIFAREClassic(chip: board.driver, card: card))
        }
        return nil
      } catch {
        return (error as? RC522Error)?.kind
      }
    }
    let wrong = MIFAREClassic.Key([1, 2, 3, 4, 5, 6])!
    #expect(
      refusal { memory throws(RC522Error) in try memory.authenticate(block: 4, key: wrong) } == .refused)
    #expect(refusal { memory throws(RC522Error) in _ = try memory.read(block: 4) } != nil)
    #expect(
      refusal { memory throws(RC522Error) in
        try memory.authenticate(block: 4, key: .delivered)
        try memory.increment(block: 4, by: 1)
      } == .refused)
    for block in [UInt8(0), 3, 7, 143] {
      #expect(
        refusal { memory throws(RC522Error) in try memory.write(block: block, data) } == .invalidRequest)
    }
    #expect(refusal { memory throws(RC522Error) in try memory.write(block: 4, [1]) } == .invalidRequest)
    #expect(
      refusal { memory throws(RC522Error) in try memory.increment(block: 5, by: .max) } == .invalidRequest)
    #expect(board.poll(20).events == [])
    #expect(board.reader.presentCards == [uid])
  }

  @Test("NTAG: version, pages, password", arguments: [true, false])
  func ntag(airTime: Bool) throws {
    let board = Board(airTime: airTime)
    let uid = UID("04a1b2c3d4e5f6")!
    let card = VirtualCard(uid: uid.bytes, product: .ntag213)
    board.chip.place(card)
    try withCard(board, uid) { card in
      let memory = Ultralight(chip: board.driver, card: card)
      #expect(try memory.version().prefix(3) == [0x00, 0x04, 0x04])
      #expect(try memory.read(page: 0).prefix(3) == uid.bytes.prefix(3))
      try memory.write(page: 6, [1, 2, 3, 4])
      #expect(try memory.read(page: 5)[4..<8] == [1, 2, 3, 4])
      // Password, acknowledge, then protection from page 5 on (CFG0.AUTH0).
      try memory.write(page: 43, [9, 8, 7, 6])
      try memory.write(page: 44, [0xAB, 0xCD, 0, 0])
      try memory.write(page: 41, [0x04, 0, 0, 5])
    }
    #expect(board.poll(10).events == [])
    // Without a new start of the card the protection may not hold yet.
    board.chip.remove(card)
    #expect(board.poll(10).events == [.removed(uid)])
    board.chip.place(card)
    _ = board.poll()
    func kind(_ body: (Ultralight) throws(RC522Error) -> Void) -> RC522Error.Kind? {
      do {
        try withCard(board, uid) { card in
          try body(Ultralight(chip: board.driver, card: card))
        }
        return nil
      } catch {
        return (error as? RC522Error)?.kind
      }
    }
    #expect(kind { memory throws(RC522Error) in try memory.write(page: 6, [0, 0, 0, 0]) } == .refused)
    #expect(
      kind { memory throws(RC522Error) in _ = try memory.authenticate(password: [1, 1, 1, 1]) } == .refused)
    var acknowledge: [UInt8] = []
    #expect(
      kind { memory throws(RC522Error) in
        acknowledge = try memory.authenticate(password: [9, 8, 7, 6])
        try memory.write(page: 6, [0, 0, 0, 0])
      } == nil)
    #expect(acknowledge == [0xAB, 0xCD])
    #expect(kind { memory throws(RC522Error) in try memory.write(page: 2, [0, 0, 0, 0]) } == .invalidRequest)
    #expect(kind { memory throws(RC522Error) in try memory.write(page: 6, [0]) } == .invalidRequest)
    #expect(
      kind { memory throws(RC522Error) in _ = try memory.authenticate(password: []) } == .invalidRequest)
  }

  @Test("A card that is not there, and one that leaves while it is written")
  func leaving() {
    let board = Board()
    let uid = UID("0102a4f3")!
    _ = board.poll()
    #expect(throws: RC522Error.self) { try board.reader.withCard(uid) { _ in } }
    let card = VirtualCard(uid: uid.bytes)
    board.chip.place(card)
    #expect(throws: RC522Error.self) {
      try withCard(board, uid) { selected in
        let memory = MIFAREClassic(chip: board.driver, card: selected)
        try memory.authenticate(block: 4, key: .delivered)
        board.chip.remove(card)
        try memory.write(block: 4, Array(repeating: 1, count: 16))
      }
    }
    #expect(board.poll(10).events == [.removed(uid)])
    board.chip.place(card)
    #expect(board.poll().events == [.appeared(uid)])
  }
}
