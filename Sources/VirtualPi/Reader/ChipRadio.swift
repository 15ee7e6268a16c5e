import PiHAL

extension ChipState {
  /// A frame on its way out, and what comes back.
  struct Exchange {
    var sentAt: MonotonicInstant
    var isSent = false
    var reception: Reception?
    /// When the first and the last bit of the answer arrive.
    var receptionStart: MonotonicInstant
    var receptionEnd: MonotonicInstant
    var isReceived = false
    var sources: [VirtualCard]
  }

  struct Reception {
    var bits: [Bool]
    /// The index of the first bit in which cards differ.
    var collision: Int?
    var parityError = false
  }

  struct Timer {
    var start: MonotonicInstant
    var end: MonotonicInstant
    var tick: Double
  }

  /// One bit at 106 kbit/s: 128 periods of 13.56 MHz.
  private static let bitNanoseconds = 128 / 13.56e6 * 1e9
  /// The frame delay of a card: 1172 periods and up (ISO/IEC 14443-3, 6.2.1.1).
  private static let frameDelayNanoseconds = 1172 / 13.56e6 * 1e9

  /// How long bits with their parity bits, start and end are on the air.
  private static func airTime(bits: Int) -> Duration {
    .nanoseconds(Int64(Double(bits + bits / 8 + 2) * bitNanoseconds))
  }

  // MARK: - The field

  var isFieldOn: Bool {
    hasPower && !isHeldInReset && self[.command] & 0x10 == 0 && self[.txControl] & 0x03 != 0
  }

  func updateField() {
    for card in cards {
      card.picc.withLock { isFieldOn ? $0.powerOn() : $0.powerOff() }
    }
  }

  /// Whether what the chip sends is what a card understands: 106 kbit/s with 100 % modulation.
  private var isHeardByCards: Bool {
    isFieldOn && fault == nil && self[.txASK] & 0x40 != 0 && self[.txMode] & 0x70 == 0
  }

  /// RxGain in dB (9.3.3.6).
  private var gain: Int { [18, 23, 18, 23, 33, 38, 43, 48][Int(self[.rfCfg] >> 4 & 0x07)] }

  private var isCryptoOn: Bool { self[.status2] & 0x08 != 0 }

  // MARK: - Sending

  mutating func transmit(at now: MonotonicInstant) {
    var bytes = fifo
    fifo.removeAll(keepingCapacity: true)
    noticeLevel()
    self[.error] &= ChipError.bufferOverflow | ChipError.write
    if self[.txMode] & 0x80 != 0 {
      let crc = bytes.reduce(preset, CRC16.update)
      bytes += [UInt8(crc & 0xFF), UInt8(crc >> 8)]
    }
    let sent = BitFrame(bytes: bytes, lastBits: Int(self[.bitFraming] & 0x07))
    var answers: [(VirtualCard, BitFrame)] = []
    if isHeardByCards {
      for card in cards {
        let answer = card.picc.withLock { $0.answer(to: sent, encrypted: isCryptoOn) }
        if let answer, gain >= gainNeeded[card] ?? 0 { answers.append((card, torn(answer, from: card))) }
      }
    }
    begin(
      sentBits: sent.bits.count, reception: Self.overlay(answers.map(\.1)), sources: answers.map(\.0), at: now
    )
  }

  mutating func authenticate(at now: MonotonicInstant) {
    guard fifo.count >= 12 else {
      raise(ChipError.protocolViolation)
      return
    }
    let request = Array(fifo.prefix(12))
    fifo.removeFirst(12)
    noticeLevel()
    var succeeded = false
    if isHeardByCards, request[0] & 0xFE == 0x60 {
      for card in cards {
        let accepted = card.picc.withLock {
          $0.authenticate(
            keyB: request[0] == 0x61, block: request[1], key: Array(request[2..<8]),
            uid: Array(request[8..<12]), encrypted: isCryptoOn)
        }
        if accepted { succeeded = true }
      }
    }
    self[.status2] &= ~0x08
    // Three passes: request, nonce, answer and the card's token.
    let reception = succeeded ? Reception(bits: [Bool](repeating: false, count: 32)) : nil
    begin(sentBits: 32 + 32 + 64, reception: reception, sources: [], at: now)
  }

  private mutating func begin(
    sentBits: Int, reception: Reception?, sources: [VirtualCard], at now: MonotonicInstant
  ) {
    let sentAt = airTime ? now.advanced(by: Self.airTime(bits: sentBits)) : now
    let start = airTime ? sentAt.advanced(by: .nanoseconds(Int64(Self.frameDelayNanoseconds))) : now
    let end = airTime ? start.advanced(by: Self.airTime(bits: reception?.bits.count ?? 0)) : now
    exchange = Exchange(
      sentAt: sentAt, reception: reception.flatMap { noisy($0) }, receptionStart: start, receptionEnd: end,
      sources: sources)
    advance(to: now)
  }

  // MARK: - Time

  mutating func advance(to now: MonotonicInstant) {
    if let exchange, !exchange.isSent, exchange.sentAt <= now { finishSending() }
    if let timer, exchange?.receptionWaits != true || exchange?.receptionStart ?? .zero > timer.end,
      timer.end <= now
    {
      expireTimer()
    }
    if let exchange, exchange.receptionWaits, exchange.receptionStart <= now, isTimerAutomatic {
      timer = nil
    }
    if let exchange, exchange.receptionWaits, exchange.receptionEnd <= now { finishReceiving() }
  }

  private mutating func finishSending() {
    exchange?.isSent = true
    self[.comIrq] |= ComIrq.tx
    if isTimerAutomatic {
      startTimer(at: exchange?.sentAt ?? .zero)
      // Without air time there is nothing to wait for: silence is known at once.
      if !airTime, exchange?.reception == nil { expireTimer() }
    }
    if command == .transmit {
      exchange = nil
      terminate()
    }
  }

  private mutating func finishReceiving() {
    guard let reception = exchange?.reception else { return }
    exchange?.isReceived = true
    if command == .mifareAuthenticate {
      self[.status2] |= 0x08
      exchange = nil
      terminate()
      return
    }
    receive(reception)
  }

  // MARK: - Receiving

  private mutating func receive(_ reception: Reception) {
    let alignment = Int(self[.bitFraming] >> 4 & 0x07)
    var bits = reception.bits
    var errors: UInt8 = 0
    self[.coll] |= 0x20
    if let collision = reception.collision {
      errors |= ChipError.collision
      if self[.coll] & 0x80 == 0 {
        for index in bits.indices where index > collision { bits[index] = false }
      }
      let position = collision + 1 + collisionOffset(alignment: alignment, received: bits.count)
      if position <= 32 { self[.coll] = self[.coll] & 0x80 | UInt8(position & 0x1F) }
    }
    if reception.parityError, self[.mfRx] & 0x10 == 0 { errors |= ChipError.parity }
    var bytes = BitFrame(bits: bits).bytes(alignment: alignment)
    if self[.rxMode] & 0x80 != 0 {
      let crc = bytes.dropLast(2).reduce(preset, CRC16.update)
      if bits.count.isMultiple(of: 8), bytes.count > 2,
        Array(bytes.suffix(2)) == [UInt8(crc & 0xFF), UInt8(crc >> 8)]
      {
        bytes.removeLast(2)
      } else {
        errors |= ChipError.crc
      }
    }
    self[.control] = self[.control] & 0xF8 | UInt8((alignment + bits.count) % 8)
    for byte in bytes { push(byte) }
    raise(errors)
    self[.comIrq] |= ComIrq.rx
  }

  private func collisionOffset(alignment: Int, received: Int) -> Int {
    switch collisionNumbering {
    case .receivedBits: 0
    case .alignedFrame: alignment
    // An anticollision answer ends with the 40th bit of UID CLn and BCC.
    case .wholeCascadeLevel: received <= 40 ? 40 - received : alignment
    }
  }

  /// What several cards that answer in the same moment look like: equal bits as they are, and from the first
  /// difference on their superposition.
  private static func overlay(_ answers: [BitFrame]) -> Reception? {
    guard var bits = answers.max(by: { $0.bits.count < $1.bits.count })?.bits else { return nil }
    var collision: Int?
    for index in bits.indices {
      let values = answers.compactMap { index < $0.bits.count ? $0.bits[index] : nil }
      bits[index] = values.contains(true)
      if collision == nil, values.contains(true), values.contains(false) { collision = index }
    }
    return bits.isEmpty ? nil : Reception(bits: bits, collision: collision)
  }

  // MARK: - What spoils an answer

  private mutating func torn(_ answer: BitFrame, from card: VirtualCard) -> BitFrame {
    guard let count = tearing.removeValue(forKey: card) else { return answer }
    take(card)
    return BitFrame(bits: Array(answer.bits.prefix(max(0, count))))
  }

  /// Takes a card out of the field; what it is just sending breaks off.
  mutating func take(_ card: VirtualCard, at now: MonotonicInstant? = nil) {
    cards.removeAll { $0 == card }
    tearing[card] = nil
    gainNeeded[card] = nil
    card.picc.withLock { $0.powerOff() }
    guard let now, let exchange, exchange.receptionWaits, exchange.sources == [card] else { return }
    let elapsed = exchange.receptionStart.duration(to: now).wholeNanoseconds
    let bits = Int(Double(max(0, elapsed)) / Self.bitNanoseconds * 8 / 9)
    guard bits < exchange.reception?.bits.count ?? 0 else { return }
    self.exchange?.reception?.bits = Array(exchange.reception?.bits.prefix(bits) ?? [])
    if bits == 0 { self.exchange?.reception = nil }
  }

  private mutating func noisy(_ reception: Reception) -> Reception? {
    if loss > 0, Double.random(in: 0..<1, using: &random) < loss { return nil }
    guard noise > 0, Double.random(in: 0..<1, using: &random) < noise else { return reception }
    var spoiled = reception
    let victim = Int.random(in: 0..<spoiled.bits.count, using: &random)
    switch UInt8.random(in: 0..<4, using: &random) {
    case 0: return nil
    case 1:
      spoiled.bits[victim].toggle()
      spoiled.parityError = true
    case 2:
      // Two bits of one byte: its parity stays right, and only a check byte or CRC tells.
      spoiled.bits[victim].toggle()
      let neighbour = victim ^ 1
      if neighbour < spoiled.bits.count { spoiled.bits[neighbour].toggle() }
    default: spoiled.bits.removeLast(spoiled.bits.count - max(1, victim))
    }
    return spoiled
  }

  // MARK: - Timer (8.5)

  private var isTimerAutomatic: Bool { self[.tMode] & 0x80 != 0 }

  mutating func startTimer(at now: MonotonicInstant) {
    let prescaler = Int(self[.tMode] & 0x0F) << 8 | Int(self[.tPrescaler])
    let reload = Int(self[.tReloadHigh]) << 8 | Int(self[.tReloadLow])
    let periods = 2 * prescaler + (self[.demod] & 0x10 != 0 ? 2 : 1)
    let tick = Double(periods) / 13.56e6 * 1e9
    let length = Duration.nanoseconds(Int64(tick * Double(reload + 1)))
    timer = Timer(start: now, end: now.advanced(by: length), tick: tick)
  }

  private mutating func expireTimer() {
    timer = nil
    self[.comIrq] |= ComIrq.timer
  }

  func timerCount(at now: MonotonicInstant) -> Int {
    guard let timer else { return 0 }
    let rest = Double(max(0, now.duration(to: timer.end).wholeNanoseconds))
    return min(0xFFFF, Int(rest / timer.tick))
  }
}

extension ChipState.Exchange {
  /// Sent, and an answer is on its way.
  var receptionWaits: Bool { isSent && !isReceived && reception != nil }
}
