/// MIFARE Classic 1K (data sheet MF1S50yyX/V1): 16 sectors of 4 blocks of 16 bytes. The last block of a sector
/// holds key A, the access bits and key B. Crypto1 itself is left out: what counts is who knows the key.
struct ClassicMemory {
  struct Access: Equatable {
    var sector: Int
    var keyB: Bool
  }

  private enum Pending: Equatable {
    case write(block: Int)
    case operand(command: UInt8, block: Int)
  }

  var bytes: [UInt8]
  private(set) var access: Access?
  private var pending: Pending?
  /// The value between a value operation and its TRANSFER.
  private var transferBuffer: (value: [UInt8], sector: Int)?

  private static let notAllowed: UInt8 = 0x4
  private static let corrupt: UInt8 = 0x5

  init(uid: [UInt8]) {
    bytes = [UInt8](repeating: 0, count: 1024)
    // Block 0: UID, for 4 bytes also its check byte, then the maker's data.
    let head = uid.count == 4 ? uid + [uid.reduce(0, ^), 0x08, 0x04, 0x00] : uid + [0x08, 0x44, 0x00]
    bytes.replaceSubrange(0..<head.count, with: head)
    let key = [UInt8](repeating: 0xFF, count: 6)
    for sector in 0..<16 {
      let start = (sector * 4 + 3) * 16
      bytes.replaceSubrange(start..<start + 16, with: key + [0xFF, 0x07, 0x80, 0x69] + key)
    }
  }

  mutating func forget() {
    access = nil
    pending = nil
    transferBuffer = nil
  }

  mutating func authenticate(block: Int, keyB: Bool, key: [UInt8]) -> Bool {
    forget()
    guard (0..<64).contains(block), key.count == 6 else { return false }
    let trailer = trailer(of: block / 4)
    guard Array(keyB ? trailer[10..<16] : trailer[0..<6]) == key else { return false }
    access = Access(sector: block / 4, keyB: keyB)
    return true
  }

  mutating func answer(to frame: BitFrame) -> MemoryAnswer {
    guard let access else { return .unknown }
    guard let bytes = frame.checkedBytes else { return .refusal(Self.corrupt) }
    if let pending {
      self.pending = nil
      return finish(pending, with: bytes)
    }
    guard bytes.count == 2 else { return .refusal(Self.notAllowed) }
    let block = Int(bytes[1])
    guard (0..<64).contains(block), block / 4 == access.sector else { return .refusal(Self.notAllowed) }
    switch bytes[0] {
    case 0x30: return read(block)
    case 0xA0:
      guard mayWrite(block) else { return .refusal(Self.notAllowed) }
      pending = .write(block: block)
      return .acknowledge
    case 0xC0, 0xC1, 0xC2:
      let allowed = bytes[0] == 0xC1 ? mayIncrement(block) : mayDecrement(block)
      guard allowed, value(of: block) != nil else { return .refusal(Self.notAllowed) }
      pending = .operand(command: bytes[0], block: block)
      return .acknowledge
    case 0xB0:
      guard let buffer = transferBuffer, buffer.sector == block / 4, mayDecrement(block) else {
        return .refusal(Self.notAllowed)
      }
      store(buffer.value, in: block)
      transferBuffer = nil
      return .acknowledge
    default: return .refusal(Self.notAllowed)
    }
  }

  // MARK: - Commands

  private func read(_ block: Int) -> MemoryAnswer {
    guard mayRead(block) else { return .refusal(Self.notAllowed) }
    var content = Array(bytes[block * 16..<block * 16 + 16])
    if block % 4 == 3 {
      let hidden = [UInt8](repeating: 0, count: 6)
      content.replaceSubrange(0..<6, with: hidden)
      if !keyBReadable(sector: block / 4) { content.replaceSubrange(10..<16, with: hidden) }
    }
    return .frame(.checked(content))
  }

  private mutating func finish(_ pending: Pending, with data: [UInt8]) -> MemoryAnswer {
    switch pending {
    case .write(let block):
      guard data.count == 16 else { return .refusal(Self.corrupt) }
      store(data, in: block)
      return .acknowledge
    case .operand(let command, let block):
      guard data.count == 4, let current = value(of: block) else { return .refusal(Self.corrupt) }
      let operand = Int32(bitPattern: data.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
      let result: Int32
      switch command {
      case 0xC0: result = current &- operand
      case 0xC1: result = current &+ operand
      default: result = current
      }
      transferBuffer = (Self.valueBlock(result, address: bytes[block * 16 + 12]), block / 4)
      // A value operation that went well stays silent.
      return .nothing
    }
  }

  private mutating func store(_ data: [UInt8], in block: Int) {
    bytes.replaceSubrange(block * 16..<block * 16 + 16, with: data)
  }

  // MARK: - Value blocks

  /// The value three times, once of it inverted, and an address byte four times, twice inverted.
  private static func valueBlock(_ value: Int32, address: UInt8) -> [UInt8] {
    let plain = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return plain + plain.map { ~$0 } + plain + [address, ~address, address, ~address]
  }

  private func value(of block: Int) -> Int32? {
    let content = Array(bytes[block * 16..<block * 16 + 16])
    let value = Int32(bitPattern: content[0..<4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    return content == Self.valueBlock(value, address: content[12]) ? value : nil
  }

  // MARK: - Access conditions

  private func trailer(of sector: Int) -> [UInt8] {
    let start = (sector * 4 + 3) * 16
    return Array(bytes[start..<start + 16])
  }

  /// C1 C2 C3 of a block as a number; nil when the stored bits and their complements differ, which locks the
  /// sector for good.
  private func condition(_ block: Int) -> Int? {
    let trailer = trailer(of: block / 4)
    let (byte6, byte7, byte8) = (trailer[6], trailer[7], trailer[8])
    let (c1, c2, c3) = (byte7 >> 4, byte8 & 0x0F, byte8 >> 4)
    guard byte6 & 0x0F == ~c1 & 0x0F, byte6 >> 4 == ~c2 & 0x0F, byte7 & 0x0F == ~c3 & 0x0F else { return nil }
    let bit = UInt8(block % 4)
    return Int(c1 >> bit & 1) << 2 | Int(c2 >> bit & 1) << 1 | Int(c3 >> bit & 1)
  }

  private func keyBReadable(sector: Int) -> Bool {
    [0b000, 0b001, 0b010].contains(condition(sector * 4 + 3))
  }

  private var usesKeyA: Bool { access?.keyB == false }
  /// A key B that can be read is data, and opens nothing.
  private var usesKeyB: Bool {
    guard let access else { return false }
    return access.keyB && !keyBReadable(sector: access.sector)
  }
  private var usesAnyKey: Bool { usesKeyA || usesKeyB }

  private func mayRead(_ block: Int) -> Bool {
    guard let condition = condition(block) else { return false }
    if block % 4 == 3 { return usesAnyKey }
    switch condition {
    case 0b000, 0b010, 0b100, 0b110, 0b001: return usesAnyKey
    case 0b011, 0b101: return usesKeyB
    default: return false
    }
  }

  /// A trailer is writable as a whole when its keys are; the conditions in which only the access bits are
  /// writable count as locked.
  private func mayWrite(_ block: Int) -> Bool {
    guard let condition = condition(block) else { return false }
    if block % 4 == 3 {
      switch condition {
      case 0b000, 0b001: return usesKeyA
      case 0b100, 0b011: return usesKeyB
      default: return false
      }
    }
    switch condition {
    case 0b000: return usesAnyKey
    case 0b100, 0b110, 0b011: return usesKeyB
    default: return false
    }
  }

  private func mayIncrement(_ block: Int) -> Bool {
    guard block % 4 != 3 else { return false }
    switch condition(block) {
    case 0b000: return usesAnyKey
    case 0b110: return usesKeyB
    default: return false
    }
  }

  private func mayDecrement(_ block: Int) -> Bool {
    guard block % 4 != 3 else { return false }
    switch condition(block) {
    case 0b000, 0b110, 0b001: return usesAnyKey
    default: return false
    }
  }
}
