import PiHAL
import VirtualPi

/// Talks to the chip in raw SPI bytes, written from the data sheet; no driver in between.
struct RawReader {
  let device: VirtualSPIDevice

  init(_ chip: VirtualMFRC522) { device = chip.spiDevice() }

  func write(_ address: UInt8, _ values: UInt8...) throws {
    _ = try device.transfer([[address << 1] + values])
  }

  func read(_ address: UInt8) throws -> UInt8 {
    try device.transfer([[address << 1 | 0x80, 0]])[0][1]
  }

  /// What every driver does first: 100 % modulation, CRC preset 0x6363, antenna on, a timer of 25 ms that
  /// starts after sending.
  func prepare() throws {
    try write(0x01, 0x0F)
    try write(0x15, 0x40)
    try write(0x11, 0x3D)
    try write(0x2A, 0x80)
    try write(0x2B, 0xA9)
    try write(0x2C, 0x03)
    try write(0x2D, 0xE8)
    try write(0x14, 0x83)
  }

  struct Answer: Equatable {
    var bytes: [UInt8]
    var lastBits: UInt8 = 0
    var errors: UInt8 = 0
    var coll: UInt8 = 0
  }

  /// Transceives; nil when no card answered.
  func exchange(_ bytes: [UInt8], lastBits: UInt8 = 0, align: UInt8 = 0) throws -> Answer? {
    try write(0x01, 0x00)
    try write(0x04, 0x7F)
    try write(0x0A, 0x80)
    for byte in bytes { try write(0x09, byte) }
    try write(0x01, 0x0C)
    try write(0x0D, 0x80 | align << 4 | lastBits)
    let irq = try read(0x04)
    guard irq & 0x20 != 0 else { return nil }
    let count = Int(try read(0x0A))
    let received = count == 0 ? [] : try device.transfer([[UInt8](repeating: 0x92, count: count) + [0]])[0]
    return Answer(
      bytes: Array(received.dropFirst()), lastBits: try read(0x0C) & 0x07, errors: try read(0x06),
      coll: try read(0x0E))
  }

  func request(_ command: UInt8 = 0x26) throws -> [UInt8]? { try exchange([command], lastBits: 7)?.bytes }

  /// CRC_A, bit by bit.
  static func checked(_ bytes: [UInt8]) -> [UInt8] {
    var register: UInt16 = 0x6363
    for byte in bytes {
      for bit in 0..<8 {
        let feedback = (register ^ UInt16(byte >> bit)) & 1
        register >>= 1
        if feedback == 1 { register ^= 0x8408 }
      }
    }
    return bytes + [UInt8(register & 0xFF), UInt8(register >> 8)]
  }

  func send(_ bytes: [UInt8]) throws -> Answer? { try exchange(Self.checked(bytes)) }

  /// Selects the only card in the field through all cascade levels.
  func select() throws -> (uid: [UInt8], sak: UInt8)? {
    var uid: [UInt8] = []
    for level: UInt8 in [0x93, 0x95, 0x97] {
      guard let part = try exchange([level, 0x20])?.bytes, part.count == 5,
        let sak = try send([level, 0x70] + part)?.bytes, sak == Self.checked([sak[0]])
      else { return nil }
      if sak[0] & 0x04 == 0 { return (uid + part.prefix(4), sak[0]) }
      uid += part[1..<4]
    }
    return nil
  }
}
