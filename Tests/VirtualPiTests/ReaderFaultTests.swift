import PiHAL
import Testing
import VirtualPi

@Suite struct ReaderFaultTests {
  let clock = VirtualClock()
  let chip: VirtualMFRC522
  let raw: RawReader

  init() throws {
    chip = VirtualMFRC522(clock: clock)
    raw = RawReader(chip)
    try raw.prepare()
    chip.place(VirtualCard(uid: [1, 2, 3, 4]))
  }

  private func pulseReset() {
    chip.setResetPin(false)
    chip.setResetPin(true)
  }

  @Test(arguments: [0x00, 0xFF] as [UInt8])
  func absentChipReadsTheSameEverywhere(value: UInt8) throws {
    chip.setFault(.absent(value))
    #expect(try raw.device.transfer([[0xEE, 0x94, 0]])[0] == [value, value, value])
    pulseReset()
    #expect(try raw.read(0x37) == value)
    chip.repair()
    #expect(try raw.read(0x37) == 0x92)
  }

  @Test func stuckChipComesBackByItsResetPin() throws {
    chip.setFault(.stuck(0xFF))
    try raw.write(0x01, 0x0F)
    #expect(try raw.read(0x37) == 0xFF)
    pulseReset()
    #expect(try raw.read(0x37) == 0x92)
    #expect(chip.fault == nil)
  }

  @Test func frozenChipKeepsItsRegistersAndIgnoresSoftReset() throws {
    chip.setFault(.frozen)
    #expect(try raw.read(0x37) == 0x92, "a version probe alone does not notice")
    try raw.write(0x0B, 0x11)
    #expect(try raw.read(0x0B) == 0x08)
    try raw.write(0x01, 0x0F)
    #expect(try raw.read(0x14) == 0x83)
    #expect(try raw.request() == nil)
    pulseReset()
    try raw.prepare()
    #expect(try raw.request() != nil)
  }

  @Test func deafChipComesBackBySoftReset() throws {
    chip.setFault(.deaf)
    #expect(try raw.request() == nil)
    try raw.prepare()
    #expect(try raw.request() != nil)
  }

  @Test func brownOutLeavesResetValues() throws {
    _ = try raw.request()
    chip.brownOut()
    #expect(try raw.read(0x14) == 0x80)
    #expect(!chip.isFieldOn)
    #expect(chip.cards[0].state == .powerOff)
    #expect(try raw.request() == nil)
  }

  @Test func resetPinHoldsTheChip() throws {
    chip.setResetPin(false)
    #expect(try raw.read(0x37) == 0)
    #expect(chip.cards[0].state == .powerOff)
    try raw.write(0x0B, 0x11)
    chip.setResetPin(true)
    #expect(try raw.read(0x0B) == 0x08)
  }

  @Test func resetPinFollowsTheBoardsLine() throws {
    let board = VirtualBoard(clock: clock)
    chip.connectReset(to: 25, of: board)
    #expect(try raw.read(0x37) == 0x92, "the module's pull-up lets it run")
    let line = try board.output(lines: [25], initial: [true])
    #expect(try raw.read(0x14) == 0x83)
    try line.set(active: false)
    #expect(try raw.read(0x37) == 0)
    try line.set(active: true)
    #expect(try raw.read(0x37) == 0x92)
    #expect(try raw.read(0x14) == 0x80, "reset values")
  }

  @Test func transfersFailAsOftenAsAsked() throws {
    chip.failTransfers(2)
    for _ in 0..<2 {
      #expect(#expect(throws: PiHALError.self) { try raw.read(0x37) }?.kind == .disconnected)
    }
    #expect(try raw.read(0x37) == 0x92)
  }

  @Test func noiseSpoilsAsManyAnswersAsAskedAndRepeatably() throws {
    func run(seed: UInt64) throws -> [[UInt8]?] {
      let chip = VirtualMFRC522(clock: clock, seed: seed)
      let raw = RawReader(chip)
      try raw.prepare()
      chip.place(VirtualCard(uid: [1, 2, 3, 4]))
      chip.setNoise(0.3)
      return try (0..<400).map { _ in
        _ = try raw.write(0x14, 0x80)
        _ = try raw.write(0x14, 0x83)
        let answer = try raw.exchange([0x26], lastBits: 7)
        return answer.map { $0.bytes + [$0.errors] }
      }
    }
    let first = try run(seed: 3)
    let spoiled = first.count { $0 != [0x04, 0x00, 0x00] }
    #expect((80...160).contains(spoiled))
    #expect(first.contains(nil))
    #expect(first.contains { $0?.last == 0x02 }, "a parity error")
    #expect(try run(seed: 3) == first)
    #expect(try run(seed: 4) != first)
  }

  @Test func hangsComeAgainAndNoResetCuresThem() throws {
    chip.setRecurringFault(.stuck(0xFF), lasting: .milliseconds(300), pause: .seconds(7))
    for round in 0..<3 {
      #expect(try raw.read(0x37) == 0xFF, "hang \(round)")
      pulseReset()
      #expect(try raw.read(0x37) == 0xFF)
      clock.advance(by: .milliseconds(299))
      #expect(try raw.read(0x37) == 0xFF)
      clock.advance(by: .milliseconds(1))
      #expect(try raw.read(0x37) == 0x92)
      clock.advance(by: .milliseconds(6999))
      #expect(try raw.read(0x37) == 0x92)
      clock.advance(by: .milliseconds(1))
    }
    chip.repair()
    #expect(try raw.read(0x37) == 0x92)
    clock.advance(by: .seconds(70))
    #expect(try raw.read(0x37) == 0x92)
  }

  @Test func aReplacedChipIsNewAndHasTheCards() throws {
    _ = try raw.request()
    chip.setFault(.stuck(0xFF))
    chip.replaceChip(version: 0x88)
    #expect(try raw.read(0x37) == 0x88)
    #expect(try raw.read(0x14) == 0x80, "reset values")
    #expect(chip.cards.map(\.state) == [.powerOff])
    try raw.prepare()
    #expect(try raw.request() != nil)
  }

  @Test func answersGetLostAsOftenAsAskedAndTheCardDoesNotKnow() throws {
    chip.setLoss(0.4)
    var lost = 0
    for _ in 0..<400 {
      _ = try raw.write(0x14, 0x80)
      _ = try raw.write(0x14, 0x83)
      guard let answer = try raw.exchange([0x26], lastBits: 7) else {
        lost += 1
        #expect(chip.cards[0].state == .ready(level: 1, afterHalt: false))
        continue
      }
      #expect(answer.errors == 0)
    }
    #expect((130...190).contains(lost))
    chip.setLoss(0)
    _ = try raw.write(0x14, 0x80)
    _ = try raw.write(0x14, 0x83)
    #expect(try raw.request() != nil)
  }

  @Test func aBusWhoseDriverWasBoundAnewWantsToBeOpenedAgain() throws {
    chip.rebindBus()
    for _ in 0..<2 {
      #expect(#expect(throws: PiHALError.self) { try raw.read(0x37) }?.kind == .disconnected)
    }
    #expect(try RawReader(chip).read(0x37) == 0x92)
  }
}
