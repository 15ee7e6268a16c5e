/// The card's side of ISO/IEC 14443-3 type A, without time: a frame in, perhaps a frame out.
struct PICC {
  private(set) var uid: [UInt8]
  let product: VirtualCard.Product
  private(set) var state = VirtualCardState.powerOff
  var memory: CardMemory
  private var random: SeededRandom

  init(uid: [UInt8], product: VirtualCard.Product, random: SeededRandom) {
    self.uid = uid
    self.product = product
    self.random = random
    memory = CardMemory(product: product, uid: uid)
  }

  // MARK: - The field

  mutating func powerOn() {
    guard state == .powerOff else { return }
    state = .idle
    if product == .phone {
      uid = [0x08]
      for _ in 0..<3 { uid.append(UInt8.random(in: 0...255, using: &random)) }
    }
  }

  mutating func powerOff() {
    state = .powerOff
    memory.forget()
  }

  // MARK: - Frames

  /// - Parameter encrypted: whether the reader's Crypto1 unit was on. A card that has not been authenticated
  ///   hears noise then, and one that has hears noise otherwise.
  mutating func answer(to frame: BitFrame, encrypted: Bool) -> BitFrame? {
    guard state != .powerOff, !frame.bits.isEmpty else { return nil }
    guard encrypted == memory.isAuthenticated else {
      fallBack()
      return nil
    }
    if frame.bits.count == 7 { return answerShort(frame.bytes()[0]) }
    switch state {
    case .powerOff, .idle, .halt: return nil
    case .ready(let level, _): return answerAnticollision(frame, level: level)
    case .active: return answerCommand(frame)
    }
  }

  /// The reader's MFAuthent. `part` is the UID as the reader has it, four bytes.
  mutating func authenticate(
    keyB: Bool, block: UInt8, key: [UInt8], uid part: [UInt8], encrypted: Bool
  ) -> Bool {
    guard encrypted == memory.isAuthenticated, case .active = state, part == Array(uid.suffix(4)),
      memory.authenticate(block: Int(block), keyB: keyB, key: key)
    else {
      fallBack()
      return false
    }
    return true
  }

  /// REQA 0x26 and WUPA 0x52 (6.4.1).
  private mutating func answerShort(_ command: UInt8) -> BitFrame? {
    switch (state, command) {
    case (.idle, 0x26), (.idle, 0x52): state = .ready(level: 1, afterHalt: false)
    case (.halt, 0x52): state = .ready(level: 1, afterHalt: true)
    case (.idle, _), (.halt, _), (.powerOff, _): return nil
    case (.ready, _), (.active, _):
      fallBack()
      return nil
    }
    return BitFrame(bytes: answerToRequest)
  }

  /// ATQA, low byte first: UID size in bits 7 and 6, one bit of bit-frame anticollision in bits 4 to 0 (6.5.2).
  private var answerToRequest: [UInt8] {
    switch uid.count {
    case 7: [0x44, 0x00]
    case 10: [0x84, 0x00]
    default: [0x04, 0x00]
    }
  }

  /// SEL with NVB: an anticollision answer or a SELECT (6.5.3).
  private mutating func answerAnticollision(_ frame: BitFrame, level: Int) -> BitFrame? {
    let bytes = frame.bytes()
    guard bytes.count >= 2, bytes[0] == [0x93, 0x95, 0x97][level - 1] else {
      fallBack()
      return nil
    }
    let own = cascadeBytes(level: level)
    if bytes[1] == 0x70 {
      guard let selected = frame.checkedBytes, Array(selected.dropFirst(2)) == own else {
        fallBack()
        return nil
      }
      return select(level: level)
    }
    let wholeBytes = Int(bytes[1] >> 4)
    let extraBits = Int(bytes[1] & 0x0F)
    let known = (wholeBytes - 2) * 8 + extraBits
    let ownBits = BitFrame(bytes: own).bits
    guard (2...6).contains(wholeBytes), extraBits <= 7, known < 40, frame.bits.count == 16 + known,
      Array(frame.bits.dropFirst(16)) == Array(ownBits.prefix(known))
    else {
      fallBack()
      return nil
    }
    return BitFrame(bits: Array(ownBits.dropFirst(known)))
  }

  private mutating func select(level: Int) -> BitFrame {
    let levels = [4: 1, 7: 2, 10: 3][uid.count] ?? 1
    if level < levels {
      state = .ready(level: level + 1, afterHalt: cameFromHalt)
      return .checked([0x04])
    }
    state = .active(afterHalt: cameFromHalt)
    switch product {
    case .classic1K: return .checked([0x08])
    case .phone: return .checked([0x20])
    case .ultralight, .ntag213, .ntag215, .ntag216: return .checked([0x00])
    }
  }

  /// The five bytes of a cascade level: UID CLn, or cascade tag 0x88 with three bytes, and their check byte.
  private func cascadeBytes(level: Int) -> [UInt8] {
    let four: [UInt8]
    switch (uid.count, level) {
    case (7, 1), (10, 1): four = [0x88] + uid[0..<3]
    case (10, 2): four = [0x88] + uid[3..<6]
    case (7, 2): four = Array(uid[3..<7])
    case (10, 3): four = Array(uid[6..<10])
    default: four = uid
    }
    return four + [four.reduce(0, ^)]
  }

  private mutating func answerCommand(_ frame: BitFrame) -> BitFrame? {
    if frame.checkedBytes == [0x50, 0x00] {
      state = .halt
      memory.forget()
      return nil
    }
    switch memory.answer(to: frame) {
    case .nothing: return nil
    case .frame(let frame): return frame
    case .refusal(let code):
      fallBack()
      return .nibble(code)
    case .unknown:
      fallBack()
      return nil
    }
  }

  /// What an error or a command out of place does: READY and ACTIVE fall back to IDLE, READY* and ACTIVE* to
  /// HALT.
  private mutating func fallBack() {
    memory.forget()
    switch state {
    case .ready, .active: state = cameFromHalt ? .halt : .idle
    case .powerOff, .idle, .halt: break
    }
  }

  private var cameFromHalt: Bool {
    switch state {
    case .ready(_, let afterHalt), .active(let afterHalt): afterHalt
    case .powerOff, .idle, .halt: false
    }
  }
}
