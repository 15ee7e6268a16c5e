#if os(Linux)
  import Glibc
  import Testing

  @testable import PiHAL

  /// The helper program, and the file that stands for the lines its guards hold.
  private struct Helper {
    let lines: String

    init() throws {
      var template = Array("/tmp/pi-dispense-guard-XXXXXX".utf8CString)
      _ = try #require(mkdtemp(&template))
      lines =
        template.withUnsafeBufferPointer {
          String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        } + "/lines"
      setenv("FAKE_LINES", lines, 1)
    }

    /// Beside the test program, where the build puts both.
    static var program: String {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = readlink("/proc/self/exe", &buffer, buffer.count)
      let own = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
      return own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/OutputGuardHelper"
    }

    /// What the lines are at; empty before a guard holds them.
    var levels: String {
      ((try? Kernel.system.readFile(lines)).map { String(decoding: $0, as: UTF8.self) } ?? "")
        .split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Waits for the lines to show levels. The limit is only there to end a test that fails.
    func wait(for expected: String) -> Bool { wait { levels == expected } }

    func wait(until condition: () -> Bool) -> Bool {
      let clock = SystemClock()
      let deadline = clock.now.advanced(by: .seconds(20))
      while clock.now < deadline {
        if condition() { return true }
        clock.sleep(for: .milliseconds(2))
      }
      return false
    }

    func output(
      _ offsets: [Int] = [17, 18], lease: Duration = .seconds(30), maximumActive: Duration = .seconds(60),
      safe: [Bool]? = nil
    ) throws -> GuardedOutput {
      try GuardedOutput(
        OutputLines(chip: .test, lines: offsets, safe: safe), lease: lease,
        maximumActive: offsets.map { _ in maximumActive }, program: Self.program)
    }

    /// Starts the helper as a daemon of its own, which opens line 0 and renews its lease.
    func startDaemon() throws -> Int32 {
      var process: pid_t = 0
      var arguments = [strdup(Self.program), nil]
      defer { free(arguments[0]) }
      try #require(posix_spawn(&process, Self.program, nil, nil, &arguments, environ) == 0)
      return process
    }
  }

  /// The guard as a process of its own. One at a time: the environment names the file that stands for the lines.
  @Suite(.serialized) struct GuardProcessTests {
    @Test func ordersReachTheLinesBeforeTheyReturn() throws {
      let helper = try Helper()
      let output = try helper.output(safe: [false, true])
      #expect(helper.levels == "01")
      #expect(output.active == [false, true])
      try output.set(active: [true, true])
      #expect(helper.levels == "11")
      try output.renewLease()
      try output.set(active: [false, false])
      #expect(helper.levels == "00")
      #expect(output.state == .holding)
      output.close()
      #expect(helper.levels == "01")
      #expect(throws: PiHALError.self) { try output.set(active: [true, true]) }
    }

    @Test func aLeaseThatRunsOutMakesTheLinesSafeUntilToldAgain() throws {
      let helper = try Helper()
      let output = try helper.output(lease: .milliseconds(50))
      try output.set(active: [true, false])
      #expect(helper.wait(for: "00"))
      let error = #expect(throws: PiHALError.self) {
        // The report may come a moment after the lines.
        while true { try output.set(active: [true, true]) }
      }
      #expect(error?.kind == .timedOut)
      #expect(output.state == .wentSafe(.leaseExpired))
      #expect(helper.levels == "00")
      try output.set(active: [true, false])
      #expect(output.state == .holding)
    }

    @Test func theMaximumTimeEndsALineThatIsRenewed() throws {
      let helper = try Helper()
      let output = try helper.output(maximumActive: .milliseconds(200))
      try output.set(active: [false, true])
      let error = #expect(throws: PiHALError.self) {
        while true {
          try output.renewLease()
          SystemClock().sleep(for: .milliseconds(5))
        }
      }
      #expect(error?.kind == .timedOut)
      #expect(error?.place == "GPIO18")
      #expect(output.state == .wentSafe(.maximumTime(line: 1)))
      #expect(helper.levels == "00")
    }

    @Test func anOrderSaysForHowLong() throws {
      let helper = try Helper()
      let output = try helper.output(maximumActive: .seconds(60))
      for _ in 1...5 {
        try output.set(active: [false, true], atMost: .milliseconds(200))
        SystemClock().sleep(for: .milliseconds(100))
        try output.renewLease()
        #expect(helper.levels == "01")
      }
      let error = #expect(throws: PiHALError.self) {
        while true {
          try output.renewLease()
          SystemClock().sleep(for: .milliseconds(5))
        }
      }
      #expect(error?.kind == .timedOut)
      #expect(helper.levels == "00")
      #expect(throws: PiHALError.self) { try output.set(active: [false, true], atMost: .zero) }
    }

    @Test func aDeadGuardIsNoticedAndReplaced() throws {
      let helper = try Helper()
      let output = try helper.output()
      try output.set(active: [true, true])
      let first = try #require(output.guardProcess)
      kill(first, SIGKILL)
      let error = #expect(throws: PiHALError.self) {
        while true {
          try output.renewLease()
          SystemClock().sleep(for: .milliseconds(1))
        }
      }
      #expect(error?.kind == .disconnected)
      #expect(output.state == .gone)
      // Reaped: there is no such child any more.
      #expect(waitpid(first, nil, WNOHANG) == -1)
      try output.restart()
      #expect(output.guardProcess != first)
      #expect(helper.levels == "00")
      try output.set(active: [false, true])
      #expect(helper.levels == "01")
    }

    @Test func aGuardThatHangsIsNoticedAndReplaced() throws {
      let helper = try Helper()
      let output = try helper.output(lease: .milliseconds(100))
      kill(try #require(output.guardProcess), SIGSTOP)
      let error = #expect(throws: PiHALError.self) { try output.set(active: [true, true]) }
      #expect(error?.kind == .timedOut)
      try output.restart()
      try output.set(active: [true, false])
      #expect(helper.levels == "10")
    }

    @Test func aGuardToldToEndMakesTheLinesSafeFirst() throws {
      for signal in [SIGTERM, SIGHUP] {
        let helper = try Helper()
        let output = try helper.output()
        try output.set(active: [true, true])
        kill(try #require(output.guardProcess), signal)
        #expect(helper.wait(for: "00"))
        let error = #expect(throws: PiHALError.self) {
          while true { try output.renewLease() }
        }
        #expect(error?.description.contains("told to end") == true)
      }
    }

    @Test func anInterruptedTerminalDoesNotReachTheGuard() throws {
      let helper = try Helper()
      let output = try helper.output()
      try output.set(active: [true, false])
      let guardProcess = try #require(output.guardProcess)
      #expect(getsid(guardProcess) == guardProcess)
      kill(guardProcess, SIGINT)
      try output.set(active: [true, true])
      #expect(helper.levels == "11")
    }

    @Test func whatTheGuardCannotHaveIsThrownHere() throws {
      let helper = try Helper()
      let error = #expect(throws: PiHALError.self) { try helper.output([13]) }
      #expect(error?.description == "GPIO13 is held by \"superstition\"")
    }

    @Test func aProgramThatDoesNotServeIsNoGuard() throws {
      let error = #expect(throws: PiHALError.self) {
        try GuardedOutput(
          OutputLines(chip: .test, lines: [17]), lease: .seconds(1), maximumActive: [.seconds(1)],
          program: "/bin/true")
      }
      #expect(error?.remedy.contains("serveIfAsked") == true)
      #expect(throws: PiHALError.self) {
        try GuardedOutput(
          OutputLines(chip: .test, lines: [17]), lease: .seconds(1), maximumActive: [.seconds(1)],
          program: "/nonexistent")
      }
    }

    @Test func aProgramThatForgetsToServeDoesNotStartItselfForEver() throws {
      let helper = try Helper()
      setenv("FORGETS_TO_SERVE", "1", 1)
      defer { unsetenv("FORGETS_TO_SERVE") }
      var status: Int32 = 0
      waitpid(try helper.startDaemon(), &status, 0)
      #expect(status != 0)
      let starts = try Kernel.system.readFile(helper.lines).split(separator: UInt8(ascii: "\n"))
      #expect(starts.count == 2, "itself, and the one that was to be its guard")
    }

    @Test func theDeathOfTheDaemonMakesTheLinesSafe() throws {
      let helper = try Helper()
      let daemon = try helper.startDaemon()
      #expect(helper.wait(for: "10"))
      kill(daemon, SIGKILL)
      waitpid(daemon, nil, 0)
      #expect(helper.wait(for: "00"))
    }

    @Test func aDaemonThatHangsLosesItsLease() throws {
      let helper = try Helper()
      let daemon = try helper.startDaemon()
      #expect(helper.wait(for: "10"))
      kill(daemon, SIGSTOP)
      #expect(helper.wait(for: "00"))
      kill(daemon, SIGKILL)
      waitpid(daemon, nil, 0)
    }
  }
#endif
