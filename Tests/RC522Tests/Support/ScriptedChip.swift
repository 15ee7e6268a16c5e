import PiHAL

@testable import RC522

/// As much of an MFRC522 as the data sheet promises and this driver uses, with cards in its field. An answer
/// is there only when its air time has passed on the clock.
final class ScriptedChip: SPIDevice {
  /// From where `CollPos` counts when an answer does not start at the first bit of the UID. The data sheet can
  /// be read in each of these ways.
  enum CollisionCount: CaseIterable { case receivedBits, alignedByte, wholeUID }

  let clock: ManualClock
  var cards: [ScriptedCard] = []
  var collisionCount = CollisionCount.receivedBits
  /// What the bit is in which cards collide.
  var collidedBit = false
  var version: UInt8 = 0x92

  /// Calls of `transfer`, which are ioctls on Linux.
  private(set) var calls = 0
  private(set) var resets = 0

  // Faults.
  var isDead: UInt8?
  var isHung = false
  var isUnplugged = false
  /// Whether answers arrive with a parity error, also where there is no answer.
  var isNoisy = false
  /// A place in the self-test's output that is wrong.
  var brokenSelfTestByte: Int?
  /// Changes each byte that is read.
  var garble: ((UInt8) -> UInt8)?

  private var registers = [UInt8](repeating: 0, count: 64)
  private var fifo: [UInt8] = []
  private var pending: (due: MonotonicInstant, apply: (ScriptedChip) -> Void)?

  init(clock: ManualClock) {
    self.clock = clock
    brownOut()
  }

  /// Loses everything, as at power-on (9.2: reset values).
  func brownOut() {
    registers = [UInt8](repeating: 0, count: 64)
    registers[Int(Register.command.rawValue)] = 0x20
    registers[Int(Register.comIrq.rawValue)] = 0x14
    registers[Int(Register.coll.rawValue)] = 0xA0
    registers[Int(Register.txControl.rawValue)] = 0x80
    registers[Int(Register.rfCfg.rawValue)] = 0x48
    fifo = []
    pending = nil
    for card in cards { card.powerOff() }
    resets += 1
  }

  private subscript(_ register: Register) -> UInt8 {
    get { registers[Int(register.rawValue)] }
    set { registers[Int(register.rawValue)] = newValue }
  }

  func transfer(_ frames: [[UInt8]]) throws(PiHALError) -> [[UInt8]] {
    calls += 1
    if isUnplugged { throw PiHALError(.disconnected, place: "scripted chip", problem: "is unplugged") }
    return frames.map { frame in
      precondition(!frame.isEmpty, "an empty frame")
      settle()
      if let isDead { return frame.map { _ in isDead } }
      return serve(frame).map { garble?($0) ?? $0 }
    }
  }

  private func settle() {
    if let pending, clock.now >= pending.due, !isHung {
      self.pending = nil
      pending.apply(self)
    }
  }

  private func serve(_ frame: [UInt8]) -> [UInt8] {
    precondition(frame[0] & 1 == 0, "bit 0 of an address is zero")
    if frame[0] & 0x80 == 0 {
      for value in frame.dropFirst() { write(frame[0] >> 1 & 0x3F, value) }
      return frame.map { _ in 0 }
    }
    return [0] + frame.dropLast().map { read($0 >> 1 & 0x3F) }
  }

  private func read(_ address: UInt8) -> UInt8 {
    switch Register(rawValue: address) {
    case .fifoData: fifo.isEmpty ? 0 : fifo.removeFirst()
    case .fifoLevel: UInt8(fifo.count)
    case .version: version
    default: registers[Int(address)]
    }
  }

  private func write(_ address: UInt8, _ value: UInt8) {
    switch Register(rawValue: address) {
    case .fifoData:
      if fifo.count < 64 { fifo.append(value) } else { self[.error] |= 0x80 }
    case .fifoLevel:
      if value & 0x80 != 0 { fifo = [] }
    case .comIrq:
      if value & 0x80 == 0 { self[.comIrq] &= ~value } else { self[.comIrq] |= value & 0x7F }
    case .command:
      pending = nil
      self[.command] = value & 0x0F
      if value & 0x0F == Command.softReset.rawValue {
        if !isHung { brownOut() }
      } else if value & 0x0F == Command.calcCRC.rawValue, self[.autoTest] == 0x09 {
        fifo = selfTestReferences[version] ?? Array(repeating: 7, count: 64)
        if let brokenSelfTestByte { fifo[brokenSelfTestByte] ^= 0x10 }
      }
    case .bitFraming:
      self[.bitFraming] = value & 0x7F
      if value & 0x80 != 0, self[.command] == Command.transceive.rawValue { transceive() }
    case .txControl:
      self[.txControl] = value
      if value & 3 != 3 { for card in cards { card.powerOff() } }
    case .version, nil: break
    default: registers[Int(address)] = value
    }
  }

  private static let bit = Duration.nanoseconds(9_440)

  private func transceive() {
    let lastBits = Int(self[.bitFraming] & 7)
    let align = Int(self[.bitFraming] >> 4 & 7)
    var sent = bits(of: fifo)
    if lastBits > 0 { sent.removeLast(8 - lastBits) }
    fifo = []
    self[.error] = 0
    let sentAt = clock.now.advanced(by: Self.bit * (sent.count * 9 / 8 + 2))
    let isPowered = self[.txControl] & 3 == 3
    let answers = isPowered ? cards.compactMap { $0.hear(sent) } : []
    if isNoisy {
      finish(at: sentAt.advanced(by: Self.bit * 20), events: .received, errors: .parity, fifo: [0x55])
    } else if let longest = answers.map(\.count).max(), longest > 0 {
      receive(answers, bits: longest, align: align, from: sentAt, known: max(0, sent.count - 16))
    } else if self[.tMode] & 0x80 != 0 {
      let prescaler = Int(self[.tMode] & 0x0F) << 8 | Int(self[.tPrescaler])
      let reload = Int(self[.tReloadHigh]) << 8 | Int(self[.tReloadLow])
      let timeout = Duration.nanoseconds(Int64((2 * prescaler + 1) * (reload + 1)) * 1_000_000 / 13_560)
      finish(at: sentAt.advanced(by: timeout), events: .timer)
    }
  }

  private func receive(
    _ answers: [[Bool]], bits count: Int, align: Int, from sentAt: MonotonicInstant, known: Int
  ) {
    // A carrier with other subcarrier halves in the same bit; a card that has ended adds nothing.
    var received: [Bool] = []
    var collision: Int?
    for index in 0..<count {
      let values = Set(answers.filter { index < $0.count }.map { $0[index] })
      if values.count > 1 && collision == nil { collision = index }
      received.append(collision == index ? collidedBit : values.contains(true))
    }
    if let collision, self[.coll] & 0x80 == 0 {
      for index in received.indices where index > collision { received[index] = false }
    }
    var errors: ErrorFlags = []
    if let collision {
      errors.insert(.collision)
      let start =
        switch collisionCount {
        case .receivedBits: 0
        case .alignedByte: align
        case .wholeUID: known
        }
      let position = start + collision + 1
      self[.coll] = self[.coll] & 0x80 | (position <= 32 ? UInt8(position % 32) : 0x20)
    } else {
      self[.coll] = self[.coll] & 0x80 | 0x20
      // A frame that ends within a byte has lost its parity; four bits are an acknowledge.
      if (count + align) % 8 != 0 && count != 4 { errors.insert(.frame) }
    }
    let bytes = bytes(of: Array(repeating: false, count: align) + received)
    let lastBits = UInt8((align + count) % 8)
    let due = sentAt.advanced(by: .microseconds(91) + Self.bit * (count * 9 / 8 + 2))
    finish(at: due, events: .received, errors: errors, fifo: bytes, lastBits: lastBits)
  }

  private func finish(
    at due: MonotonicInstant, events: ComIrq, errors: ErrorFlags = [], fifo bytes: [UInt8] = [],
    lastBits: UInt8 = 0
  ) {
    pending = (
      due,
      { chip in
        chip[.comIrq] |=
          events.rawValue | ComIrq.transmitted.rawValue | (errors.isEmpty ? 0 : ComIrq.error.rawValue)
        chip[.error] = errors.rawValue
        chip.fifo = bytes
        chip[.control] = lastBits
      }
    )
  }
}

/// A reset line that resets a chip when it is released.
final class ScriptedResetLine: DigitalOutput {
  let chip: ScriptedChip
  private(set) var active = [false]
  private(set) var pulses = 0
  /// Whether a reset by line brings a hung chip back.
  var cures = true

  init(chip: ScriptedChip) { self.chip = chip }

  var lineCount: Int { 1 }

  func set(active: [Bool]) throws(PiHALError) {
    if self.active == [true] && active == [false] {
      pulses += 1
      if cures {
        chip.isHung = false
        chip.isDead = nil
      }
      chip.brownOut()
    }
    self.active = active
  }
}
