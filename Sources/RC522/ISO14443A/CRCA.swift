/// CRC_A (ISO/IEC 14443-3, 6.2.4 and annex B): polynomial x^16 + x^12 + x^5 + 1, preset 0x6363, least
/// significant bit and byte first.
enum CRCA {
  static func of(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var crc: UInt16 = 0x6363
    for byte in bytes {
      crc ^= UInt16(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x8408 : crc >> 1 }
    }
    return [UInt8(truncatingIfNeeded: crc), UInt8(crc >> 8)]
  }

  static func appended(to bytes: [UInt8]) -> [UInt8] { bytes + of(bytes) }

  /// The bytes before the CRC.
  /// - Returns: nil when there are fewer than three bytes or the CRC is wrong.
  static func checked(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count > 2 else { return nil }
    let payload = Array(bytes.dropLast(2))
    return of(payload) == Array(bytes.suffix(2)) ? payload : nil
  }
}
