import VirtualPi

/// Makes damaged inputs out of good ones: the same for the same seed.
///
/// A fuzzer gives each input to what it tests and counts: whatever comes, nothing crashes, nothing hangs, and what is
/// no input does nothing.
public struct Mutator: Sendable {
  private var dice: Dice
  /// Good inputs.
  private let corpus: [[UInt8]]
  /// Pieces that mean something where they are read.
  private let tokens: [[UInt8]]

  public init(seed: UInt64, corpus: [String], tokens: [String]) {
    self.init(seed: seed, corpus: corpus.map { Array($0.utf8) }, tokens: tokens.map { Array($0.utf8) })
  }

  public init(seed: UInt64, corpus: [[UInt8]], tokens: [[UInt8]]) {
    dice = Dice(seed: seed)
    self.corpus = corpus
    self.tokens = tokens
  }

  private static let bytes: [UInt8] = [
    0, 1, 0x0A, 0x0D, 0x20, 0x22, 0x25, 0x27, 0x3A, 0x5C, 0x7F, 0x80, 0xC0, 0xED, 0xFF,
  ]

  /// The next input: one of the corpus, changed up to four times.
  public mutating func next() -> [UInt8] {
    var input = dice.pick(corpus)
    for _ in 0..<dice.roll(1...4) { change(&input) }
    return input
  }

  private mutating func change(_ input: inout [UInt8]) {
    let place = dice.roll(0...input.count)
    let rest = input.count - place
    switch dice.roll(0...8) {
    case 0 where rest > 0: input[place] ^= 1 << UInt8(dice.roll(0...7))
    case 1 where rest > 0: input[place] = dice.pick(Self.bytes)
    case 2: input.insert(UInt8(dice.roll(0...255)), at: place)
    case 3: input.removeSubrange(place..<place + dice.roll(0...min(rest, 20)))
    case 4: input.insert(contentsOf: input[place..<place + dice.roll(0...rest)], at: place)
    case 5: input.insert(contentsOf: dice.pick(tokens), at: place)
    case 6: input.removeLast(dice.roll(0...rest))
    case 7: input = Array(input[..<place]) + dice.pick(corpus).suffix(dice.roll(0...200))
    default:
      input.insert(contentsOf: Array(repeating: dice.pick(Self.bytes), count: dice.roll(1...2000)), at: place)
    }
  }
}
