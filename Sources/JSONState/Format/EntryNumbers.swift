/// Numbers of entries, kept as ranges: a million lost entries in a row take no more room than one.
public struct EntryNumbers: Sendable, Equatable {
  /// Rising, and neither overlapping nor touching.
  public private(set) var ranges: [ClosedRange<Int>] = []

  public init() {}

  public init(_ ranges: some Sequence<ClosedRange<Int>>) {
    for range in ranges { insert(range) }
  }

  /// How many numbers there are.
  public var count: Int { ranges.reduce(0) { $0 + $1.count } }
  public var isEmpty: Bool { ranges.isEmpty }

  mutating func insert(_ range: ClosedRange<Int>) {
    guard let last = ranges.last, range.lowerBound <= last.upperBound + 1 else {
      ranges.append(range)
      return
    }
    if range.lowerBound >= last.lowerBound {
      ranges[ranges.count - 1] = last.lowerBound...Swift.max(last.upperBound, range.upperBound)
      return
    }
    let all = (ranges + [range]).sorted { $0.lowerBound < $1.lowerBound }
    self = EntryNumbers(all)
  }

  func union(_ other: EntryNumbers) -> EntryNumbers {
    EntryNumbers((ranges + other.ranges).sorted { $0.lowerBound < $1.lowerBound })
  }

  /// Those after `number`.
  func after(_ number: Int) -> EntryNumbers {
    EntryNumbers(
      ranges.compactMap {
        $0.upperBound > number ? Swift.max($0.lowerBound, number + 1)...$0.upperBound : nil
      })
  }

  func subtracting(_ other: EntryNumbers) -> EntryNumbers {
    var rest = EntryNumbers()
    var others = other.ranges[...]
    for range in ranges {
      var first = range.lowerBound
      while let next = others.first, next.upperBound < first { others = others.dropFirst() }
      for gone in others {
        guard gone.lowerBound <= range.upperBound else { break }
        if gone.lowerBound > first { rest.insert(first...gone.lowerBound - 1) }
        first = gone.upperBound + 1
      }
      if first <= range.upperBound { rest.insert(first...range.upperBound) }
    }
    return rest
  }
}

extension EntryNumbers: Sequence {
  public func makeIterator() -> FlattenSequence<[ClosedRange<Int>]>.Iterator {
    ranges.joined().makeIterator()
  }
}

extension EntryNumbers: ExpressibleByArrayLiteral {
  public init(arrayLiteral numbers: Int...) { self.init(numbers.map { $0...$0 }) }
}

extension EntryNumbers: CustomStringConvertible {
  /// For people: `5, 9 to 12`; the first twenty ranges.
  public var description: String {
    let shown = ranges.prefix(20).map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }
    return shown.joined(separator: ", ") + (ranges.count > shown.count ? " and more" : "")
  }
}

/// As JSON, a list of first and last numbers: `[[5,5],[9,12]]`.
extension EntryNumbers: Codable {
  public init(from decoder: any Decoder) throws {
    for pair in try [[Int]](from: decoder) {
      guard pair.count == 2, pair[0] > 0, pair[0] <= pair[1], pair[1] <= JournalLine.largestNumber else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "\(pair) is no range of entries"))
      }
      insert(pair[0]...pair[1])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    try ranges.map { [$0.lowerBound, $0.upperBound] }.encode(to: encoder)
  }
}

/// What damage took from a state for good.
public struct StateLosses: Codable, Sendable, Equatable {
  /// The entries whose effect is missing in the state. They cannot be read any more, or not by the repair that put
  /// the state together.
  public internal(set) var numbers = EntryNumbers()
  /// Entries after this number may have been lost without a trace, because the end of the journal, or what says
  /// how far it went, was damaged; `nil` where nothing speaks for that.
  public internal(set) var perhapsAfter: Int?

  public init() {}

  /// Whether the state is known to be complete.
  public var isEmpty: Bool { numbers.isEmpty && perhapsAfter == nil }
}
