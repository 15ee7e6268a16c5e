import Synchronization

/// A contactless card (PICC) that does not exist: ISO/IEC 14443-3 type A with the memory of a real product.
///
/// It is an object like the thing it stands for: what was written stays on it when it leaves the reader.
/// Put it on with ``VirtualMFRC522/place(_:)``. May be used from any thread; a card lies on one reader at a
/// time.
public final class VirtualCard: Sendable {
  /// What the card is.
  public enum Product: String, Sendable, Codable, CaseIterable {
    /// MIFARE Classic 1K: 16 sectors of 4 blocks with two keys each; SAK 0x08.
    case classic1K
    /// MIFARE Ultralight: 16 pages of 4 bytes; SAK 0x00.
    case ultralight
    /// NTAG213: 45 pages, password; SAK 0x00.
    case ntag213
    /// NTAG215: 135 pages, password; SAK 0x00.
    case ntag215
    /// NTAG216: 231 pages, password; SAK 0x00.
    case ntag216
    /// A telephone: ISO/IEC 14443-4, SAK 0x20, no memory, and a new random UID (0x08…) at each power-on.
    case phone
  }

  public let product: Product
  let picc: Mutex<PICC>

  /// - Parameters:
  ///   - uid: 4, 7 or 10 bytes; for a phone any, as it makes up its own.
  ///   - seed: of the random UIDs of a phone.
  public init(uid: [UInt8], product: Product = .classic1K, seed: UInt64 = 1) {
    precondition(
      [4, 7, 10].contains(uid.count), "A UID has 4, 7 or 10 bytes (ISO/IEC 14443-3, 6.5.4)")
    self.product = product
    picc = Mutex(PICC(uid: uid, product: product, random: SeededRandom(seed: seed)))
  }

  /// - Parameter uid: 8, 14 or 20 hexadecimal digits, as a UID is written; blanks, colons and hyphens are ignored.
  public convenience init(uid: String, product: Product = .classic1K, seed: UInt64 = 1) {
    let digits = uid.filter { !" :-".contains($0) }.map { digit -> UInt8 in
      guard let value = digit.hexDigitValue else { preconditionFailure("\(uid) is no UID: \(digit) in it") }
      return UInt8(value)
    }
    precondition(
      [8, 14, 20].contains(digits.count), "A UID has 8, 14 or 20 hexadecimal digits, not \(digits.count)")
    self.init(
      uid: stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] },
      product: product,
      seed: seed)
  }

  /// A phone: a random 4-byte UID each time the field switches it on.
  public static func phone(seed: UInt64 = 1) -> VirtualCard {
    VirtualCard(uid: [0x08, 0, 0, 0], product: .phone, seed: seed)
  }

  /// The UID at present.
  public var uid: [UInt8] { picc.withLock { $0.uid } }

  /// Where the card's state machine stands.
  public var state: VirtualCardState { picc.withLock { $0.state } }

  /// The whole memory: 64 blocks of 16 bytes, or pages of 4; empty for a phone. Setting it to another length
  /// changes nothing.
  public var memory: [UInt8] {
    get { picc.withLock { $0.memory.bytes } }
    set {
      picc.withLock { picc in
        guard newValue.count == picc.memory.bytes.count else { return }
        picc.memory.bytes = newValue
      }
    }
  }
}

extension VirtualCard: Hashable {
  public static func == (left: VirtualCard, right: VirtualCard) -> Bool { left === right }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// The states of a type A card (ISO/IEC 14443-3, 6.3).
public enum VirtualCardState: Sendable, Equatable {
  /// Out of the field.
  case powerOff
  case idle
  /// In anticollision at a cascade level, 1 to 3; `afterHalt` is READY*.
  case ready(level: Int, afterHalt: Bool)
  /// Selected; `afterHalt` is ACTIVE*.
  case active(afterHalt: Bool)
  case halt
}
