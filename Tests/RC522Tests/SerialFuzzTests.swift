import DaemonTesting
import Testing

@testable import RC522

/// Damaged streams of bytes from serial readers, cut anywhere. With PI_DISPENSE_SLOW=1 a hundred times as many.
@Suite struct SerialFuzzTests {
  private static let count = isThorough ? 200_000 : 2000

  /// Gives a stream to a parser in pieces, with silence between some of them.
  private static func cards(_ bytes: [UInt8], _ parser: some CardFrameParser, _ dice: inout Dice) -> [UID] {
    var parser = parser
    var rest = bytes[...]
    var cards: [UID] = []
    while !rest.isEmpty {
      if dice.once(in: 4) { parser.lineFellSilent() }
      let piece = rest.prefix(dice.roll(1...12))
      rest = rest.dropFirst(piece.count)
      cards += parser.take(Array(piece))
    }
    return cards
  }

  /// A number is read from a whole frame with the right check bytes, and from nothing else.
  @Test func onlyWholeFramesAreCards() {
    let frame = { (text: String) in [2] + Array(text.utf8) + [3] }
    var mutator = Mutator(
      seed: 6,
      corpus: [frame("0B00A1B2C3DB"), frame("0C00A1B2C3DC") + frame("0C00A1B2C3DC"), frame("000000078F88")],
      tokens: [[2], [3], [2, 2], Array("0B00".utf8), Array("DB".utf8), [3, 3], [0x0D, 0x0A]])
    var dice = Dice(seed: 7)
    for number in 0..<Self.count {
      let bytes = mutator.next()
      let possible = Set(
        bytes.indices.compactMap { start -> UID? in
          let window = Array(bytes[start...].prefix(14))
          guard window.count == 14, window[0] == 2, window[13] == 3,
            let digits = hexadecimalBytes(String(decoding: window[1...12], as: UTF8.self)), digits.count == 6,
            digits.reduce(0, ^) == 0
          else { return nil }
          return UID([0, 0] + digits[..<5])
        })
      for card in Self.cards(bytes, RDM6300Parser(), &dice) {
        #expect(possible.contains(card), "\(number): \(card) in \(bytes)")
      }
    }
  }

  /// A number is read from a whole line, and from nothing else.
  @Test(arguments: [CardLineParser.Notation.hexadecimal, .decimal])
  func onlyWholeLinesAreCards(notation: CardLineParser.Notation) {
    var mutator = Mutator(
      seed: 8,
      corpus: [
        "04A1B2C3\r\n", "04 a1 b2 c3 d4 e5 f6\n77705923\n", "4:161:178:195\r", "0xDE 0xAD 0xBE 0xEF\n",
      ],
      tokens: ["\r", "\n", "\r\n", "0x", ":", " ", "-", "\t", "ffffffff", "99999999999999999999", "\u{e9}"])
    var dice = Dice(seed: 9)
    for number in 0..<Self.count {
      let bytes = mutator.next()
      let lines = bytes.split { $0 == 0x0A || $0 == 0x0D }
      let possible = Set(
        lines.flatMap { line -> [UID] in
          var parser = CardLineParser(notation: notation)
          parser.lineFellSilent()
          return parser.take(Array(line) + [0x0A])
        })
      for card in Self.cards(bytes, CardLineParser(notation: notation), &dice) {
        // What silence has cut is a line of its own to this parser.
        #expect(possible.contains(card), "\(number): \(card) in \(bytes)")
      }
    }
  }
}
