import PiHAL

/// A promise of the line protocols, kept by every board.
public struct LineCheck: Sendable, CustomStringConvertible {
  /// The promise, as a sentence.
  public let description: String
  private let body: @Sendable (any LineBench) throws -> Void

  init(_ description: String, _ body: @escaping @Sendable (any LineBench) throws -> Void) {
    self.description = description
    self.body = body
  }

  /// - Throws: ``BrokenPromise``, or the ``PiHALError`` that was not expected.
  public func run(on bench: any LineBench) throws { try body(bench) }

  public static let all = outputs + inputs + counters

  private static let outputs = [
    LineCheck("an output's first level is part of its request") { bench in
      for (activeLow, initial) in [(false, true), (false, false), (true, true), (true, false)] {
        let high = initial != activeLow
        // What is wired to the line holds it at the other level, so a level that stays cannot be luck.
        bench.drive(17, !high)
        // An output's level outlives it on some boards; an input follows its wire.
        let wired = try bench.input([17], activeLow: false, bias: .asWired).read()
        try expect(wired, is: [!high], "the level before the request")
        let before = bench.changes(of: 17)
        let output = try bench.output([17], activeLow: activeLow, initial: [initial], safe: nil)
        try expect(bench.level(17), is: high, "active low \(activeLow), first \(initial)")
        try expect(output.active, is: [initial], "what the output says")
        if let before, let after = bench.changes(of: 17) {
          try expect(after - before, is: 1, "changes of the level")
        }
      }
    },
    LineCheck("an output without a first level starts safe, and ends safe") { bench in
      bench.drive(17, false)
      bench.drive(18, false)
      do {
        let output = try bench.output([17, 18], activeLow: true, initial: nil, safe: [true, false])
        try expect(output.active, is: [true, false], "what the output says")
        try expect([bench.level(17), bench.level(18)], is: [false, true], "levels")
        try output.set(active: [false, true])
        try expect([bench.level(17), bench.level(18)], is: [true, false], "levels after set")
      }
      let input = try bench.input([4], activeLow: false, bias: .asWired)
      try expect(input.lineCount, is: 1, "an unrelated request")
    },
    LineCheck("several lines are set in the order of the request") { bench in
      let output = try bench.output([27, 17, 22], activeLow: false, initial: nil, safe: nil)
      try expect(output.lineCount, is: 3, "lines")
      for pattern in 0..<8 {
        let next = [pattern & 1 != 0, pattern & 2 != 0, pattern & 4 != 0]
        try output.set(active: next)
        try expect([27, 17, 22].map(bench.level), is: next, "levels")
        try expect(output.active, is: next, "what the output says")
      }
      try output.set(line: 1, active: false)
      try expect([27, 17, 22].map(bench.level), is: [true, false, true], "levels after a single set")
    },
    LineCheck("a wrong number of levels is refused and changes nothing") { bench in
      let output = try bench.output([17, 18], activeLow: false, initial: [true, false], safe: nil)
      for levels in [[], [false], [false, true, false]] {
        try expect(.invalidRequest, "\(levels.count) levels for 2 lines") { () throws(PiHALError) in
          try output.set(active: levels)
        }
      }
      try expect(.invalidRequest, "line 2 of 2") { () throws(PiHALError) in
        try output.set(line: 2, active: true)
      }
      try expect([bench.level(17), bench.level(18)], is: [true, false], "levels")
    },
    LineCheck("a line that is held is refused with its holder's name, and free again afterwards") { bench in
      for _ in 0..<2 {
        let holder = try bench.output(
          [17], activeLow: false, initial: nil, safe: nil, consumer: "conformance")
        let again = try expect(.busy, "an output of a held line") { () throws(PiHALError) in
          _ = try bench.output([17], activeLow: false, initial: [true], safe: nil)
        }
        try expect(again.description.contains("conformance"), "the holder is not in \"\(again)\"")
        try expect(again.description.contains("GPIO17"), "the line is not in \"\(again)\"")
        try expect(.busy, "an input of a held line") { () throws(PiHALError) in
          _ = try bench.input([4, 17], activeLow: false, bias: .asWired)
        }
        try expect(.busy, "a counter of a held line") { () throws(PiHALError) in
          _ = try bench.counter(17, edge: .rising, activeLow: false)
        }
        try expect(bench.level(17), is: false, "the level after refused requests")
        try holder.set(active: [true])
        try expect(bench.level(17), is: true, "the holder still holds it")
      }
    },
    LineCheck("lines that cannot be requested are refused as invalid") { bench in
      for lines in [[], [999], [-1], [17, 17]] {
        try expect(.invalidRequest, "an output of \(lines)") { () throws(PiHALError) in
          _ = try bench.output(lines, activeLow: false, initial: nil, safe: nil)
        }
        try expect(.invalidRequest, "an input of \(lines)") { () throws(PiHALError) in
          _ = try bench.input(lines, activeLow: false, bias: .asWired)
        }
      }
      try expect(.invalidRequest, "one first level for two lines") { () throws(PiHALError) in
        _ = try bench.output([17, 18], activeLow: false, initial: [true], safe: nil)
      }
    },
  ]

  private static let inputs = [
    LineCheck("inputs read what is wired, in the order of the request") { bench in
      for activeLow in [false, true] {
        let input = try bench.input([24, 23], activeLow: activeLow, bias: .asWired)
        for (first, second) in [(false, false), (true, false), (false, true), (true, true)] {
          bench.drive(24, first)
          bench.drive(23, second)
          try expect(
            try input.read(), is: [first != activeLow, second != activeLow], "active low \(activeLow)")
        }
      }
    },
    LineCheck("an open input reads its bias") { bench in
      for bias in [Bias.pullUp, .pullDown, .pullUp] {
        bench.drive(23, nil)
        let input = try bench.input([23], activeLow: false, bias: bias)
        try expect(try input.read(), is: [bias == .pullUp], "\(bias)")
      }
    },
  ]

  private static let counters = [
    LineCheck("a counter counts the edges it was asked for") { bench in
      for (edge, activeLow, expected) in [
        (Edge.rising, false, 6), (.falling, false, 5), (.both, false, 11), (.rising, true, 5),
        (.falling, true, 6),
      ] as [(Edge, Bool, UInt64)] {
        bench.drive(23, false)
        let counter = try bench.counter(23, edge: edge, activeLow: activeLow)
        try expect(try counter.read().total, is: 0, "before the first edge")
        for change in 0..<11 { bench.drive(23, change % 2 == 0) }
        let count = try counter.read()
        try expect(count.total, is: expected, "\(edge), active low \(activeLow)")
        try expect(count.restored + count.rejected, is: 0, "restored or rejected")
        try expect(count.newestEdge != nil, "the newest edge has no time")
      }
    },
    LineCheck("a counter starts at zero again, and its time stamps do not fall") { bench in
      bench.drive(23, false)
      for _ in 0..<2 {
        let counter = try bench.counter(23, edge: .both, activeLow: false)
        var newest = MonotonicInstant.zero
        for change in 1...20 {
          bench.drive(23, change % 2 == 1)
          let count = try counter.read()
          try expect(count.total, is: UInt64(change), "edges")
          let instant = count.newestEdge ?? .zero
          try expect(instant >= newest, "\(instant) after \(newest)")
          newest = instant
        }
      }
    },
  ]
}

extension LineBench {
  func output(
    _ lines: [Int], activeLow: Bool, initial: [Bool]?, safe: [Bool]?
  ) throws(PiHALError) -> any DigitalOutput {
    try output(lines, activeLow: activeLow, initial: initial, safe: safe, consumer: "a check")
  }
}
