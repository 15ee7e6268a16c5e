/// A card as systems name it that were built on Python's `mfrc522`: the five bytes of the **first** cascade
/// level, check byte included, as 10 hexadecimal digits.
///
/// - A 4-byte UID is all there: its four bytes and their exclusive or. It matches exactly one card.
/// - Of a 7- or 10-byte UID only the first three bytes are there, behind the cascade tag 0x88. The first is the
///   manufacturer's code, so only 65,536 different names exist per manufacturer: among 100 such cards two
///   share one with about 7 % probability, among 300 with about 50 %. An import must not guess: it looks at
///   every card that matches and asks when there are several (``matches(among:)``).
///
/// A 4-byte UID cannot be told from a cascade level by its first byte alone where a card breaks the standard
/// and uses 0x88 there: such a name counts as a long UID and never matches exactly.
public struct LegacyUID: Hashable, Sendable, LosslessStringConvertible {
  /// How sure it is that a name means a card.
  public enum Match: Equatable, Sendable {
    case none
    /// The bytes fit, and other cards may fit as well.
    case possible
    /// No other card has this name.
    case exact
  }

  /// Four bytes of the first cascade level and their check byte.
  public let bytes: [UInt8]

  /// The name that a card had there.
  public init(_ uid: UID) {
    let level = uid.cascadeLevels[0]
    bytes = level + [level.reduce(0, ^)]
  }

  /// Reads 10 hexadecimal digits of either case; blanks, colons and hyphens are ignored.
  /// - Returns: nil for anything else and when the fifth byte is not the check byte of the four before.
  public init?(_ description: String) {
    guard let bytes = hexadecimalBytes(description), bytes.count == 5, bytes.reduce(0, ^) == 0 else {
      return nil
    }
    self.bytes = bytes
  }

  /// 10 lower-case hexadecimal digits.
  public var description: String { hexadecimal(bytes) }

  /// Whether this names a 7- or 10-byte UID, of which it holds three bytes only.
  public var isTruncated: Bool { bytes[0] == UID.cascadeTag }

  /// The whole UID, if it can be told from the name.
  public var uid: UID? { isTruncated ? nil : UID(Array(bytes.prefix(4))) }

  /// Whether this names that card.
  public func match(_ card: UID) -> Match {
    guard LegacyUID(card) == self else { return .none }
    return isTruncated ? .possible : .exact
  }

  /// Every card that this may name. More than one is a collision that a person has to settle.
  public func matches(among cards: some Sequence<UID>) -> [UID] { cards.filter { match($0) != .none } }
}

extension UID {
  /// The card's name in systems that keep the first cascade level only; see ``LegacyUID``.
  public var legacyIdentifier: String { LegacyUID(self).description }
}
