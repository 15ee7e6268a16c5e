import PiHAL

/// The digital side of an MFRC522: registers, FIFO and commands. Its radio is in the extension beside.
struct ChipState {
  var registers = ChipRegister.resetValues
  var fifo: [UInt8] = []
  var command = ChipCommand.idle
  /// 25 bytes that Mem and GenerateRandomID use (data sheet, 10.3.1.2).
  var internalBuffer = [UInt8](repeating: 0, count: 25)
  var crc: UInt16 = 0xFFFF

  var version: UInt8
  let collisionNumbering: VirtualMFRC522.CollisionNumbering
  let airTime: Bool
  var random: SeededRandom

  var cards: [VirtualCard] = []
  /// The receiver gain in dB below which a card's answer is not heard.
  var gainNeeded: [VirtualCard: Int] = [:]
  /// Cards that leave in the middle of their next answer, after so many bits.
  var tearing: [VirtualCard: Int] = [:]
  var exchange: Exchange?
  var timer: Timer?
  /// NRSTPD is low.
  var isHeldInReset = false
  var hasPower = true
  var fault: VirtualMFRC522.Fault?
  var noise = 0.0
  var loss = 0.0

  init(
    version: UInt8, collisionNumbering: VirtualMFRC522.CollisionNumbering, airTime: Bool, seed: UInt64
  ) {
    self.version = version
    self.collisionNumbering = collisionNumbering
    self.airTime = airTime
    random = SeededRandom(seed: seed)
    for index in internalBuffer.indices { internalBuffer[index] = UInt8.random(in: 0...255, using: &random) }
  }

  subscript(_ register: ChipRegister) -> UInt8 {
    get { registers[Int(register.rawValue)] }
    set { registers[Int(register.rawValue)] = newValue }
  }

  // MARK: - SPI

  /// One assertion of chip select (data sheet, 8.1.2).
  mutating func frame(_ sent: [UInt8], at now: MonotonicInstant) -> [UInt8] {
    if fault != .frozen { advance(to: now) }
    let silent: UInt8? =
      switch fault {
      case .absent(let value), .stuck(let value): value
      case .frozen, .deaf, nil: hasPower && !isHeldInReset ? nil : 0
      }
    if let silent { return [UInt8](repeating: silent, count: sent.count) }
    guard sent[0] & 0x80 != 0 else {
      if fault != .frozen {
        for value in sent.dropFirst() { write(sent[0] >> 1 & 0x3F, value, at: now) }
      }
      return [UInt8](repeating: 0, count: sent.count)
    }
    return [0] + sent.dropLast().map { read($0 >> 1 & 0x3F, at: now) }
  }

  private mutating func read(_ address: UInt8, at now: MonotonicInstant) -> UInt8 {
    guard let register = ChipRegister(rawValue: address) else { return 0 }
    switch register {
    case .command: return self[.command] & 0x30 | command.rawValue
    case .fifoData: return fifo.isEmpty || fault == .frozen ? 0 : fifo.removeFirst()
    case .fifoLevel: return UInt8(fifo.count)
    case .status1: return status1
    case .status2: return self[.status2] & 0xC8 | modemState
    case .version: return version
    case .crcResultHigh: return UInt8(crc >> 8)
    case .crcResultLow: return UInt8(crc & 0xFF)
    case .tCounterHigh: return UInt8(timerCount(at: now) >> 8)
    case .tCounterLow: return UInt8(timerCount(at: now) & 0xFF)
    default: return self[register]
    }
  }

  private mutating func write(_ address: UInt8, _ value: UInt8, at now: MonotonicInstant) {
    guard let register = ChipRegister(rawValue: address) else { return }
    switch register {
    case .command:
      self[.command] = value & 0x30
      updateField()
      start(value & 0x0F, at: now)
    case .comIrq: self[.comIrq] = Self.settingOrClearing(self[.comIrq], value, mask: 0x7F)
    case .divIrq: self[.divIrq] = Self.settingOrClearing(self[.divIrq], value, mask: 0x14)
    case .fifoData: push(value)
    case .fifoLevel: if value & 0x80 != 0 { flush() }
    case .control:
      if value & 0x80 != 0 { timer = nil }
      if value & 0x40 != 0 { startTimer(at: now) }
    case .bitFraming:
      // StartSend is write-only and reads as 0.
      self[.bitFraming] = value & 0x77
      if value & 0x80 != 0, command == .transceive { transmit(at: now) }
    case .coll: self[.coll] = self[.coll] & 0x7F | value & 0x80
    case .status2:
      // Crypto1 can be switched off by software, and on only by MFAuthent (9.3.1.9).
      self[.status2] = value & 0xC0 | self[.status2] & value & 0x08
    case .txControl:
      self[.txControl] = value
      updateField()
    case .error, .status1, .version, .crcResultHigh, .crcResultLow, .tCounterHigh, .tCounterLow, .testBus,
      .testADC:
      break
    default: self[register] = value
    }
  }

  /// Bit 7 says whether the other bits written as 1 are set or cleared (9.3.1.5).
  private static func settingOrClearing(_ old: UInt8, _ value: UInt8, mask: UInt8) -> UInt8 {
    value & 0x80 != 0 ? old | value & mask : old & ~(value & mask)
  }

  // MARK: - Status

  private var status1: UInt8 {
    var status: UInt8 = 0
    if crc == 0 { status |= 0x40 }
    status |= 0x20
    if irqPinActive { status |= 0x10 }
    if timer != nil { status |= 0x08 }
    if hiAlert { status |= 0x02 }
    if loAlert { status |= 0x01 }
    return status
  }

  /// Whether an enabled interrupt is pending (ComIEnReg, DivIEnReg).
  var irqPinActive: Bool {
    self[.comIrq] & self[.comIEn] & 0x7F != 0 || self[.divIrq] & self[.divIEn] & 0x14 != 0
  }

  private var hiAlert: Bool { 64 - fifo.count <= Int(self[.waterLevel] & 0x3F) }
  private var loAlert: Bool { fifo.count <= Int(self[.waterLevel] & 0x3F) }

  /// ModemState of Status2Reg (9.3.1.9).
  private var modemState: UInt8 {
    switch command {
    case .transceive:
      guard let exchange else { return 1 }
      return exchange.isSent ? (exchange.isReceived ? 0 : 5) : 3
    case .receive: return 5
    case .mifareAuthenticate: return 5
    default: return 0
    }
  }

  // MARK: - FIFO

  mutating func push(_ value: UInt8) {
    if command == .calculateCRC {
      crc = CRC16.update(crc, value)
      self[.divIrq] |= 0x04
      return
    }
    guard fifo.count < 64 else {
      raise(ChipError.bufferOverflow)
      return
    }
    fifo.append(value)
    noticeLevel()
  }

  private mutating func flush() {
    fifo.removeAll(keepingCapacity: true)
    self[.error] &= ~ChipError.bufferOverflow
    noticeLevel()
  }

  mutating func noticeLevel() {
    if hiAlert { self[.comIrq] |= ComIrq.hiAlert }
    if loAlert { self[.comIrq] |= ComIrq.loAlert }
  }

  mutating func raise(_ errors: UInt8) {
    guard errors != 0 else { return }
    self[.error] |= errors
    self[.comIrq] |= ComIrq.error
  }

  // MARK: - Commands (10.3)

  private mutating func start(_ code: UInt8, at now: MonotonicInstant) {
    guard let next = ChipCommand(rawValue: code) else {
      terminate()
      return
    }
    if next == .noChange { return }
    self[.error] = 0
    exchange = nil
    command = next
    switch next {
    case .idle, .noChange, .receive, .transceive: break
    case .mem:
      if fifo.isEmpty {
        fifo = internalBuffer
      } else {
        for (index, byte) in fifo.prefix(25).enumerated() { internalBuffer[index] = byte }
        fifo.removeFirst(min(25, fifo.count))
      }
      terminate()
    case .generateRandomID:
      for index in 0..<10 { internalBuffer[index] = UInt8.random(in: 0...255, using: &random) }
      terminate()
    case .calculateCRC: calculateCRC()
    case .transmit: transmit(at: now)
    case .mifareAuthenticate: authenticate(at: now)
    case .softReset: reset()
    }
  }

  /// A command that ends by itself.
  mutating func terminate() {
    command = .idle
    self[.comIrq] |= ComIrq.idle
  }

  private mutating func calculateCRC() {
    if self[.autoTest] & 0x0F == 0x09 {
      // The self-test starts from a cleared internal buffer and one 0x00 in the FIFO (16.1.1).
      let prepared = internalBuffer.allSatisfy { $0 == 0 } && fifo == [0]
      let reference = SelfTest.reference(version: version)
      fifo = prepared ? reference : reference.map { $0 ^ 0x5A }
      noticeLevel()
      return
    }
    crc = preset
    for byte in fifo { crc = CRC16.update(crc, byte) }
    fifo.removeAll(keepingCapacity: true)
    noticeLevel()
    self[.divIrq] |= 0x04
  }

  /// CRCPreset of ModeReg (9.3.2.2). The register shows the value with its bits in transmission order.
  var preset: UInt16 {
    switch self[.mode] & 0x03 {
    case 0: 0x0000
    case 1: 0x6363
    case 2: 0xA671
    default: 0xFFFF
    }
  }

  /// Reset values in all registers; the internal buffer stays (10.3.1.10).
  mutating func reset() {
    registers = ChipRegister.resetValues
    fifo.removeAll(keepingCapacity: true)
    command = .idle
    crc = 0xFFFF
    exchange = nil
    timer = nil
    if fault == .deaf { fault = nil }
    updateField()
  }

  /// What NRSTPD going low and high again does: it also cures a chip that hangs.
  mutating func hardReset() {
    if fault != nil, !isAbsent { fault = nil }
    reset()
  }

  private var isAbsent: Bool { if case .absent = fault { true } else { false } }
}
