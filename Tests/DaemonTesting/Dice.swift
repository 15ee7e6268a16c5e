import VirtualPi

/// What a random evening or day goes by: the same for the same seed.
public typealias Dice = SeededRandom

extension Dice {
  public mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// True once in `times`.
  public mutating func once(in times: Int) -> Bool { roll(1...times) == 1 }

  public mutating func pick<Value>(_ values: [Value]) -> Value { values[roll(0...values.count - 1)] }
}
