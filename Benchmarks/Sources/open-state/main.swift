// open-state fill DIRECTORY ENTRIES   writes that many entries into a store and into SQLite beside it
// open-state store DIRECTORY          opens the store and asks for the sum of all balances
// open-state sqlite DIRECTORY         opens SQLite and asks for the same
// open-state snapshot DIRECTORY       opens the store and writes its snapshot
import BenchLedger
import Foundation
import JSONState
import Synchronization

let arguments = CommandLine.arguments
let directory = arguments[2]
let store = directory + "/store"
let database = directory + "/books.sqlite"

func report(_ what: String, balance: Int, took duration: Duration) {
  let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  print("\(what)Seconds=\(seconds)")
  print("\(what)Balance=\(balance)")
  print("\(what)Megabytes=\(peakMegabytes())")
}

/// The most memory that this process ever had.
func peakMegabytes() -> Double {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return (line?.split(whereSeparator: { !$0.isNumber }).first).flatMap { Double($0) }.map { $0 / 1024 } ?? 0
}

/// Ten years of entries, the newest 9,999 of them behind the snapshot: one more, and it is written anew.
func fill(_ total: Int) throws {
  let months = 120
  let tail = SnapshotPolicy().entries - 1
  let start = Date(timeIntervalSince1970: 1_451_606_400)  // 2016-01-01
  let step = Double(months) * 30.4 * 86_400 / Double(total)
  let date = Mutex(start)
  let state = try StateStore<BenchLedger>(directory: store, now: { date.withLock { $0 } })
  let books = try SQLiteBooks(path: database)
  let encoder = JSONEncoder()
  var next = 0
  func record(upTo end: Int) throws {
    try books.run("BEGIN")
    while next < end {
      let entries = (next..<min(end, next + 200)).map(BenchLedger.Entry.evening)
      // A new month in the tail would bring a snapshot with it.
      let dated = min(next, max(0, total - tail - 200))
      date.withLock { $0 = start.addingTimeInterval(Double(dated) * step) }
      let at = date.withLock { $0.ISO8601Format() }
      try state.transactAndWait { transaction in entries.forEach { transaction.record($0) } }
      for entry in entries {
        try books.insert(
          at: at, card: entry.balanceChange?.card, amount: entry.balanceChange?.amount ?? 0,
          entry: String(decoding: try encoder.encode(entry), as: UTF8.self))
      }
      next += entries.count
    }
    try books.run("COMMIT")
  }
  try record(upTo: total - tail)
  try state.snapshot()
  try record(upTo: total)
  state.close()
}

let clock = ContinuousClock()
switch arguments[1] {
case "fill": try fill(Int(arguments[3]) ?? 1_000_000)
case "store":
  var balance = 0
  var replayed = 0
  let took = try clock.measure {
    let state = try StateStore<BenchLedger>(directory: store)
    balance = state.read { $0.balance }
    replayed = state.openingReport.replayed
  }
  report("store", balance: balance, took: took)
  print("replayed=\(replayed)")
case "snapshot":
  let state = try StateStore<BenchLedger>(directory: store)
  try state.snapshot()
case "sqlite":
  var balance = 0
  let took = try clock.measure { balance = try SQLiteBooks(path: database).balance() }
  report("sqlite", balance: balance, took: took)
default: fatalError("open-state fill|store|sqlite|snapshot DIRECTORY")
}
