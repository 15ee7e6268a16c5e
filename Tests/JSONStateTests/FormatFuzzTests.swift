import DaemonTesting
import Foundation
import JSONStateTesting
import Testing

@testable import JSONState

/// Numbers that repeat for a seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    // SplitMix64 of Steele, Lea and Flood.
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// Files full of anything: reading, verifying and repairing them ends, and what verify calls sound opens.
@Suite(.ownThreads) struct FormatFuzzTests {
  static let absurd = [
    "-1", "0", "1", "\(Int.max)", "\(Int.min)", "999999999999999999", "1000000000000000", "1000000000000001",
    "4611686018427387904", "1e300", "null", "\"a\"", "[]",
  ]

  /// Changes one of the files, and now and then puts its checksums right again, as a forger would.
  static func mutate(_ disk: SimulatedDisk, _ dice: inout SeededGenerator) {
    let paths = disk.paths
    guard let path = paths.randomElement(using: &dice), var bytes = disk[path] else { return }
    let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &dice)
    let end = min(bytes.count, place + Int.random(in: 0...300, using: &dice))
    var isForged = Bool.random(using: &dice)
    switch Int.random(in: 0..<11, using: &dice) {
    case 0: if !bytes.isEmpty { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice) }
    case 1: if !bytes.isEmpty { bytes[place] = UInt8.random(in: 0...255, using: &dice) }
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &dice))
    case 4: bytes.removeSubrange(place...)
    case 5: for index in place..<end { bytes[index] = 0 }
    case 6: disk[paths.randomElement(using: &dice) ?? path] = nil
    case 7:
      let names = [
        "journal.jsonl", "state.json", "lock", "archive/2026-10.jsonl", "archive/2026-12.jsonl",
        "archive/99999-12.jsonl", "archive/9223372036854775807-01.jsonl", "archive/0000-01.jsonl",
        "archive/x.jsonl", "archive/2026-11.jsonl.new", "journal.jsonl.new-2",
      ]
      disk["\(directory)/\(names.randomElement(using: &dice) ?? "")"] = bytes
    default:
      isForged = true
      let text = String(decoding: bytes, as: UTF8.self)
      let words = [
        #""n":"#, #""more":"#, #""after":"#, #""lastEntry" : "#, #""lineStart" : "#, #""lineEnd" : "#,
        #""journalAfter" : "#, #""month":""#, #""format":"#, #""stateVersion":"#, #""at":""#, #""to":"#, "[",
      ]
      let places = words.flatMap { text.ranges(of: $0) }
      guard let range = places.randomElement(using: &dice) else { return }
      let rest = text[range.upperBound...].drop { $0.isNumber || $0 == "-" }
      bytes = Array((text[..<range.upperBound] + (absurd.randomElement(using: &dice) ?? "0") + rest).utf8)
    }
    disk[path] = isForged ? sealed(bytes) : bytes
  }

  /// With right checksums.
  static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    let opening = Array("{\n  \"crc\" : \"".utf8)
    if bytes.starts(with: opening), bytes.count > opening.count + 8 {
      let rest = bytes[(opening.count + 8)...]
      return opening + Array(Hex.text(CRC32C.checksum(rest)).utf8) + rest
    }
    let start = Array(#"{"crc":""#.utf8)
    let lines = bytes.split(separator: lineEnd, omittingEmptySubsequences: false).map { line -> [UInt8] in
      guard line.starts(with: start), line.count > start.count + 8 else { return Array(line) }
      let rest = line.dropFirst(start.count + 8)
      return start + Array(Hex.text(CRC32C.checksum(rest)).utf8) + rest
    }
    return Array(lines.joined(separator: [lineEnd]))
  }

  @Test(arguments: DamagedBooks.End.allCases) func nothingCrashesAndSoundBooksOpen(end: DamagedBooks.End)
    throws
  {
    let books = try DamagedBooks(end)
    let rounds = FaultTests.isSlow ? 10_000 : 150
    var (sound, repaired, refused) = (0, 0, 0)
    for seed in 1...rounds {
      var dice = SeededGenerator(
        UInt64(seed) << 8 | UInt64(DamagedBooks.End.allCases.firstIndex(of: end) ?? 0))
      let disk = books.disk.copy()
      for _ in 0..<Int.random(in: 1...4, using: &dice) { Self.mutate(disk, &dice) }
      do {
        let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
        if found.isSound {
          sound += 1
          try disk.copy().store(clock: RepairedBooksTests.clock).close()
        } else {
          _ = try? disk.copy().store(clock: RepairedBooksTests.clock)
        }
      } catch JSONStateError.newerFormat {
        refused += 1
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
      let before = disk.copy()
      do {
        let report = try StateStore<Accounts>.repair(
          directory: directory, fileSystem: disk, now: RepairedBooksTests.clock.now)
        if !report.damages.isEmpty { repaired += 1 }
      } catch {
        // Of a newer version, or an entry that is none of these books': nothing is touched.
        for path in before.paths where !path.hasSuffix("/lock") {
          #expect(disk[path] == before[path], "\(seed)")
        }
        refused += 1
        continue
      }
      let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
      #expect(found.isSound, "seed \(seed): \(found.damages)")
      do {
        let store = try disk.store(clock: RepairedBooksTests.clock)
        var last = 0
        try store.forEachRecord { record in
          #expect(record.number > last, "seed \(seed)")
          last = record.number
        }
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
    }
    #expect(
      sound + refused > 0 && repaired > rounds / 3, "\(sound) sound, \(repaired) repaired, \(refused) refused"
    )
  }

  /// Every byte string is a line or none.
  @Test func linesAndHeadersAreReadOrRefused() throws {
    let books = try DamagedBooks(.orderly)
    let lines =
      books.lines.values.sorted() + [
        try #require(books.disk.text("journal.jsonl")?.split(separator: "\n").first.map(String.init))
      ]
    var dice = SeededGenerator(7)
    var read = 0
    for _ in 0..<(FaultTests.isSlow ? 400_000 : 4000) {
      var bytes = Array(try #require(lines.randomElement(using: &dice)).utf8)
      for _ in 0..<Int.random(in: 1...3, using: &dice) where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
      }
      if Bool.random(using: &dice) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &dice)) }
      bytes = Self.sealed(bytes)
      if JournalLine(bytes[...]) != nil || (try? JournalHeader(line: bytes[...], stateVersion: 2)) != nil {
        read += 1
      }
    }
    #expect(read > 0)
  }

  @Test(arguments: [
    ("lineStart", "\(Int.min)"), ("lineStart", "-1"), ("lineEnd", "\(Int.max)"), ("lastEntry", "\(Int.max)"),
    ("lastEntry", "-1"), ("journalAfter", "-9"), ("journalAfter", "\(Int.max)"),
    ("lastEntry", "1000000000000001"),
  ]) func absurdNumbersInASnapshotAreRefusedWithTheirPlace(member: String, value: String) throws {
    let disk = try DamagedBooks(.orderly).disk
    let text = try #require(disk.text("state.json"))
    let start = try #require(text.firstRange(of: "\"\(member)\" : "))
    let rest = text[start.upperBound...].drop { $0.isNumber }
    disk["\(directory)/state.json"] = Self.sealed(Array((text[..<start.upperBound] + value + rest).utf8))
    let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
    #expect(found.damages.contains { $0.file == "state.json" && $0.problem.contains(value) }, "\(found)")
    #expect {
      _ = try disk.store()
    } throws: { error in
      "\(error)".contains("state.json") && "\(error)".contains(value)
    }
    let (report, store) = try RepairKindsTests.repair(disk)
    #expect(report.lost.isEmpty && store.state.balances["a"] == RepairKindsTests.balance())
  }
}
