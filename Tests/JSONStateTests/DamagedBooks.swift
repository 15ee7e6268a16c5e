import Foundation
import JSONState
import JSONStateTesting

/// Sound books, and the ways in which their files get damaged.
struct DamagedBooks {
  /// How the last process that had the books open ended.
  enum End: CaseIterable {
    case orderly
    /// Killed in the third month, with a snapshot from some entries before.
    case killed
    /// Killed in the first month, with nothing but the snapshot of the beginning.
    case killedInFirstMonth
    /// The power went in the middle of a month's change, when the journal had both its names.
    case betweenMonths
  }

  static let journal = "journal.jsonl"
  static let snapshot = "state.json"
  static let october = "archive/2026-10.jsonl"
  static let november = "archive/2026-11.jsonl"
  static let last = 13

  let disk: SimulatedDisk
  /// What `state.json` contained some entries before the end.
  let olderSnapshot: [UInt8]
  /// By number: the line as it was written.
  var lines: [Int: String] = [:]

  /// Entry n tops up by 2 to the power of n, so that a balance tells which entries are in it. Entries 10 to 12 are
  /// one transaction.
  init(_ end: End) throws {
    disk = SimulatedDisk()
    let clock = WallClock("2026-10-01T00:00:00Z")
    let store = try disk.store(clock: clock)
    var older: [UInt8] = []
    var number = 1
    while number <= Self.last {
      let month = end == .killedInFirstMonth ? 10 : 10 + (number - 1) / 4
      if month <= 12 { clock.set("2026-\(month)-10T00:00:00Z") }
      let entries = (number == 10 ? 10...12 : number...number).map {
        Accounts.Entry.topUp(account: "a", amount: 1 << $0)
      }
      try store.transactAndWait { transaction in entries.forEach { transaction.record($0) } }
      if number == 9 && end != .killedInFirstMonth { try store.snapshot() }
      if number == 10 { older = disk["\(directory)/state.json"] ?? [] }
      number += entries.count
    }
    if end == .orderly { store.close() }
    if end == .betweenMonths {
      let probe = disk.copy()
      let again = try probe.store(clock: clock)
      let before = probe.calls.count
      clock.set("2027-01-01T00:00:00Z")
      try again.appendAndWait(.topUp(account: "a", amount: 1))
      let link = probe.calls[before...].firstIndex { $0.hasPrefix("link ") } ?? before
      // Up to the second name and its durability: the link and the two calls behind it.
      disk.endPower(atCall: disk.calls.count + (link - before) + 4)
      _ = try? store.appendAndWait(.topUp(account: "a", amount: 1))
    }
    disk.cutPower()
    olderSnapshot = older
    for path in disk.paths where path.hasSuffix(".jsonl") {
      for line in String(decoding: disk[path] ?? [], as: UTF8.self).split(separator: "\n") {
        if let number = Self.number(of: line) { lines[number] = String(line) }
      }
    }
  }

  static func number(of line: some StringProtocol) -> Int? {
    let parts = line.split(separator: #","n":"#, maxSplits: 1)
    return parts.count == 2 ? Int(parts[1].prefix { $0.isNumber }) : nil
  }

  /// The numbers of the entries whose lines stand whole in some file.
  static func survivors(on disk: SimulatedDisk, of lines: [Int: String]) -> Set<Int> {
    var found: Set<Int> = []
    for path in disk.paths where path.hasSuffix(".jsonl") {
      for line in String(decoding: disk[path] ?? [], as: UTF8.self).split(separator: "\n") {
        if let number = number(of: line), lines[number] == String(line) { found.insert(number) }
      }
    }
    return found
  }

  struct Damage {
    let name: String
    let happen: (SimulatedDisk) -> Void
  }

  /// Every kind of damage to every file.
  func damages() -> [Damage] {
    var all: [Damage] = []
    for file in [Self.journal, Self.snapshot, Self.october, Self.november]
    where disk["\(directory)/\(file)"] != nil {
      func add(_ name: String, _ change: @escaping ([UInt8]) -> [UInt8]?) {
        let path = "\(directory)/\(file)"
        all.append(
          Damage(name: "\(file) \(name)") { disk in
            if let content = disk[path] { disk[path] = change(content) }
          })
      }
      add("missing") { _ in nil }
      add("empty") { _ in [] }
      add("cut in its last line") { Array($0.dropLast(20)) }
      add("without its last line") { Self.joined(Self.split($0).dropLast()) }
      add("without its last line end") { Array($0.dropLast()) }
      add("cut in its middle") { Array($0.prefix($0.count * 6 / 10)) }
      add("without its second line") { Self.joined(Self.split($0).prefix(1) + Self.split($0).dropFirst(2)) }
      add("flipped in its first line") { Self.flipped($0, at: 12) }
      add("flipped in its middle") { Self.flipped($0, at: $0.count / 2) }
      add("flipped in its last line") { Self.flipped($0, at: $0.count - 15) }
      add("with a flipped line end") { bytes in
        Self.flipped(bytes, at: bytes.dropFirst(bytes.count / 2).firstIndex(of: 10) ?? 0)
      }
      add("zeroed") { [UInt8](repeating: 0, count: $0.count) }
      add("zeroed in its middle") { Self.zeroed($0, $0.count / 3..<$0.count * 2 / 3) }
      add("zeroed at its end") { Self.zeroed($0, $0.count * 2 / 3..<$0.count) }
      add("zeroed at its beginning") { Self.zeroed($0, 0..<$0.count / 3) }
      add("doubled") { $0 + $0 }
      add("with its last line twice") { Self.joined(Self.split($0) + Self.split($0).suffix(1)) }
      add("with garbage at its end") { $0 + Array("\u{7f}ELF\n\n{}\n".utf8) }
      add("full of something else") { _ in Array("<html>\n".utf8) }
    }
    let older = olderSnapshot
    all.append(Damage(name: "state.json old") { $0["\(directory)/state.json"] = older })
    all.append(
      Damage(name: "journal.jsonl old") { disk in
        let path = "\(directory)/journal.jsonl"
        disk[path] = disk[path].map { Self.joined(Self.split($0).prefix(3)) }
      })
    for (from, to, isMove) in [
      (Self.journal, Self.october, false), (Self.journal, "archive/2026-12.jsonl", false),
      (Self.journal, "archive/2026-12.jsonl", true), (Self.october, "archive/2026-09.jsonl", true),
      (Self.october, "archive/2027-04.jsonl", true), (Self.october, "archive/2027-04.jsonl", false),
      (Self.october, "archive/2026-12.jsonl", true), (Self.october, Self.november, true),
      (Self.november, Self.october, false), (Self.november, "archive/2026-12.jsonl", true),
      (Self.november, Self.journal, false), (Self.october, "archive/copy of October.jsonl", true),
    ] where disk["\(directory)/\(from)"] != nil {
      all.append(
        Damage(name: "\(from) \(isMove ? "moved" : "copied") to \(to)") { disk in
          guard let content = disk["\(directory)/\(from)"] else { return }
          disk["\(directory)/\(to)"] = content
          if isMove { disk["\(directory)/\(from)"] = nil }
        })
    }
    all.append(
      Damage(name: "October and November swapped") { disk in
        let (one, other) = ("\(directory)/\(Self.october)", "\(directory)/\(Self.november)")
        (disk[one], disk[other]) = (disk[other], disk[one])
      })
    return all
  }

  private static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] { bytes.split(separator: 10) }
  private static func joined(_ lines: some Collection<ArraySlice<UInt8>>) -> [UInt8] {
    lines.flatMap { $0 + [10] }
  }
  private static func flipped(_ bytes: [UInt8], at index: Int) -> [UInt8] {
    var bytes = bytes
    if bytes.indices.contains(index) { bytes[index] ^= 1 }
    return bytes
  }
  private static func zeroed(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
    var bytes = bytes
    for index in range where bytes.indices.contains(index) { bytes[index] = 0 }
    return bytes
  }
}
