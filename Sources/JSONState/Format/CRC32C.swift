/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), eight bytes a step.
///
/// It guards against accidents, not against forgers: a torn write, a flipped bit, a swapped sector. Every
/// burst of up to 32 bits is found, every error of up to three bits in any line this package writes, and of
/// anything larger all but one in four thousand million. A cryptographic hash would find no more of those
/// and cost several times the rest of the append on a Raspberry Pi.
enum CRC32C {
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    if let result = bytes.withContiguousStorageIfAvailable({ checksum(UnsafeRawBufferPointer($0)) }) {
      return result
    }
    return Array(bytes).withUnsafeBytes { checksum($0) }
  }

  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    table.withUnsafeBufferPointer { table in
      var crc: UInt32 = ~0
      var index = 0
      while index + 8 <= bytes.count {
        let low = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)) ^ crc
        let high = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self))
        crc = table[7 * 256 + Int(low & 0xFF)]
        crc ^= table[6 * 256 + Int(low >> 8 & 0xFF)]
        crc ^= table[5 * 256 + Int(low >> 16 & 0xFF)]
        crc ^= table[4 * 256 + Int(low >> 24)]
        crc ^= table[3 * 256 + Int(high & 0xFF)]
        crc ^= table[2 * 256 + Int(high >> 8 & 0xFF)]
        crc ^= table[1 * 256 + Int(high >> 16 & 0xFF)]
        crc ^= table[Int(high >> 24)]
        index += 8
      }
      while index < bytes.count {
        crc = table[Int((crc ^ UInt32(bytes[index])) & 0xFF)] ^ crc >> 8
        index += 1
      }
      return ~crc
    }
  }

  /// `table[256 * k + b]` is the checksum's change by byte `b` followed by `k` zero bytes.
  static let table: [UInt32] = {
    var table = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
      table[byte] = crc
    }
    for slice in 1..<8 {
      for byte in 0..<256 {
        let before = table[(slice - 1) * 256 + byte]
        table[slice * 256 + byte] = before >> 8 ^ table[Int(before & 0xFF)]
      }
    }
    return table
  }()
}

/// Eight lower-case hexadecimal digits: the only spelling of a checksum that is accepted, so that a flipped
/// bit cannot turn it into another spelling of the same number.
enum Hex {
  /// Writes the digits over the eight bytes of `place`.
  static func write(_ value: UInt32, to place: inout ArraySlice<UInt8>) {
    var rest = value
    for index in place.indices.reversed() {
      let digit = UInt8(rest & 0xF)
      place[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      rest >>= 4
    }
  }

  static func text(_ value: UInt32) -> String {
    var bytes: ArraySlice<UInt8> = [0, 0, 0, 0, 0, 0, 0, 0]
    write(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  static func parse(_ bytes: some Collection<UInt8>) -> UInt32? {
    guard bytes.count == 8 else { return nil }
    var value: UInt32 = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}
