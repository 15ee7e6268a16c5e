import PiHAL
import Testing
import VirtualPi

@Suite struct CardMemoryTests {
  let clock = VirtualClock()
  let chip: VirtualMFRC522
  let raw: RawReader

  init() throws {
    chip = VirtualMFRC522(clock: clock)
    raw = RawReader(chip)
    try raw.prepare()
  }

  private static let factoryKey = [UInt8](repeating: 0xFF, count: 6)

  private func select(_ card: VirtualCard) throws {
    if !chip.cards.contains(card) { chip.place(card) }
    #expect(try raw.request(0x52) != nil)
    #expect(try raw.select() != nil)
  }

  private func authenticate(
    _ card: VirtualCard, block: UInt8, keyB: Bool = false, key: [UInt8] = factoryKey
  ) throws -> Bool {
    try raw.write(0x01, 0x00)
    try raw.write(0x04, 0x7F)
    try raw.write(0x0A, 0x80)
    for byte in [keyB ? 0x61 : 0x60, block] + key + card.uid.suffix(4) { try raw.write(0x09, byte) }
    try raw.write(0x01, 0x0E)
    let irq = try raw.read(0x04)
    let isOn = try raw.read(0x08) & 0x08 != 0
    #expect(isOn == (irq & 0x10 != 0), "IdleIRq and Crypto1On belong together")
    #expect(isOn || irq & 0x01 != 0, "a refusal is silence, which the timer ends")
    return isOn
  }

  private func stopCrypto() throws { try raw.write(0x08, 0x00) }

  private let acknowledge = RawReader.Answer(bytes: [0x0A], lastBits: 4, coll: 0xA0)

  @Test(arguments: [[0xDE, 0xAD, 0xBE, 0xEF], [4, 1, 2, 3, 4, 5, 6]] as [[UInt8]])
  func classicBlocksAreWrittenAndRead(uid: [UInt8]) throws {
    let card = VirtualCard(uid: uid)
    try select(card)
    #expect(try authenticate(card, block: 4))
    #expect(try raw.send([0xA0, 5]) == acknowledge)
    #expect(try raw.send(Array(1...16)) == acknowledge)
    #expect(try raw.send([0x30, 5])?.bytes == RawReader.checked(Array(1...16)))
    #expect(Array(card.memory[80..<96]) == Array(1...16))
    let otherSector = try raw.send([0x30, 8])
    #expect(otherSector?.bytes == [0x04], "another sector needs its own authentication")
    #expect(otherSector?.lastBits == 4)
  }

  @Test func wrongKeyOrUIDIsMetWithSilence() throws {
    let card = VirtualCard(uid: [1, 2, 3, 4])
    try select(card)
    #expect(try !authenticate(card, block: 4, key: [0, 1, 2, 3, 4, 5]))
    #expect(card.state == .idle)
    try select(card)
    #expect(try !authenticate(VirtualCard(uid: [1, 2, 3, 5]), block: 4))
  }

  @Test func keyBThatCanBeReadOpensNothing() throws {
    let card = VirtualCard(uid: [1, 2, 3, 4])
    try select(card)
    #expect(try authenticate(card, block: 4, keyB: true))
    #expect(try raw.send([0x30, 4])?.bytes == [0x04])
  }

  @Test func cryptoMustBeStoppedBeforeTheNextCard() throws {
    let card = VirtualCard(uid: [1, 2, 3, 4])
    try select(card)
    #expect(try authenticate(card, block: 4))
    chip.remove(card)
    let next = VirtualCard(uid: [5, 6, 7, 8])
    chip.place(next)
    #expect(try raw.request() == nil, "what Crypto1 encrypts is noise to a fresh card")
    try stopCrypto()
    #expect(try raw.request() != nil)
  }

  @Test func classicValuesAreCounted() throws {
    let card = VirtualCard(uid: [1, 2, 3, 4])
    try select(card)
    #expect(try authenticate(card, block: 8))
    #expect(try raw.send([0xC1, 8])?.bytes == [0x04], "no value block yet")
    try stopCrypto()
    try select(card)
    #expect(try authenticate(card, block: 8))
    // 1000 = 0x3E8, three times, once inverted; address 8.
    let value: [UInt8] = [0xE8, 3, 0, 0, 0x17, 0xFC, 0xFF, 0xFF, 0xE8, 3, 0, 0, 8, 0xF7, 8, 0xF7]
    _ = try raw.send([0xA0, 8])
    #expect(try raw.send(value) == acknowledge)
    #expect(try raw.send([0xC0, 8]) == acknowledge)
    #expect(try raw.send([250, 0, 0, 0]) == nil, "a value operation that went well is silent")
    #expect(try raw.send([0xB0, 9]) == acknowledge)
    // 750 = 0x2EE.
    let expected: [UInt8] = [0xEE, 2, 0, 0, 0x11, 0xFD, 0xFF, 0xFF, 0xEE, 2, 0, 0, 8, 0xF7, 8, 0xF7]
    #expect(Array(card.memory[144..<160]) == expected)
    #expect(Array(card.memory[128..<144]) == value)
  }

  @Test func classicAccessConditionsHold() throws {
    let card = VirtualCard(uid: [1, 2, 3, 4])
    // Blocks 0 to 2 of sector 1: 100, read with either key, written with B. Trailer: 011, keys by B.
    var memory = card.memory
    let keyB: [UInt8] = [6, 5, 4, 3, 2, 1]
    memory.replaceSubrange(7 * 16..<8 * 16, with: Self.factoryKey + [0x78, 0x77, 0x88, 0x69] + keyB)
    card.memory = memory
    try select(card)
    #expect(try authenticate(card, block: 4))
    #expect(try raw.send([0x30, 4])?.bytes.count == 18)
    let trailer = try #require(try raw.send([0x30, 7])?.bytes)
    #expect(Array(trailer.prefix(6)) == [0, 0, 0, 0, 0, 0])
    #expect(Array(trailer[10..<16]) == [0, 0, 0, 0, 0, 0])
    #expect(try raw.send([0xA0, 4])?.bytes == [0x04])
    try stopCrypto()
    try select(card)
    #expect(try authenticate(card, block: 4, keyB: true, key: keyB))
    #expect(try raw.send([0xA0, 4]) == acknowledge)
  }

  @Test func ultralightReadsRollOver() throws {
    let card = VirtualCard(uid: [4, 1, 2, 3, 4, 5, 6], product: .ultralight)
    try select(card)
    #expect(try raw.send([0xA2, 15, 1, 2, 3, 4]) == acknowledge)
    let pages = try #require(try raw.send([0x30, 15])?.bytes)
    #expect(Array(pages.prefix(4)) == [1, 2, 3, 4])
    #expect(Array(pages[4..<8]) == [4, 1, 2, 0x88 ^ 4 ^ 1 ^ 2])
    let refused = try raw.send([0x30, 16])
    #expect(refused == RawReader.Answer(bytes: [0x00], lastBits: 4, coll: 0xA0))
  }

  @Test func lockBitsOnlyClose() throws {
    let card = VirtualCard(uid: [4, 1, 2, 3, 4, 5, 6], product: .ultralight)
    try select(card)
    #expect(try raw.send([0xA2, 2, 0, 0, 0x10, 0x00]) == acknowledge)
    #expect(try raw.send([0xA2, 2, 0, 0, 0x00, 0x00]) == acknowledge)
    #expect(try raw.send([0xA2, 5, 1, 1, 1, 1]) == acknowledge)
    #expect(try raw.send([0xA2, 4, 1, 1, 1, 1])?.bytes == [0x00], "page 4 is locked")
  }

  @Test(arguments: [(.ntag213, 41), (.ntag215, 131), (.ntag216, 227)] as [(VirtualCard.Product, UInt8)])
  func passwordProtectsPages(product: VirtualCard.Product, configuration: UInt8) throws {
    let card = VirtualCard(uid: [4, 1, 2, 3, 4, 5, 6], product: product)
    try select(card)
    #expect(try raw.send([0xA2, configuration + 2, 9, 8, 7, 6]) == acknowledge)
    #expect(try raw.send([0xA2, configuration + 3, 0xAB, 0xCD, 0, 0]) == acknowledge)
    #expect(try raw.send([0xA2, configuration + 1, 0x80, 0, 0, 0]) == acknowledge)
    #expect(try raw.send([0xA2, configuration, 4, 0, 0, 10]) == acknowledge)
    #expect(try raw.send([0x30, 9])?.bytes.count == 18, "the protection begins at page 10")
    #expect(try raw.send([0x30, 10])?.bytes == [0x00])
    try select(card)
    #expect(try raw.send([0x1B, 1, 1, 1, 1])?.bytes == [0x00])
    try select(card)
    #expect(try raw.send([0x1B, 9, 8, 7, 6])?.bytes == RawReader.checked([0xAB, 0xCD]))
    #expect(try raw.send([0xA2, 10, 1, 2, 3, 4]) == acknowledge)
    #expect(try raw.send([0x30, 10])?.bytes.prefix(4) == [1, 2, 3, 4])
    #expect(try raw.send([0x30, configuration + 2])?.bytes.prefix(8) == [0, 0, 0, 0, 0, 0, 0, 0])
    #expect(try raw.send([0x60])?.bytes.count == 10)
    #expect(try raw.send([0x3A, 4, 9])?.bytes.count == 26)
  }

  @Test func damagedCommandIsRefused() throws {
    let card = VirtualCard(uid: [4, 1, 2, 3, 4, 5, 6], product: .ntag213)
    try select(card)
    #expect(try raw.exchange([0x30, 0x04, 0x00, 0x00])?.bytes == [0x01])
    #expect(card.state == .idle)
  }

  @Test func whatWasWrittenStaysOnTheCard() throws {
    let card = VirtualCard(uid: [4, 1, 2, 3, 4, 5, 6], product: .ntag213)
    try select(card)
    _ = try raw.send([0xA2, 6, 1, 2, 3, 4])
    chip.remove(card)
    try select(card)
    #expect(try raw.send([0x30, 6])?.bytes.prefix(4) == [1, 2, 3, 4])
  }
}
