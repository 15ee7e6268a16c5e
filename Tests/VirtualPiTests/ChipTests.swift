import PiHAL
import Testing
import VirtualPi

/// Registers, FIFO, commands and SPI frames, as the data sheet has them.
@Suite struct ChipTests {
  let clock = VirtualClock()
  let chip: VirtualMFRC522
  let raw: RawReader

  init() {
    chip = VirtualMFRC522(clock: clock)
    raw = RawReader(chip)
  }

  @Test(
    arguments: [
      (0x01, 0x20), (0x04, 0x14), (0x07, 0x21), (0x0B, 0x08), (0x11, 0x3F), (0x14, 0x80), (0x26, 0x48),
      (0x37, 0x92),
    ] as [(UInt8, UInt8)])
  func resetValue(register: UInt8, value: UInt8) throws {
    #expect(try raw.read(register) == value)
    try raw.write(register, 0x55)
    try raw.write(0x01, 0x0F)
    #expect(try raw.read(register) == value)
  }

  @Test(arguments: [0x88, 0x91, 0xB2, 0x12] as [UInt8])
  func versionIsConfigurable(version: UInt8) throws {
    let raw = RawReader(VirtualMFRC522(clock: clock, version: version))
    #expect(try raw.read(0x37) == version)
  }

  @Test func frameReadsManyRegistersAndWritesOneOften() throws {
    // Address bytes: MSB read, then the register, then 0. What is read comes one byte later.
    _ = try raw.device.transfer([[0x09 << 1, 1, 2, 3]])
    let received = try raw.device.transfer([[0x94, 0x92, 0x92, 0xEE, 0x00]])[0]
    #expect(received == [0, 3, 1, 2, 0x92])
    #expect(try raw.read(0x0A) == 1)
  }

  @Test func transferCountsWhatABusWouldCarry() throws {
    chip.resetTraffic()
    _ = try raw.device.transfer([[0x94, 0], [0x92, 0x92, 0]])
    _ = try raw.device.transfer([[0x94, 0]])
    var expected = VirtualMFRC522.Traffic()
    expected.transfers = 2
    expected.ioctls = 2
    expected.frames = 3
    expected.bytes = 7
    #expect(chip.traffic == expected)
  }

  @Test(arguments: [(32, 2, 1), (33, 2, 2), (16, 129, 1), (17, 129, 2), (3, 4096, 3), (0, 1, 0)])
  func longCallsTakeSeveralIoctls(frames: Int, length: Int, ioctls: Int) throws {
    let frame = [UInt8](repeating: 0x80, count: length)
    _ = try raw.device.transfer(Array(repeating: frame, count: frames))
    #expect(chip.traffic.ioctls == ioctls)
  }

  @Test func emptyOrEndlessFramesAreRefused() throws {
    for frame in [[], [UInt8](repeating: 0, count: 4097)] {
      let error = #expect(throws: PiHALError.self) { try raw.device.transfer([[0x94, 0], frame]) }
      #expect(error?.kind == .invalidRequest)
    }
    #expect(chip.traffic.frames == 0)
  }

  @Test func fifoHoldsSixtyFourBytesAndSaysWhenItOverflows() throws {
    for value in 0..<64 { try raw.write(0x09, UInt8(value)) }
    #expect(try raw.read(0x0A) == 64)
    #expect(try raw.read(0x06) == 0)
    #expect(try raw.read(0x07) & 0x03 == 0x02, "HiAlert, not LoAlert")
    try raw.write(0x09, 0xAA)
    #expect(try raw.read(0x06) == 0x10)
    #expect(try raw.read(0x04) & 0x02 != 0, "ErrIRq")
    #expect(try raw.read(0x09) == 0)
    #expect(try raw.read(0x0A) == 63)
    try raw.write(0x0A, 0x80)
    #expect(try raw.read(0x0A) == 0)
    #expect(try raw.read(0x06) == 0, "flushing clears BufferOvfl")
    #expect(try raw.read(0x07) & 0x03 == 0x01)
  }

  @Test func interruptBitsAreSetAndClearedByMarking() throws {
    try raw.write(0x04, 0x7F)
    #expect(try raw.read(0x04) == 0)
    try raw.write(0x04, 0x80 | 0x21)
    #expect(try raw.read(0x04) == 0x21)
    try raw.write(0x04, 0x01)
    #expect(try raw.read(0x04) == 0x20)
    #expect(!chip.irqPinActive)
    try raw.write(0x02, 0xA0)
    #expect(chip.irqPinActive)
    #expect(try raw.read(0x07) & 0x10 != 0)
  }

  /// ISO/IEC 14443-3, annex B: CRC_A of 0x00 0x00 is 0xA0 0x1E, of 0x12 0x34 it is 0x26 0xCF.
  @Test(arguments: [([0x00, 0x00], 0xA0, 0x1E), ([0x12, 0x34], 0x26, 0xCF)] as [([UInt8], UInt8, UInt8)])
  func coprocessorComputesCRCA(bytes: [UInt8], low: UInt8, high: UInt8) throws {
    try raw.write(0x11, 0x3D)
    try raw.write(0x05, 0x04)
    for byte in bytes { try raw.write(0x09, byte) }
    try raw.write(0x01, 0x03)
    #expect(try raw.read(0x05) & 0x04 != 0)
    #expect(try raw.read(0x22) == low)
    #expect(try raw.read(0x21) == high)
    #expect(try raw.read(0x01) & 0x0F == 0x03, "CalcCRC ends only when it is told to")
    try raw.write(0x01, 0x00)
    #expect(try raw.read(0x0A) == 0)
    #expect(RawReader.checked(bytes) == bytes + [low, high])
  }

  @Test func internalBufferComesAndGoes() throws {
    for value in 1...25 { try raw.write(0x09, UInt8(value)) }
    try raw.write(0x01, 0x01)
    #expect(try raw.read(0x0A) == 0)
    #expect(try raw.read(0x04) & 0x10 != 0, "IdleIRq")
    #expect(try raw.read(0x01) & 0x0F == 0)
    try raw.write(0x01, 0x02)
    try raw.write(0x01, 0x01)
    #expect(try raw.read(0x0A) == 25)
    let content = try raw.device.transfer([[UInt8](repeating: 0x92, count: 25) + [0]])[0].dropFirst()
    #expect(Array(content.suffix(15)) == Array(11...25))
    #expect(Array(content.prefix(10)) != Array(1...10), "GenerateRandomID replaces ten bytes")
  }

  @Test(arguments: [(0x91, 0xC6, 0x79), (0x92, 0xEB, 0x2F), (0x88, 0xD6, 0x62)] as [(UInt8, UInt8, UInt8)])
  func selfTestGivesTheVersionsBytes(version: UInt8, second: UInt8, last: UInt8) throws {
    let raw = RawReader(VirtualMFRC522(clock: clock, version: version))
    try raw.write(0x01, 0x0F)
    for _ in 0..<25 { try raw.write(0x09, 0) }
    try raw.write(0x01, 0x01)
    try raw.write(0x36, 0x09)
    try raw.write(0x09, 0x00)
    try raw.write(0x01, 0x03)
    #expect(try raw.read(0x0A) == 64)
    let content = try raw.device.transfer([[UInt8](repeating: 0x92, count: 64) + [0]])[0].dropFirst()
    #expect(content.first == 0)
    #expect(content.dropFirst().first == second)
    #expect(content.last == last)
  }

  @Test func unknownCommandEndsAtOnce() throws {
    try raw.write(0x04, 0x7F)
    try raw.write(0x01, 0x0A)
    #expect(try raw.read(0x04) & 0x10 != 0)
    #expect(try raw.read(0x01) & 0x0F == 0)
  }

  @Test func cryptoCannotBeSwitchedOnByWriting() throws {
    try raw.write(0x08, 0x08)
    #expect(try raw.read(0x08) & 0x08 == 0)
  }

  @Test func timerRunsOnTheClock() throws {
    // (2 × 169 + 1) × (1000 + 1) periods of 13.56 MHz are 25.025 ms.
    try raw.write(0x2A, 0x00)
    try raw.write(0x2B, 0xA9)
    try raw.write(0x2C, 0x03)
    try raw.write(0x2D, 0xE8)
    try raw.write(0x04, 0x7F)
    try raw.write(0x0C, 0x40)
    #expect(try raw.read(0x07) & 0x08 != 0, "TRunning")
    clock.advance(by: .milliseconds(25))
    #expect(try raw.read(0x04) & 0x01 == 0)
    #expect(try raw.read(0x2F) <= 1, "TCounterVal has nearly run down")
    clock.advance(by: .microseconds(30))
    #expect(try raw.read(0x04) & 0x01 != 0)
    #expect(try raw.read(0x07) & 0x08 == 0)
    try raw.write(0x04, 0x7F)
    try raw.write(0x0C, 0x40)
    try raw.write(0x0C, 0x80)
    clock.advance(by: .seconds(1))
    #expect(try raw.read(0x04) & 0x01 == 0, "TStopNow")
  }

  @Test func framesTakeTheirTimeOnTheAir() throws {
    let chip = VirtualMFRC522(clock: clock, airTime: true)
    let raw = RawReader(chip)
    try raw.prepare()
    chip.place(VirtualCard(uid: [1, 2, 3, 4]))
    try raw.write(0x04, 0x7F)
    try raw.write(0x09, 0x26)
    try raw.write(0x01, 0x0C)
    try raw.write(0x0D, 0x87)
    #expect(try raw.read(0x04) & 0x60 == 0)
    // Start, 7 bits, end: 9 × 9.44 µs.
    clock.advance(by: .microseconds(90))
    #expect(try raw.read(0x04) & 0x60 == 0x40, "sent, not yet answered")
    // The frame delay of 86 µs and 20 bits.
    clock.advance(by: .microseconds(250))
    #expect(try raw.read(0x04) & 0x60 == 0x40)
    clock.advance(by: .microseconds(40))
    #expect(try raw.read(0x04) & 0x61 == 0x60)
    clock.advance(by: .milliseconds(100))
    #expect(try raw.read(0x04) & 0x01 == 0, "the answer has stopped the timer")
    #expect(try raw.read(0x0A) == 2)
  }

  @Test func silenceTakesTheTimersTimeOnTheAir() throws {
    let chip = VirtualMFRC522(clock: clock, airTime: true)
    let raw = RawReader(chip)
    try raw.prepare()
    #expect(try raw.request() == nil)
    clock.advance(by: .milliseconds(25))
    #expect(try raw.read(0x04) & 0x01 == 0)
    clock.advance(by: .microseconds(150))
    #expect(try raw.read(0x04) & 0x01 != 0)
  }

  @Test func cardTakenWhileItSpeaksIsCutOff() throws {
    let chip = VirtualMFRC522(clock: clock, airTime: true)
    let raw = RawReader(chip)
    try raw.prepare()
    let card = VirtualCard(uid: [1, 2, 3, 4])
    chip.place(card)
    #expect(try raw.request() == nil)
    clock.advance(by: .milliseconds(1))
    #expect(try raw.exchange([0x93, 0x20]) == nil)
    // 20 bits out, the frame delay, and a good part of the 47 bits of the answer.
    clock.advance(by: .microseconds(190 + 87 + 200))
    chip.remove(card)
    clock.advance(by: .milliseconds(1))
    #expect(try raw.read(0x04) & 0x20 != 0)
    let count = try raw.read(0x0A)
    #expect((1...4).contains(count))
  }

  @Test func cardsNeedFullModulation() throws {
    try raw.prepare()
    chip.place(VirtualCard(uid: [1, 2, 3, 4]))
    try raw.write(0x15, 0x00)
    #expect(try raw.request() == nil)
    try raw.write(0x15, 0x40)
    #expect(try raw.request() != nil)
  }

  @Test func distantCardNeedsMoreGain() throws {
    try raw.prepare()
    chip.place(VirtualCard(uid: [1, 2, 3, 4]), gainNeeded: 43)
    #expect(try raw.request() == nil)
    try raw.write(0x26, 0x70)
    #expect(try raw.request(0x52) == nil, "the card had heard the request, and is in READY")
    #expect(try raw.request(0x52) != nil)
  }

  /// Whatever a lost or lying program sends, the chip keeps to what a chip can hold.
  @Test(arguments: [false, true])
  func anyBytesAreSurvived(airTime: Bool) throws {
    var random = SeededRandom(seed: 99)
    let chip = VirtualMFRC522(clock: clock, airTime: airTime, seed: 5)
    let raw = RawReader(chip)
    let cards = [
      VirtualCard(uid: [1, 2, 3, 4]), VirtualCard(uid: [4, 1, 2, 3, 4, 5, 6], product: .ntag213),
      VirtualCard.phone(),
    ]
    chip.setNoise(0.2)
    try raw.prepare()
    for round in 0..<20_000 {
      // Often the registers that start something, so that cards are really spoken to.
      let address =
        [0x01, 0x09, 0x0A, 0x0D, UInt8.random(in: 0...63, using: &random)].randomElement(using: &random) ?? 0
      let isRead = Bool.random(using: &random)
      let rest = (0..<Int.random(in: 0...20, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let frame = [address << 1 | (isRead ? 0x80 : 0)] + rest
      #expect(try raw.device.transfer([frame])[0].count == frame.count)
      clock.advance(by: .microseconds(Int.random(in: 0...300, using: &random)))
      if round.isMultiple(of: 7), let card = cards.randomElement(using: &random) {
        Bool.random(using: &random) ? chip.place(card) : chip.remove(card)
      }
      if round.isMultiple(of: 101) { try raw.prepare() }
    }
    #expect(try raw.read(0x0A) <= 64)
    chip.setNoise(0)
    for card in chip.cards { chip.remove(card) }
    chip.setResetPin(false)
    chip.setResetPin(true)
    let survivor = RawReader(chip)
    try survivor.prepare()
    chip.place(cards[0])
    let answer = try survivor.request()
    clock.advance(by: .milliseconds(1))
    #expect(try answer != nil || survivor.read(0x04) & 0x20 != 0)
  }

  @Test func chipAddsAndChecksTheCRC() throws {
    try raw.prepare()
    chip.place(VirtualCard(uid: [1, 2, 3, 4]))
    _ = try raw.request()
    try raw.write(0x12, 0x80)
    try raw.write(0x13, 0x80)
    let answer = try #require(try raw.exchange([0x93, 0x70, 1, 2, 3, 4, 4]))
    #expect(answer == RawReader.Answer(bytes: [0x08], coll: 0xA0))
  }
}
