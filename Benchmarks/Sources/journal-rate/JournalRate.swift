// journal-rate DIRECTORY ROUNDS
//
// Durable entries a second, one at a time: a StateStore with a tap's entries and one with a coffee machine's, a plain
// write and fdatasync of the very bytes it wrote, and SQLite. They take turns of a few entries, in random
// order, so that a busy machine is busy for all.
import BenchLedger
import Foundation
import JSONState

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// The lines that a store has written since the last call.
struct NewLines {
  private let file: FileHandle

  init(of store: String) throws {
    file = try FileHandle(forReadingFrom: URL(fileURLWithPath: store + "/journal.jsonl"))
    try file.seekToEnd()
  }

  func take() throws -> [[UInt8]] {
    let bytes = [UInt8](try file.readToEnd() ?? Data())
    return bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) + [UInt8(ascii: "\n")] }
  }
}

@main
enum JournalRate {
  static func main() async throws { try await measure() }

  /// Where the daemons' callers are: on Swift's cooperative threads, not on the main actor as `main` is.
  @concurrent private static func measure() async throws {
    let batch = 20
    let callers = 8
    let arguments = CommandLine.arguments
    let (directory, rounds) = (arguments[1], Int(arguments[2]) ?? 50)
    let clock = ContinuousClock()

    func openPlain(_ name: String) -> Int32 {
      open("\(directory)/\(name)", O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o640)
    }

    @Sendable func writePlain(_ line: [UInt8], to file: Int32) {
      guard line.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == line.count,
        fdatasync(file) == 0
      else {
        fatalError("a plain write failed: \(errno)")
      }
    }

    let queue = DispatchQueue(label: "plain")
    let plainHanded = openPlain("plain-handed")
    /// What the plain write costs a program that may not block where it runs.
    @Sendable func handPlain(_ line: [UInt8]) async {
      await withCheckedContinuation { continuation in
        queue.async {
          writePlain(line, to: plainHanded)
          continuation.resume()
        }
      }
    }

    let waiting = try StateStore<BenchLedger>(directory: directory + "/waiting")
    let async = try StateStore<BenchLedger>(directory: directory + "/async")
    let group = try StateStore<BenchLedger>(directory: directory + "/group")
    let coffees = try StateStore<BenchUsages>(directory: directory + "/coffees")
    // As large as a bar's, so that what a snapshot costs is in it.
    for store in [waiting, async, group] {
      try store.transactAndWait { transaction in
        for index in 0..<2500 { transaction.record(.evening(index)) }
      }
    }
    try coffees.transactAndWait { transaction in
      for index in 0..<2500 { transaction.record(.coffee(index)) }
    }
    let waitingLines = try NewLines(of: directory + "/waiting")
    let coffeeLines = try NewLines(of: directory + "/coffees")
    let groupLines = try NewLines(of: directory + "/group")
    let books = try SQLiteBooks(path: directory + "/books.sqlite")
    let plain = openPlain("plain")
    let plainGroup = openPlain("plain-group")
    let plainCoffees = openPlain("plain-coffees")
    var next = 2500
    var times: [String: [Double]] = [:]

    func measured(_ name: String, entries: Int = 1, _ body: () async throws -> Void) async rethrows {
      times[name, default: []].append(try await clock.measure(body).seconds / Double(entries))
    }

    let encoder = JSONEncoder()
    /// What the plain writer writes next: the store's lines of the round before.
    var lines = (0..<batch).map { Array("{\"line\":\($0)}\n".utf8) }
    var usageLines = lines
    for _ in 0..<rounds {
      let entries = (next..<next + batch).map(BenchLedger.Entry.evening)
      let texts = try entries.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
      next += batch
      // As the lock waits for the books before it unlocks.
      let usages = (next - batch..<next).map(BenchUsages.Entry.coffee)
      for turn in (0..<7).shuffled() {
        for index in 0..<batch {
          switch turn {
          case 0: try await measured("waiting") { try waiting.appendAndWait(entries[index]) }
          case 1: await measured("plain") { writePlain(lines[index], to: plain) }
          case 2: try await measured("async") { try await async.append(entries[index]) }
          case 3: await measured("plainHanded") { await handPlain(lines[index]) }
          case 4: try await measured("coffee") { try await coffees.append(usages[index]) }
          case 5: await measured("plainCoffee") { writePlain(usageLines[index], to: plainCoffees) }
          default:
            try await measured("sqlite") {
              let change = entries[index].balanceChange
              try books.insert(
                at: "2026-10-31T20:15:00.250Z", card: change?.card, amount: change?.amount ?? 0,
                entry: texts[index])
            }
          }
        }
      }
      lines = try waitingLines.take()
      usageLines = try coffeeLines.take()
      precondition(lines.count == batch && usageLines.count == batch)
      func together() async throws {
        try await measured("group", entries: batch * callers) {
          try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<callers { tasks.addTask { for entry in entries { try await group.append(entry) } } }
            try await tasks.waitForAll()
          }
        }
        let lines = try groupLines.take()
        precondition(lines.count == batch * callers)
        await measured("plainGroup", entries: batch * callers) {
          let shares = (0..<callers).map { caller in lines[(caller * batch)..<((caller + 1) * batch)] }
          let threads = shares.map { share in
            let done = DispatchSemaphore(value: 0)
            Thread {
              for line in share { writePlain(line, to: plainGroup) }
              done.signal()
            }.start()
            return done
          }
          threads.forEach { $0.wait() }
        }
      }
      try await together()
    }

    for (name, values) in times.sorted(by: { $0.key < $1.key }) {
      let sorted = values.sorted()
      // The middle one: on a busy machine the slow ones tell of others.
      print("\(name)=\(1 / sorted[sorted.count / 2])")
      print("\(name)Microseconds=\(sorted[sorted.count / 2] * 1e6)")
      print("\(name)BestTenth=\(sorted[sorted.count / 10] * 1e6)")
    }
    // What a snapshot adds to each of the 10,000 entries that share it.
    let snapshot = try clock.measure { try waiting.snapshot() }.seconds
    print("snapshotMilliseconds=\(snapshot * 1000)")
    print("bytesPerEntry=\(lines.reduce(0) { $0 + $1.count } / batch)")
    print("bytesPerCoffee=\(usageLines.reduce(0) { $0 + $1.count } / batch)")
    print("entries=\(rounds * batch)")
  }
}
