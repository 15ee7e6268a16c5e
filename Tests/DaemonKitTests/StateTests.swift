import DaemonKit
import Foundation
import JSONState
import Testing

@Suite struct StateTests {
  struct Sum: JournaledState {
    static let formatVersion = 1

    var total = 0

    mutating func apply(_ record: JournalRecord<Int>) { total += record.entry }
  }

  @Test func aDaemonWaitsForACommandThatHasTheStateOpen() async throws {
    try await Scratch.with { scratch in
      let command = try await StateStore<Sum>.open(directory: scratch.path)
      try await command.append(5)
      let (refusals, refusal) = AsyncStream.makeStream(of: JSONStateError.self)
      async let daemon = StateStore<Sum>.openWaiting(directory: scratch.path, wait: .seconds(600)) {
        refusal.yield($0)
        refusal.finish()
      }
      // It was refused once, and tries again.
      for await error in refusals { #expect("\(error)".contains(scratch.path)) }
      await onOwnThread { command.close() }
      let store = try await daemon
      #expect(store.state.total == 5)
      await onOwnThread { store.close() }
    }
  }

  @Test func itDoesNotWaitForEver() async throws {
    try await Scratch.with { scratch in
      let other = try await StateStore<Sum>.open(directory: scratch.path)
      await #expect(throws: JSONStateError.self) {
        _ = try await StateStore<Sum>.openWaiting(directory: scratch.path, wait: .milliseconds(150))
      }
      await onOwnThread { other.close() }
    }
  }

  @Test func aCommandLetsTheStateGoWhateverHappens() async throws {
    struct Mishap: Error {}
    try await Scratch.with { scratch in
      await #expect(throws: Mishap.self) {
        try await StateStore<Sum>.withOpen(directory: scratch.path) { store in
          try await store.append(1)
          throw Mishap()
        }
      }
      let total = try await StateStore<Sum>.withOpen(directory: scratch.path) { $0.state.total }
      #expect(total == 1)
    }
  }

  @Test func damageIsReportedAndRepaired() async throws {
    try await Scratch.with { scratch in
      // The snapshot of the beginning, as a crash leaves it.
      let snapshot = scratch.path + "/state.json"
      try await StateStore<Sum>.withOpen(directory: scratch.path) { _ in }
      let first = try String(contentsOfFile: snapshot, encoding: .utf8)
      try await StateStore<Sum>.withOpen(directory: scratch.path) { try await $0.append(1, 2, 3000) }
      try first.write(toFile: snapshot, atomically: false, encoding: .utf8)
      let sound = try await StateStore<Sum>.verificationReport(of: scratch.path)
      #expect(sound.damages.isEmpty)
      #expect(sound.lines.last == "3 entries, all sound")

      let journal = scratch.path + "/journal.jsonl"
      let text = try String(contentsOfFile: journal, encoding: .utf8)
      try text.replacing("3000", with: "9000").write(toFile: journal, atomically: false, encoding: .utf8)
      let damaged = try await StateStore<Sum>.verificationReport(of: scratch.path)
      #expect(
        damaged.damages == [
          "journal.jsonl, line 4: it is not as it was written",
          "journal.jsonl, line 2: the rest of its transaction is missing",
        ])
      #expect(damaged.lines.last?.hasSuffix("damaged") == true)

      let repair = try await StateStore<Sum>.repairReport(of: scratch.path)
      let lines = repair.lines(sums: "the sum", remedy: "add it up by hand")
      #expect(lines.contains { $0.contains("missing in the sum: add it up by hand.") })
      #expect(try await StateStore<Sum>.verificationReport(of: scratch.path).damages.isEmpty)
      let again = try await StateStore<Sum>.repairReport(of: scratch.path)
      #expect(again.lines(sums: "", remedy: "") == ["Nothing is wrong; nothing was changed."])
    }
  }
}
