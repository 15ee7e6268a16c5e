/// Finds card numbers in a stream of bytes that may be cut anywhere and hold anything.
///
/// A parser keeps a bounded number of bytes and never fails: what is no card number is dropped, zeros without
/// anything else among it, for readers that have read nothing send them.
public protocol CardFrameParser {
  /// How many reports in a row an empty field's next card takes, from a reader that repeats: 1 where some readers of
  /// the kind send a number once, or 2 where all repeat it several times a second.
  static var reportsOfFirstCard: Int { get }

  /// Takes the next bytes.
  /// - Returns: the cards whose numbers ended in them.
  mutating func take(_ bytes: [UInt8]) -> [UID]

  /// Nothing has come for longer than a number takes: what was begun is dropped, to its end. What comes after that is
  /// a beginning.
  mutating func lineFellSilent()
}

/// Readers that print a line per card (such as a VMA405 with a microcontroller, 9600 baud).
///
/// Hexadecimal: `04A1B2C3`, `04 A1 B2 C3`, `4:a1:b2:c3`, with or without `0x`. Ten digits whose last byte is the
/// check byte of the others are a 4-byte UID. Decimal: one number, most significant byte first, or one number
/// a byte (`4 161 178 195`). Words before a colon such as `UID:` are not understood: have the reader print
/// the number alone. Everything else is dropped.
public struct CardLineParser: CardFrameParser {
  public enum Notation: String, Codable, Sendable {
    case hexadecimal, decimal
  }

  /// A microcontroller may print a card once.
  public static let reportsOfFirstCard = 1

  private static let longestLine = 64
  private let notation: Notation
  private var line: [UInt8] = []
  /// Whether bytes have come since the last end of a line.
  private var isInLine = false
  /// A line that is too long or broken by a silence is dropped to its end, or its tail would pass for a number of its
  /// own. The same goes for the first line when there was no silence before it: the tail of a long number is another
  /// card's.
  private var isSkipping = true

  public init(notation: Notation) { self.notation = notation }

  public mutating func lineFellSilent() {
    line = []
    isSkipping = isInLine
  }

  public mutating func take(_ bytes: [UInt8]) -> [UID] {
    var cards: [UID] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        if !isSkipping, let uid = number(in: line) { cards.append(uid) }
        line = []
        (isInLine, isSkipping) = (false, false)
      } else {
        isInLine = true
        if line.count < Self.longestLine { line.append(byte) } else { isSkipping = true }
      }
    }
    return cards
  }

  private func number(in line: [UInt8]) -> UID? {
    // Beyond ASCII is noise.
    guard line.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else { return nil }
    let groups = line.split { " \t:-,".utf8.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
    let uid =
      switch notation {
      case .hexadecimal: hexadecimal(groups)
      case .decimal: decimal(groups)
      }
    return uid?.isZero == true ? nil : uid
  }

  private func hexadecimal(_ groups: [String]) -> UID? {
    let groups = groups.map { $0.hasPrefix("0x") || $0.hasPrefix("0X") ? $0.dropFirst(2) : $0[...] }
    // Printed byte by byte, leading zeros are often missing.
    let isByByte = groups.count > 1 && groups.allSatisfy { (1...2).contains($0.utf8.count) }
    let digits = groups.map { isByByte && $0.utf8.count == 1 ? "0\($0)" : String($0) }.joined()
    guard let bytes = hexadecimalBytes(digits) else { return nil }
    return UID(bytes) ?? LegacyUID(digits)?.uid
  }

  private func decimal(_ groups: [String]) -> UID? {
    guard groups.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return nil }
    if groups.count > 1 {
      let bytes = groups.compactMap { UInt8($0) }
      return bytes.count == groups.count ? UID(bytes) : nil
    }
    guard let group = groups.first, let number = UInt64(group), number < 1 << 56 else { return nil }
    let count = number <= UInt64(UInt32.max) ? 4 : 7
    return UID((0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
  }
}

/// The RDM6300 and its like for 125 kHz tags (EM4100): 0x02, ten hexadecimal digits, two digits that are the
/// exclusive or of the five bytes, 0x03.
///
/// An EM4100 tag has 40 bits: a version (or customer) byte and 32 bits, of which the decimal number printed on
/// the tag is made. All five bytes count here, because tags of two customers may share the 32 bits, and taking
/// one for the other would charge the wrong person. So the UID is seven bytes long: 00 00, version, number.
/// No ISO/IEC 14443 card has it: 00 is no manufacturer's code.
public struct RDM6300Parser: CardFrameParser {
  /// It repeats a number every 65 ms, and now and then sends one that no tag has, with a right checksum.
  public static let reportsOfFirstCard = 2

  private static let start: UInt8 = 0x02
  private static let end: UInt8 = 0x03
  private static let digits = 12
  /// The digits since the start byte; nil outside of a frame.
  private var frame: [UInt8]?

  public init() {}

  public mutating func lineFellSilent() { frame = nil }

  public mutating func take(_ bytes: [UInt8]) -> [UID] {
    var cards: [UID] = []
    for byte in bytes {
      if byte == Self.start {
        frame = []
      } else if let digits = frame {
        if byte == Self.end {
          if let uid = Self.uid(digits) { cards.append(uid) }
          frame = nil
        } else {
          frame = digits.count < Self.digits ? digits + [byte] : nil
        }
      }
    }
    return cards
  }

  private static func uid(_ digits: [UInt8]) -> UID? {
    guard digits.count == Self.digits,
      digits.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "-") }),
      let bytes = hexadecimalBytes(String(decoding: digits, as: UTF8.self)), bytes.count == 6,
      bytes.reduce(0, ^) == 0, bytes.contains(where: { $0 != 0 })
    else { return nil }
    return tag(version: bytes[0], number: bytes[1..<5].reduce(0) { $0 << 8 | UInt32($1) })
  }

  /// The UID that stands for a tag.
  /// - Parameters:
  ///   - version: the version or customer byte.
  ///   - number: the number that is printed on the tag in ten decimal digits.
  public static func tag(version: UInt8, number: UInt32) -> UID? {
    UID([0, 0, version] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
  }
}

extension UID {
  /// No card's: it has no manufacturer and no number.
  fileprivate var isZero: Bool { bytes.allSatisfy { $0 == 0 } }
}
