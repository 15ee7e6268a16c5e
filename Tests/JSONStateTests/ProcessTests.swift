import Foundation
import JSONState
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// On the kernel's file system, with real processes.
@Suite struct ProcessTests {
  static func withDirectory(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "json-state-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  static func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  @Test func filesAreForTheirOwnerAndReadableByTheGroup() throws {
    try Self.withDirectory { path in
      let store = try StateStore<Accounts>(directory: path + "/a/b/")
      try store.appendAndWait(.topUp(account: "a", amount: 1))
      try store.snapshot()
      for name in ["state.json", "journal.jsonl", "lock"] {
        #expect(try Self.mode("\(path)/a/b/\(name)") == 0o640)
      }
      for name in ["", "/archive"] { #expect(try Self.mode("\(path)/a/b\(name)") == 0o750) }
      store.close()
      let again = try StateStore<Accounts>(directory: path + "/a/b")
      #expect(again.state.balances == ["a": 1])
      let found = try again.verify()
      #expect(found.isSound && found.entries == 1)
    }
  }

  @Test func aSecondOpeningNamesTheProcessThatHoldsTheLock() throws {
    try Self.withDirectory { path in
      let store = try StateStore<Accounts>(directory: path)
      #expect(throws: JSONStateError.locked(directory: path, process: Int(getpid()))) {
        _ = try StateStore<Accounts>(directory: path)
      }
      #expect(throws: JSONStateError.locked(directory: path, process: Int(getpid()))) {
        _ = try StateStore<Accounts>.verify(directory: path)
      }
      store.close()
      _ = try StateStore<Accounts>(directory: path)
    }
  }

  @Test func anotherProcessKeepsTheDirectoryLocked() throws {
    try Self.withDirectory { path in
      try StateStore<Accounts>(directory: path).close()
      let other = Process()
      let output = Pipe()
      let input = Pipe()
      other.executableURL = URL(fileURLWithPath: "/bin/sh")
      other.arguments = [
        "-c", "exec 9>>\"$1\"; flock -n 9 || exit 1; echo $$ >\"$1\"; echo ready; read line", "sh",
        path + "/lock",
      ]
      other.standardOutput = output
      other.standardInput = input
      try other.run()
      #expect(output.fileHandleForReading.availableData == Data("ready\n".utf8))
      #expect(throws: JSONStateError.locked(directory: path, process: Int(other.processIdentifier))) {
        _ = try StateStore<Accounts>(directory: path)
      }
      kill(other.processIdentifier, SIGKILL)
      other.waitUntilExit()
      _ = try StateStore<Accounts>(directory: path)
    }
  }

  @Test func aPathThatIsNoDirectorySaysWhatToDo() throws {
    try Self.withDirectory { path in
      try Data().write(to: URL(fileURLWithPath: path))
      #expect {
        _ = try StateStore<Accounts>(directory: path)
      } throws: { error in
        "\(error)".contains("Not a directory in \(path)") && "\(error)".contains("move it away")
      }
    }
  }

  /// Rounds of appending by a child that is killed at a random moment. It notes in a file of its own what was
  /// acknowledged; the kernel keeps that, and what was written, over the death of a process.
  @Test func nothingAcknowledgedIsLostByKilling() async throws {
    let isSlow = ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] != nil
    let path = NSTemporaryDirectory() + "json-state-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    var generator = SystemRandomNumberGenerator()
    var before = 0
    for round in 1...(isSlow ? 500 : 8) {
      let delay = UInt32.random(in: 500...20_000, using: &generator)
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, delay = delay as UInt32] in
        let acknowledged = SystemFileSystem()
        let notes = try acknowledged.open(path + "/acknowledged", .lock)
        let clock = WallClock("2026-10-15T12:00:00Z")
        let store = try StateStore<Accounts>(
          directory: path + "/state", policy: SnapshotPolicy(entries: 50), now: clock.now)
        Thread {
          usleep(delay)
          kill(getpid(), SIGKILL)
        }.start()
        var month = store.lastNumber / 200
        while true {
          let next = store.lastNumber + 1
          if next / 200 != month {
            month = next / 200
            clock.set("\(2027 + month / 12)-\(month % 12 < 9 ? "0" : "")\(month % 12 + 1)-01T00:00:00Z")
          }
          try store.appendAndWait(.topUp(account: "a", amount: next), .charge(account: "b", amount: next))
          _ = try acknowledged.write(notes, Array("\(next + 1)\n".utf8)[...])
        }
      }
      let notes = (try? String(contentsOfFile: path + "/acknowledged", encoding: .utf8)) ?? ""
      let acknowledged = max(before, notes.split(separator: "\n").last.flatMap { Int($0) } ?? 0)
      let store = try StateStore<Accounts>(directory: path + "/state")
      #expect(store.lastNumber >= acknowledged && store.lastNumber <= acknowledged + 2, "round \(round)")
      before = store.lastNumber
      let sum = stride(from: 1, through: store.lastNumber, by: 2).reduce(0, +)
      #expect(store.state.balances["a", default: 0] == sum && store.state.balances["b", default: 0] == -sum)
      store.close()
      if round % 50 == 0 || !isSlow {
        let found = try StateStore<Accounts>.verify(directory: path + "/state")
        #expect(found.isSound && found.entries == store.lastNumber, "round \(round): \(found)")
      }
    }
    let store = try StateStore<Accounts>(directory: path + "/state")
    #expect(store.lastNumber > 0)
  }
}
