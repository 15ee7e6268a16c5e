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

  static func owner(_ path: String) -> [uid_t] {
    var found = stat()
    return lstat(path, &found) == 0 ? [found.st_uid, found.st_gid] : []
  }

  /// A daemon that runs as a user can open what root's commands leave in its directory.
  @Test(.enabled(if: geteuid() == 0)) func rootLeavesTheFilesToTheirOwner() throws {
    try Self.withDirectory { path in
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      #expect(chown(path, 4321, 1234) == 0)
      let clock = WallClock()
      func paths() -> [String] {
        (FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []).map { "\(path)/\($0)" }
      }
      for month in 10...12 {
        clock.set("2026-\(month)-10T00:00:00Z")
        let store = try StateStore<Accounts>(directory: path, now: clock.now)
        try store.appendAndWait(.topUp(account: "a", amount: 1))
        store.close()
      }
      try JSONDocument(path: path + "/people.json", initial: 0).updateAndWait { $0 = 1 }
      #expect(paths().count >= 7)
      for file in paths() { #expect(Self.owner(file) == [4321, 1234], "\(file)") }

      // What had an owner of its own keeps it.
      #expect(chown(path + "/journal.jsonl", 77, 88) == 0)
      for name in ["journal.jsonl", "archive/2026-10.jsonl", "people.json"] {
        let file = "\(path)/\(name)"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes[20] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file))
      }
      let report = try StateStore<Accounts>.repair(directory: path, now: clock.now)
      #expect(report.replaced.map(\.file) == ["archive/2026-10.jsonl", "journal.jsonl"])
      _ = try JSONDocument<Int>.repair(path: path + "/people.json")
      for file in paths() {
        #expect(Self.owner(file) == (file.contains("journal.jsonl") ? [77, 88] : [4321, 1234]), "\(file)")
      }
    }
  }

  /// As an earlier version left them when root ran a command.
  @Test(.enabled(if: geteuid() == 0)) func rootGivesItsOwnFilesToTheDirectorysOwner() throws {
    try Self.withDirectory { path in
      let clock = WallClock()
      for month in 10...11 {
        clock.set("2026-\(month)-10T00:00:00Z")
        let store = try StateStore<Accounts>(directory: path, now: clock.now)
        try store.appendAndWait(.topUp(account: "a", amount: 1))
        store.close()
      }
      #expect(chown(path, 4321, 1234) == 0 && chown(path + "/archive", 4321, 1234) == 0)
      for name in ["journal.jsonl", "archive/2026-10.jsonl"] {
        let file = "\(path)/\(name)"
        #expect(Self.owner(file) == [0, 0])
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes[20] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file))
      }
      let report = try StateStore<Accounts>.repair(directory: path, now: clock.now)
      #expect(report.replaced.map(\.file) == ["archive/2026-10.jsonl", "journal.jsonl"])
      let store = try StateStore<Accounts>(directory: path, now: clock.now)
      try store.snapshot()
      store.close()
      for name in ["journal.jsonl", "archive/2026-10.jsonl", "state.json"] {
        #expect(Self.owner("\(path)/\(name)") == [4321, 1234], "\(name)")
      }
    }
  }

  @Test(arguments: ["lock", "state.json", "state.json.new", "journal.jsonl", "journal.jsonl.new"])
  func symbolicLinksAreNotFollowed(name: String) throws {
    try Self.withDirectory { path in
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try StateStore<Accounts>(directory: path + "/state").close()
      let secret = path + "/secret"
      try Data("secret".utf8).write(to: URL(fileURLWithPath: secret))
      try? FileManager.default.removeItem(atPath: "\(path)/state/\(name)")
      try FileManager.default.createSymbolicLink(atPath: "\(path)/state/\(name)", withDestinationPath: secret)
      do {
        let store = try StateStore<Accounts>(
          directory: path + "/state", now: WallClock("2030-01-01T00:00:00Z").now)
        try store.appendAndWait(.topUp(account: "a", amount: 1))
        store.close()
        #expect(name.hasSuffix(".new"))
      } catch {
        #expect(!name.hasSuffix(".new") && "\(error)".contains("symbolic link"), "\(error)")
      }
      #expect(try String(contentsOfFile: secret, encoding: .utf8) == "secret")
    }
  }

  @Test func aLockWithASecondNameAndAPipeAreRefused() throws {
    try Self.withDirectory { path in
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try StateStore<Accounts>(directory: path + "/state").close()
      let lock = path + "/state/lock"
      try FileManager.default.linkItem(atPath: lock, toPath: path + "/other")
      #expect {
        _ = try StateStore<Accounts>(directory: path + "/state")
      } throws: { error in
        "\(error)".contains("second name")
      }
      try FileManager.default.removeItem(atPath: lock)
      #expect(mkfifo(lock, 0o600) == 0)
      #expect {
        _ = try StateStore<Accounts>(directory: path + "/state")
      } throws: { error in
        "\(error)".contains("no ordinary file")
      }
    }
  }

  @Test func aDirectoryInWhichEverybodyMayWriteIsRefused() throws {
    try Self.withDirectory { path in
      try StateStore<Accounts>(directory: path).close()
      #expect(chmod(path, 0o777) == 0)
      #expect {
        _ = try StateStore<Accounts>(directory: path)
      } throws: { error in
        "\(error)".contains("\(path) is not safe") && "\(error)".contains("chmod 0750 \(path)")
      }
      let found = try StateStore<Accounts>.verify(directory: path)
      #expect(found.damages.contains { $0.problem.contains("everybody may write") })
      #expect(throws: JSONStateError.self) { try StateStore<Accounts>.repair(directory: path) }
      #expect(chmod(path, 0o770) == 0)
      try StateStore<Accounts>(directory: path).close()
      try FileManager.default.moveItem(atPath: path + "/archive", toPath: path + "/elsewhere")
      try FileManager.default.createSymbolicLink(
        atPath: path + "/archive", withDestinationPath: path + "/elsewhere")
      #expect(throws: JSONStateError.self) { _ = try StateStore<Accounts>(directory: path) }
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
