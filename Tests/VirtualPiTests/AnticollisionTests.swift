import PiHAL
import Testing
import VirtualPi

@Suite struct AnticollisionTests {
  let clock = VirtualClock()

  private func reader(
    _ cards: [VirtualCard], numbering: VirtualMFRC522.CollisionNumbering = .alignedFrame
  ) throws -> (VirtualMFRC522, RawReader) {
    let chip = VirtualMFRC522(clock: clock, collisionNumbering: numbering)
    let raw = RawReader(chip)
    try raw.prepare()
    for card in cards { chip.place(card) }
    return (chip, raw)
  }

  @Test func emptyFieldIsSilent() throws {
    let (_, raw) = try reader([])
    #expect(try raw.request() == nil)
    #expect(try raw.read(0x04) & 0x01 == 1, "the timer must have run out")
  }

  @Test(
    arguments: [
      ([0xDE, 0xAD, 0xBE, 0xEF], VirtualCard.Product.classic1K, [0x04, 0x00], 0x08),
      ([0x04, 1, 2, 3, 4, 5, 6], .ntag215, [0x44, 0x00], 0x00),
      ([0x04, 1, 2, 3, 4, 5, 6], .classic1K, [0x44, 0x00], 0x08),
      ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], .classic1K, [0x84, 0x00], 0x08),
    ] as [([UInt8], VirtualCard.Product, [UInt8], UInt8)])
  func everyUIDSizeIsSelected(uid: [UInt8], product: VirtualCard.Product, atqa: [UInt8], sak: UInt8) throws {
    let card = VirtualCard(uid: uid, product: product)
    let (_, raw) = try reader([card])
    #expect(try raw.request() == atqa)
    let selected = try #require(try raw.select())
    #expect(selected.uid == uid)
    #expect(selected.sak == sak)
    #expect(card.state == .active(afterHalt: false))
  }

  @Test func requestTogglesAndHaltNeedsWakeUp() throws {
    let card = VirtualCard(uid: [1, 2, 3, 4])
    let (chip, raw) = try reader([card])
    #expect(try raw.request() != nil)
    #expect(try raw.request() == nil, "REQA in READY sends the card back to IDLE")
    #expect(try raw.request() != nil)
    #expect(try raw.select() != nil)
    #expect(try raw.send([0x50, 0x00]) == nil)
    #expect(card.state == .halt)
    #expect(try raw.request() == nil)
    #expect(try raw.request(0x52) == [0x04, 0x00])
    #expect(card.state == .ready(level: 1, afterHalt: true))
    #expect(try raw.request(0x52) == nil)
    #expect(card.state == .halt)
    chip.remove(card)
    #expect(card.state == .powerOff)
    chip.place(card)
    #expect(card.state == .idle)
  }

  @Test func antennaOffPowersCardsDown() throws {
    let card = VirtualCard(uid: [1, 2, 3, 4])
    let (_, raw) = try reader([card])
    #expect(card.state == .idle)
    try raw.write(0x14, 0x80)
    #expect(card.state == .powerOff)
    #expect(try raw.request() == nil)
    try raw.write(0x14, 0x83)
    #expect(try raw.request() != nil)
  }

  @Test func firstCollisionIsReportedWhereCardsDiffer() throws {
    // 0x0F and 0x2F differ in bit 5, the sixth bit on the air.
    let (_, raw) = try reader([VirtualCard(uid: [0x0F, 1, 2, 3]), VirtualCard(uid: [0x2F, 1, 2, 3])])
    #expect(try raw.request() == [0x04, 0x00])
    try raw.write(0x0E, 0x00)
    let answer = try #require(try raw.exchange([0x93, 0x20]))
    #expect(answer.errors & 0x08 != 0)
    #expect(answer.coll == 6)
    #expect(answer.bytes[0] & 0x1F == 0x0F)
    #expect(answer.bytes.dropFirst().allSatisfy { $0 == 0 }, "bits after the collision are cleared")
  }

  @Test func valuesAfterCollisionAreTheSuperposition() throws {
    let (_, raw) = try reader([VirtualCard(uid: [0x0F, 1, 2, 3]), VirtualCard(uid: [0x2F, 4, 2, 3])])
    _ = try raw.request()
    let answer = try #require(try raw.exchange([0x93, 0x20]))
    #expect(answer.bytes.prefix(4) == [0x2F, 5, 2, 3])
  }

  /// The walk of ISO/IEC 14443-3, 6.5.3.1, over a field of cards: each is found, selected and halted.
  @Test(arguments: VirtualMFRC522.CollisionNumbering.allCases)
  func everyCardOfManyIsFound(numbering: VirtualMFRC522.CollisionNumbering) throws {
    var random = SeededRandom(seed: 7)
    let cards = (0..<12).map { index in
      let first = UInt8(index) << 4 | 0x01
      return VirtualCard(uid: [first] + (0..<3).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
    let (_, raw) = try reader(cards, numbering: numbering)
    try raw.write(0x0E, 0x00)
    var found: Set<[UInt8]> = []
    while try raw.request() != nil {
      let uid = try #require(try walk(raw, numbering))
      found.insert(uid)
      _ = try raw.send([0x50, 0x00])
    }
    #expect(found == Set(cards.map(\.uid)))
  }

  private func walk(_ raw: RawReader, _ numbering: VirtualMFRC522.CollisionNumbering) throws -> [UInt8]? {
    var known: [Bool] = []
    for _ in 0..<33 {
      let whole = known.count / 8
      let extra = known.count % 8
      var sent = [UInt8](repeating: 0, count: (known.count + 7) / 8)
      for (index, bit) in known.enumerated() where bit { sent[index / 8] |= 1 << (index % 8) }
      let answer = try raw.exchange(
        [0x93, UInt8(2 + whole) << 4 | UInt8(extra)] + sent, lastBits: UInt8(extra), align: UInt8(extra))
      guard let answer else { return nil }
      var bits = known
      for index in extra..<(answer.bytes.count * 8) {
        bits.append(answer.bytes[index / 8] >> (index % 8) & 1 == 1)
      }
      if answer.errors & 0x08 == 0 {
        let bytes = (0..<5).map { byte in
          (0..<8).reduce(UInt8(0)) { $0 | (bits[byte * 8 + $1] ? 1 << $1 : 0) }
        }
        guard bytes.reduce(0, ^) == 0, try raw.send([0x93, 0x70] + bytes) != nil else { return nil }
        return Array(bytes.prefix(4))
      }
      #expect(answer.coll & 0x20 == 0)
      let position = answer.coll & 0x1F == 0 ? 32 : Int(answer.coll & 0x1F)
      let absolute =
        switch numbering {
        case .receivedBits: known.count + position
        case .alignedFrame: whole * 8 + position
        case .wholeCascadeLevel: position
        }
      known = Array(bits.prefix(absolute - 1)) + [true]
    }
    return nil
  }

  @Test func twoSevenByteCardsOfOneMakerCollideInTheSecondLevel() throws {
    let (_, raw) = try reader([
      VirtualCard(uid: [4, 5, 6, 0x10, 1, 1, 1], product: .ntag213),
      VirtualCard(uid: [4, 5, 6, 0x11, 1, 1, 1], product: .ntag213),
    ])
    _ = try raw.request()
    let first = try #require(try raw.exchange([0x93, 0x20]))
    #expect(first.errors == 0)
    #expect(first.bytes.prefix(4) == [0x88, 4, 5, 6])
    #expect(try raw.send([0x93, 0x70] + first.bytes)?.bytes.first == 0x04)
    let second = try #require(try raw.exchange([0x95, 0x20]))
    #expect(second.errors & 0x08 != 0)
    #expect(second.coll & 0x3F == 1)
  }

  @Test func phoneMakesUpAnotherUIDEachTime() throws {
    let phone = VirtualCard.phone()
    let (chip, raw) = try reader([phone])
    _ = try raw.request()
    let first = try #require(try raw.select())
    #expect(first.uid[0] == 0x08)
    #expect(first.sak == 0x20)
    chip.remove(phone)
    chip.place(phone)
    _ = try raw.request()
    let second = try #require(try raw.select())
    #expect(second.uid[0] == 0x08)
    #expect(second.uid != first.uid)
  }

  @Test func cardTornAwayLeavesPartOfItsAnswer() throws {
    let card = VirtualCard(uid: [1, 2, 3, 4])
    let (chip, raw) = try reader([card])
    _ = try raw.request()
    chip.tearAway(card, afterBits: 19)
    let answer = try #require(try raw.exchange([0x93, 0x20]))
    #expect(answer.bytes.count == 3)
    #expect(answer.lastBits == 3)
    #expect(chip.cards.isEmpty)
  }
}
