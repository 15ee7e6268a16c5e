/// Finds one card's bytes of one cascade level among all that answer, bit by bit (ISO/IEC 14443-3, 6.5.3).
///
/// Pure: it says what to send and is told what came back.
///
/// The data sheet leaves open from where `CollPos` counts when an answer does not start at the first bit of
/// the UID, and chips and clones need not agree. So the smallest position that any reading allows is taken: a
/// bit too early is still right, if it keeps the value that was received. Where another value is preferred,
/// silence may follow; then the received one is taken.
struct CascadeSearch {
  enum Step: Equatable {
    /// Send the next ``request``.
    case ask
    /// The last choice fits no card, and it may have made them fall back: wake them again, select the levels
    /// before once more, then send the next ``request``.
    case wakeAndAsk
    /// The four bytes of this level, whose check byte was right.
    case found([UInt8])
    case nobody
    case unclear
  }

  /// 0x93, 0x95 or 0x97 for the levels 1 to 3.
  let selectCode: UInt8
  /// Whether different cards have answered at once.
  private(set) var hasCollided = false

  /// Chooses a bit after a collision from the bits before it; nil for no preference.
  typealias Choice = (_ prefix: [UInt8], _ knownBits: Int) -> Bool?

  /// Four UID bytes and the check byte; the bits from `knownBits` on are zero.
  private var bytes: [UInt8] = [0, 0, 0, 0, 0]
  private var knownBits = 0
  /// Whether the last known bit was chosen against what was received.
  private var mayFlip = false

  /// - Parameter level: 1 to 3.
  init(level: Int) { selectCode = UInt8(0x91 + 2 * level) }

  /// The ANTICOLLISION frame: how many bits are known, and these.
  var request: Request {
    let wholeBytes = knownBits / 8
    let bits = knownBits % 8
    return Request(
      bytes: [selectCode, UInt8(0x20 + wholeBytes << 4 | bits)] + bytes.prefix((knownBits + 7) / 8),
      lastBits: bits, firstBit: bits, answerBytes: 5 - wholeBytes, timeout: .microseconds(500))
  }

  /// Takes the answer to ``request``.
  /// - Parameter choosing: which branch to follow at a collision.
  mutating func take(_ answer: Answer, choosing: Choice) -> Step {
    switch answer {
    case .silent:
      guard mayFlip else { return .nobody }
      mayFlip = false
      bytes[(knownBits - 1) / 8] ^= 1 << ((knownBits - 1) % 8)
      return .wakeAndAsk
    case .corrupt:
      return .unclear
    case .received(let received, let lastBits):
      guard lastBits == 0, received.count == 5 - knownBits / 8 else { return .unclear }
      merge(received, upTo: 40)
      guard bytes.reduce(0, ^) == 0 else { return .unclear }
      return .found(Array(bytes.prefix(4)))
    case .collision(let position, let received):
      hasCollided = true
      guard let position, knownBits < 32 else { return .unclear }
      // From the first received bit, from the start of its byte, or from the start of the UID.
      let readings = [knownBits + position, knownBits / 8 * 8 + position, position]
      guard let next = readings.filter({ $0 > knownBits && $0 <= 32 }).min() else { return .unclear }
      merge(received, upTo: next)
      knownBits = next
      let mask: UInt8 = 1 << ((next - 1) % 8)
      let receivedBit = bytes[(next - 1) / 8] & mask != 0
      bytes[(next - 1) / 8] &= ~mask
      let bit = choosing(Array(bytes.prefix(4)), next - 1) ?? receivedBit
      if bit { bytes[(next - 1) / 8] |= mask }
      mayFlip = bit != receivedBit
      return .ask
    }
  }

  /// Puts received bits behind the known ones; bits from `end` on become zero.
  private mutating func merge(_ received: [UInt8], upTo end: Int) {
    let firstByte = knownBits / 8
    for index in firstByte..<5 {
      let offset = index - firstByte
      let incoming = offset < received.count ? received[offset] : 0
      // Bits of this byte that are received ones: from the known ones up to the end.
      let low = max(0, min(8, knownBits - index * 8))
      let high = max(0, min(8, end - index * 8))
      let knownMask = UInt8(truncatingIfNeeded: (1 << low) - 1)
      let endMask = UInt8(truncatingIfNeeded: (1 << high) - 1)
      bytes[index] = bytes[index] & knownMask | incoming & endMask & ~knownMask
    }
  }
}
