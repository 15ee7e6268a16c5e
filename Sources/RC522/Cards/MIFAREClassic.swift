import PiHAL

/// The memory of a MIFARE Classic card (NXP MF1S50/MF1S70): blocks of 16 bytes in sectors, each sector behind
/// two keys.
///
/// Made inside ``RC522Reader/withCard(_:_:)``. Authenticate for a sector first; after a refusal the card sleeps
/// and has to be taken anew with `withCard`. Crypto1 is broken: the keys keep honest people honest, no more.
public struct MIFAREClassic {
  public enum KeyType: UInt8, Sendable {
    case a = 0x60
    case b = 0x61
  }

  /// Six bytes.
  public struct Key: Hashable, Sendable {
    public let bytes: [UInt8]
    /// - Returns: nil unless there are six bytes.
    public init?(_ bytes: [UInt8]) {
      guard bytes.count == 6 else { return nil }
      self.bytes = bytes
    }
    private init(repeating byte: UInt8) { bytes = Array(repeating: byte, count: 6) }
    /// FF FF FF FF FF FF, as cards are delivered.
    public static let delivered = Key(repeating: 0xFF)
  }

  private let chip: MFRC522
  private let uid: UID

  public init(chip: MFRC522, card: SelectedCard) {
    self.chip = chip
    uid = card.uid
  }

  /// Opens the sector that `block` is in.
  /// - Throws: ``RC522Error`` `refused` for a wrong key: the card is then silent.
  public func authenticate(block: UInt8, key: Key, as type: KeyType = .a) throws(RC522Error) {
    // Longer UIDs take part with their last four bytes (NXP AN10927, 3.2.5).
    let request = Request(
      command: .mfAuthent, bytes: [type.rawValue, block] + key.bytes + uid.bytes.suffix(4), answerBytes: 0,
      timeout: .milliseconds(5))
    let answer = try chip.exchange(request)
    // The bit that tells success: MFCrypto1On (data sheet 10.3.1.9).
    guard case .received = answer, let status = try chip.read([.status2]).first, status & 0x08 != 0 else {
      try chip.stopCrypto()
      throw RC522Error(
        .refused, place: "card \(uid)",
        problem: "did not accept key \(type == .a ? "A" : "B") for block \(block)",
        remedy: "use the sector's key")
    }
  }

  /// Reads a block's 16 bytes. The last block of a sector reads zeros in place of its keys.
  public func read(block: UInt8) throws(RC522Error) -> [UInt8] {
    try chip.ask(
      [0x30, block], answerBytes: 16, timeout: .milliseconds(5), of: uid, doing: "reading block \(block)")
  }

  /// Writes a block's 16 bytes. Writing block 0 or a sector's last block can make a card useless for good, so
  /// both are refused here.
  public func write(block: UInt8, _ bytes: [UInt8]) throws(RC522Error) {
    guard bytes.count == 16 else {
      throw RC522Error(
        .invalidRequest, place: "card \(uid)", problem: "takes 16 bytes a block, not \(bytes.count)")
    }
    try checkIsData(block)
    let what = "writing block \(block)"
    try chip.command([0xA0, block], timeout: .milliseconds(10), of: uid, doing: what)
    try chip.command(bytes, timeout: .milliseconds(10), of: uid, doing: what)
  }

  // MARK: Value blocks

  /// The value of a value block.
  /// - Throws: ``RC522Error`` `corruptAnswer` when the block does not hold three matching copies.
  public func value(block: UInt8) throws(RC522Error) -> Int32 {
    guard let (value, _) = ValueBlock.decode(try read(block: block)) else {
      throw RC522Error(.corruptAnswer, place: "card \(uid)", problem: "holds no value in block \(block)")
    }
    return value
  }

  /// Makes a value block of a data block.
  public func write(value: Int32, block: UInt8, address: UInt8? = nil) throws(RC522Error) {
    try write(block: block, ValueBlock.encode(value, address: address ?? block))
  }

  /// Adds to a block's value. The result is in the card's buffer until ``transfer(to:)``.
  public func increment(block: UInt8, by amount: UInt32) throws(RC522Error) {
    try changeValue(0xC1, block, amount, doing: "incrementing block \(block)")
  }

  /// Subtracts from a block's value. The result is in the card's buffer until ``transfer(to:)``.
  public func decrement(block: UInt8, by amount: UInt32) throws(RC522Error) {
    try changeValue(0xC0, block, amount, doing: "decrementing block \(block)")
  }

  /// Loads a block's value into the card's buffer.
  public func restore(block: UInt8) throws(RC522Error) {
    try changeValue(0xC2, block, 0, doing: "restoring block \(block)")
  }

  /// Writes the card's buffer into a block.
  public func transfer(to block: UInt8) throws(RC522Error) {
    try checkIsData(block)
    try chip.command(
      [0xB0, block], timeout: .milliseconds(10), of: uid, doing: "transferring to block \(block)")
  }

  private func changeValue(
    _ code: UInt8, _ block: UInt8, _ amount: UInt32, doing what: String
  ) throws(RC522Error) {
    // The card takes a signed operand; a larger one would turn the sign around.
    guard amount <= UInt32(Int32.max) else {
      throw RC522Error(
        .invalidRequest, place: "card \(uid)", problem: "takes amounts up to \(Int32.max), not \(amount)")
    }
    try chip.command([code, block], timeout: .milliseconds(5), of: uid, doing: what)
    try chip.command(
      littleEndian(amount), silenceMeansYes: true, timeout: .milliseconds(5), of: uid, doing: what)
  }

  /// 32 sectors of 4 blocks, behind them sectors of 16.
  private func checkIsData(_ block: UInt8) throws(RC522Error) {
    let isTrailer = block < 128 ? block % 4 == 3 : block % 16 == 15
    guard block != 0, !isTrailer else {
      throw RC522Error(
        .invalidRequest, place: "card \(uid)",
        problem: "keeps \(block == 0 ? "its UID" : "keys and access bits") in block \(block)",
        remedy: "choose a data block")
    }
  }
}

/// The layout of a value block (MF1S50 data sheet 8.6.2.1): value, inverted, value, address and its inverse
/// twice.
enum ValueBlock {
  static func encode(_ value: Int32, address: UInt8) -> [UInt8] {
    let bytes = littleEndian(UInt32(bitPattern: value))
    return bytes + bytes.map(~) + bytes + [address, ~address, address, ~address]
  }

  static func decode(_ bytes: [UInt8]) -> (value: Int32, address: UInt8)? {
    guard bytes.count == 16 else { return nil }
    let value = bytes[0..<4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let decoded = (value: Int32(bitPattern: value), address: bytes[12])
    return encode(decoded.value, address: decoded.address) == bytes ? decoded : nil
  }
}

private func littleEndian(_ value: UInt32) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
