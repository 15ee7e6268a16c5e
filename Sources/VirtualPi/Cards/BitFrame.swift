/// Data bits on the air, in the order in which they travel: least significant bit of the first byte first.
/// Parity bits, start and end of the frame are left out.
struct BitFrame: Equatable, Sendable {
  var bits: [Bool]

  init(bits: [Bool]) { self.bits = bits }

  /// - Parameter lastBits: how many bits of the last byte travel, 1 to 7; 0 is the whole byte.
  init(bytes: [UInt8], lastBits: Int = 0) {
    bits = []
    bits.reserveCapacity(bytes.count * 8)
    for (index, byte) in bytes.enumerated() {
      let count = index == bytes.count - 1 && lastBits != 0 ? lastBits : 8
      for bit in 0..<count { bits.append(byte >> bit & 1 == 1) }
    }
  }

  /// Bytes followed by their CRC_A.
  static func checked(_ bytes: [UInt8]) -> BitFrame {
    BitFrame(bytes: bytes + CRC16.a(bytes))
  }

  /// A 4-bit answer: acknowledge or refusal.
  static func nibble(_ value: UInt8) -> BitFrame { BitFrame(bytes: [value], lastBits: 4) }

  /// The bytes, with the first bit at position `alignment` of the first byte; missing bits are 0.
  func bytes(alignment: Int = 0) -> [UInt8] {
    guard !bits.isEmpty else { return [] }
    var bytes = [UInt8](repeating: 0, count: (bits.count + alignment + 7) / 8)
    for (index, bit) in bits.enumerated() where bit {
      bytes[(index + alignment) / 8] |= 1 << ((index + alignment) % 8)
    }
    return bytes
  }

  /// The bytes without their CRC_A; nil when the frame is no whole number of bytes or the CRC is wrong.
  var checkedBytes: [UInt8]? {
    guard bits.count.isMultiple(of: 8), bits.count >= 24 else { return nil }
    let bytes = bytes()
    guard CRC16.a(bytes.dropLast(2)) == Array(bytes.suffix(2)) else { return nil }
    return Array(bytes.dropLast(2))
  }
}

/// The CRC with the polynomial x¹⁶ + x¹² + x⁵ + 1 as cards and the reader's coprocessor compute it, least
/// significant bit first.
enum CRC16 {
  static func update(_ crc: UInt16, _ byte: UInt8) -> UInt16 {
    var crc = crc ^ UInt16(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x8408 : crc >> 1 }
    return crc
  }

  /// CRC_A (ISO/IEC 14443-3, annex B): initial value 0x6363, low byte first.
  static func a(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let crc = bytes.reduce(0x6363, update)
    return [UInt8(crc & 0xFF), UInt8(crc >> 8)]
  }
}
