import PiHAL
import Testing

@testable import RC522

@Suite struct SerialTests {
  private func parse(_ text: String, _ notation: CardLineParser.Notation) -> [String] {
    var parser = CardLineParser(notation: notation)
    parser.lineFellSilent()
    return parser.take(Array(text.utf8)).map(\.description)
  }

  @Test(
    "Lines in hexadecimal",
    arguments: [
      ("04A1B2C3\r\n", ["04a1b2c3"]), ("04 a1 b2 c3\n", ["04a1b2c3"]), ("4:A1:B2:C3\r", ["04a1b2c3"]),
      ("0x04 0xA1 0xB2 0xC3\n", ["04a1b2c3"]), ("04a1b2c3d4e5f6\n", ["04a1b2c3d4e5f6"]),
      ("04010203040506070809\n", ["04010203040506070809"]),
      // With a check byte; with a wrong one; too short; no number; not ASCII; nothing.
      ("04A1B2C3D4\n", ["04a1b2c3"]), ("04A1B2C3D5\n", []), ("04A1B2\n", []), ("hello\n", []),
      ("UID: 04A1B2C3\n", []), ("04A1B2C\u{e9}\n", []), ("\r\n\r\n", []), ("04A1B2C3", []),
      ("04A1B2C3\nDEADBEEF\n", ["04a1b2c3", "deadbeef"]),
      // Nothing was read.
      ("00000000\n", []), ("00:00:00:00:00:00:00\n", []),
    ])
  func hexadecimal(text: String, uids: [String]) {
    #expect(parse(text, .hexadecimal) == uids)
  }

  @Test(
    "Lines in decimal",
    arguments: [
      ("77705923\n", ["04a1b2c3"]), ("4 161 178 195\n", ["04a1b2c3"]), ("0\n", []), ("0 0 0 0\n", []),
      ("4294967295\n", ["ffffffff"]), ("4294967296\n", ["00000100000000"]),
      ("72057594037927935\n", ["ffffffffffffff"]), ("72057594037927936\n", []),
      ("99999999999999999999999\n", []),
      ("4 161 178 256\n", []), ("4 161 178\n", []), ("4A161\n", []), ("+5\n", []), ("\n", []),
    ])
  func decimal(text: String, uids: [String]) {
    #expect(parse(text, .decimal) == uids)
  }

  @Test("A stream cut anywhere gives the same numbers")
  func cutAnywhere() {
    let text = Array("04A1B2C3\r\n04 a1 b2 c3 d4 e5 f6\r\n".utf8)
    for cut in 0...text.count {
      var parser = CardLineParser(notation: .hexadecimal)
      parser.lineFellSilent()
      let uids = parser.take(Array(text[..<cut])) + parser.take(Array(text[cut...]))
      #expect(uids.map(\.description) == ["04a1b2c3", "04a1b2c3d4e5f6"])
    }
    let frames = frame("0B00A1B2C3") + frame("0C00A1B2C3")
    for cut in 0...frames.count {
      var parser = RDM6300Parser()
      let uids = parser.take(Array(frames[..<cut])) + parser.take(Array(frames[cut...]))
      #expect(uids.map(\.description) == ["00000b00a1b2c3", "00000c00a1b2c3"])
    }
  }

  @Test("The tail of a line is not taken for a number: at the start, and of a line that is too long")
  func tails() {
    var parser = CardLineParser(notation: .hexadecimal)
    #expect(parser.take(Array("c3d4e5f6\n04a1b2c3\n".utf8)).map(\.description) == ["04a1b2c3"])
    let long = String(repeating: "x", count: 64) + "04a1b2c3\n"
    #expect(parser.take(Array(long.utf8)) == [])
    #expect(parser.take(Array("deadbeef\n".utf8)).map(\.description) == ["deadbeef"])
  }

  /// 200 ms of silence in a line, at each place of it: nothing, or all of it, never a part.
  @Test(
    "A line that is broken by a silence is dropped to its end, and the next one counts",
    arguments: ["04A1B2C3D4E5F6A7\r\n", "04A1B2C3\r\n", "04A1B2C3D4E5F6\n", "04 A1 B2 C3\r"])
  func brokenLine(line: String) throws {
    let bytes = Array(line.utf8)
    for cut in 1..<bytes.count {
      let clock = ManualClock()
      let wire = ScriptedLine()
      let reader = try SerialCardReader(parser: CardLineParser(notation: .hexadecimal), clock: clock) { wire }
      var events: [CardEvent] = []
      func hear(_ bytes: some Sequence<UInt8>) throws {
        wire.incoming += bytes
        for _ in 0..<20 {
          events += try reader.poll()
          clock.sleep(for: .milliseconds(10))
        }
      }
      try hear([])
      try hear(bytes[..<cut])
      try hear(bytes[cut...])
      // The end of a line may itself be cut in two.
      let cameWhole = bytes[..<cut].contains { $0 == 0x0A || $0 == 0x0D }
      let uids = cameWhole ? parse(line, .hexadecimal).compactMap { UID($0) } : []
      #expect(events == uids.map { .appeared($0) }, "cut at \(cut)")
      events = []
      try hear("DEADBEEF\n".utf8)
      try hear("DEADBEEF\n".utf8)
      #expect(events.last == .appeared(try #require(UID("deadbeef"))), "cut at \(cut)")
    }
  }

  private func frame(_ digits: String) -> [UInt8] {
    let check = String(hexadecimalBytes(digits)!.reduce(0, ^), radix: 16, uppercase: true)
    return [0x02] + Array((digits + (check.count == 1 ? "0" : "") + check).utf8) + [0x03]
  }

  @Test("RDM6300 frames: all 40 bits count, damaged ones are dropped")
  func rdm6300() {
    var parser = RDM6300Parser()
    // A tag whose print says 0010597059.
    let good = frame("0B00A1B2C3")
    #expect(parser.take(good) == [RDM6300Parser.tag(version: 0x0B, number: 10_597_059)!])
    for index in good.indices {
      for bit in 0..<8 {
        var damaged = good
        damaged[index] ^= 1 << bit
        var parser = RDM6300Parser()
        let uids = parser.take(damaged)
        // Upper and lower case are the same digit; nothing else may pass.
        #expect(uids.isEmpty || bit == 5 && uids == [RDM6300Parser.tag(version: 0x0B, number: 10_597_059)!])
      }
    }
    // A frame that breaks off is replaced by the next.
    #expect(parser.take(Array(good.prefix(6)) + good).count == 1)
    #expect(parser.take([0x02] + Array(repeating: 0x30, count: 200) + [0x03]) == [])
    #expect(parser.take([0x02, 0x03, 0x03, 0x02]) == [])
    #expect(parser.take(frame("0000000000")) == [], "no tag has it")
    #expect(RDM6300Parser.tag(version: 8, number: 1)?.isRandom == false)
  }

  @Test("Garbage never crashes a parser and makes no RDM6300 tag")
  func garbage() {
    var random = Random(state: 3)
    var lines = CardLineParser(notation: .hexadecimal)
    var numbers = CardLineParser(notation: .decimal)
    var frames = RDM6300Parser()
    for _ in 0..<5_000 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      _ = lines.take(bytes)
      _ = numbers.take(bytes)
      #expect(frames.take(bytes) == [])
    }
  }

  @Test("A repeating reader's card stays while it repeats and is removed after the silence")
  func repeating() throws {
    let clock = ManualClock()
    let line = ScriptedLine()
    let reader = try SerialCardReader(
      parser: RDM6300Parser(), style: .repeating(silence: .milliseconds(800)), clock: clock
    ) { line }
    let uid = RDM6300Parser.tag(version: 0x0B, number: 10_597_059)!
    var events: [CardEvent] = []
    for round in 0..<2_000 {
      clock.sleep(for: .milliseconds(100))
      if round % 5 == 0 { line.incoming += frame("0B00A1B2C3") }
      events += try reader.poll()
    }
    #expect(events == [.appeared(uid)])
    events = []
    for _ in 0..<8 {
      clock.sleep(for: .milliseconds(100))
      events += try reader.poll()
    }
    #expect(events == [.removed(uid)])
    #expect(reader.presentCard == nil)
  }

  /// Polls every 65 ms, as often as the reader reports.
  private func events(of frames: [[UInt8]]) throws -> [CardEvent] {
    let clock = ManualClock()
    let line = ScriptedLine()
    let reader = try SerialCardReader(parser: RDM6300Parser(), clock: clock) { line }
    return try frames.flatMap { frame in
      clock.sleep(for: .milliseconds(65))
      line.incoming += frame
      return try reader.poll()
    }
  }

  @Test(
    "What a repeating reader makes up between two reports of a tag that lies there is no event",
    arguments: ["0000000000", "000000078F", "0B00A1B2C2", "0C00A1B2C3"])
  func phantom(digits: String) throws {
    let (tag, phantom) = (frame("0B00A1B2C3"), frame(digits))
    let uid = RDM6300Parser.tag(version: 0x0B, number: 10_597_059)!
    #expect(phantom.count == 14)
    // Before it, between its reports as often as one likes, and in an empty field.
    let resting = Array(repeating: [phantom, tag], count: 30).joined()
    #expect(try events(of: [phantom, tag, tag] + resting) == [.appeared(uid)])
    #expect(try events(of: [phantom] + Array(repeating: [], count: 30) + [phantom]) == [])
    // It keeps no tag there that was taken away.
    let gone = try events(of: [tag, tag, phantom] + Array(repeating: [], count: 30))
    #expect(gone == [.appeared(uid), .removed(uid)])
  }

  @Test("Another tag is believed when it came twice in a row")
  func anotherTag() throws {
    let (first, second) = (frame("0B00A1B2C3"), frame("0C00A1B2C3"))
    let uids = [0x0B, 0x0C].map { RDM6300Parser.tag(version: $0, number: 10_597_059)! }
    #expect(
      try events(of: [first, first, second, second]) == [
        .appeared(uids[0]), .removed(uids[0]), .appeared(uids[1]),
      ])
    // In one poll, too.
    #expect(
      try events(of: [first + first, [], second + second]) == [
        .appeared(uids[0]), .removed(uids[0]), .appeared(uids[1]),
      ])
    // A line reader's card that is alone counts at once: some readers print it once.
    let clock = ManualClock()
    let line = ScriptedLine()
    let reader = try SerialCardReader(parser: CardLineParser(notation: .hexadecimal), clock: clock) { line }
    for _ in 0..<2 {
      #expect(try reader.poll() == [])
      clock.sleep(for: .milliseconds(60))
    }
    line.incoming = Array("04A1B2C3\n04A1B2C7\n04A1B2C3\n".utf8)
    #expect(try reader.poll() == [.appeared(UID("04a1b2c3")!)])
    line.incoming = Array("DEADBEEF\n".utf8)
    #expect(try reader.poll() == [])
    line.incoming = Array("DEADBEEF\n".utf8)
    #expect(try reader.poll() == [.removed(UID("04a1b2c3")!), .appeared(UID("deadbeef")!)])
  }

  @Test("Another number ends the presence of the one before; a report-once reader's card is held for a time")
  func once() throws {
    let clock = ManualClock()
    let line = ScriptedLine()
    let reader = try SerialCardReader(
      parser: CardLineParser(notation: .hexadecimal), style: .once(hold: .seconds(5)), clock: clock
    ) { line }
    #expect(try reader.poll() == [])
    clock.sleep(for: .milliseconds(100))
    #expect(try reader.poll() == [])
    line.incoming = Array("04A1B2C3\nDEADBEEF\n".utf8)
    let (first, second) = (UID("04a1b2c3")!, UID("deadbeef")!)
    #expect(try reader.poll() == [.appeared(first), .removed(first), .appeared(second)])
    clock.sleep(for: .milliseconds(4900))
    #expect(try reader.poll() == [])
    clock.sleep(for: .milliseconds(100))
    #expect(try reader.poll() == [.removed(second)])
    // Presented again after a long pause without a poll: it was gone in between.
    line.incoming = Array("04A1B2C3\n".utf8)
    #expect(try reader.poll() == [.appeared(first)])
    clock.sleep(for: .seconds(60))
    line.incoming = Array("04A1B2C3\n".utf8)
    #expect(try reader.poll() == [.removed(first), .appeared(first)])
  }

  @Test("A line that is gone is a bus error, is opened again, and takes no card away")
  func unplugged() throws {
    let clock = ManualClock()
    var adapter: ScriptedLine? = ScriptedLine()
    let first = try #require(adapter)
    var openings = 0
    let reader = try SerialCardReader(
      parser: CardLineParser(notation: .hexadecimal), style: .repeating(silence: .milliseconds(800)),
      clock: clock,
      place: "reader at /dev/ttyUSB0"
    ) { () throws(PiHALError) in
      openings += 1
      guard let adapter else { throw PiHALError(.missing, place: "/dev/ttyUSB0", problem: "is missing") }
      return adapter
    }
    let uid = try #require(UID("04a1b2c3"))
    func events(after milliseconds: Int) throws -> [CardEvent] {
      clock.sleep(for: .milliseconds(milliseconds))
      return try reader.poll()
    }
    #expect(try events(after: 100) == [])
    #expect(try events(after: 100) == [])
    first.incoming = Array("04A1B2C3\nDEAD".utf8)
    #expect(try events(after: 100) == [.appeared(uid)])

    first.isUnplugged = true
    adapter = nil
    for _ in 0..<40 {
      do throws(RC522Error) {
        _ = try reader.poll()
        Issue.record("no error")
      } catch {
        guard case .bus = error.kind else { throw error }
        #expect(error.description.contains("/dev/ttyUSB0"))
      }
      clock.sleep(for: .milliseconds(100))
    }
    #expect(reader.presentCard == uid)
    #expect(openings == 1 + 3, "4 s: once a second, and a second after the loss")

    adapter = ScriptedLine()
    adapter?.incoming = Array("BEEF\n".utf8)
    #expect(try events(after: 1000) == [], "the rest of a number is none")
    #expect(try events(after: 700) == [])
    adapter?.incoming = Array("04A1B2C3\n".utf8)
    #expect(try events(after: 50) == [], "it lay there all the time")
    #expect(try events(after: 800) == [.removed(uid)])
  }

  @Test("A line that never falls silent does not hold the caller")
  func flood() throws {
    let line = ScriptedLine()
    line.isFlooding = true
    let reader = try SerialCardReader(parser: RDM6300Parser(), clock: ManualClock()) { line }
    #expect(try reader.poll() == [])
    #expect(line.reads < 100)
  }
}

final class ScriptedLine: SerialLine {
  var incoming: [UInt8] = []
  var isUnplugged = false
  var isFlooding = false
  private(set) var reads = 0

  func read(timeout: Duration) throws(PiHALError) -> [UInt8] {
    reads += 1
    if isUnplugged { throw PiHALError(.disconnected, place: "line", problem: "is unplugged") }
    if isFlooding { return Array(repeating: 0x55, count: 4096) }
    defer { incoming = Array(incoming.dropFirst(4096)) }
    return Array(incoming.prefix(4096))
  }

  func write(_ bytes: [UInt8]) throws(PiHALError) {}
}
