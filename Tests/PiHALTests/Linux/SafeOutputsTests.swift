#if os(Linux)
  import Glibc
  import Synchronization
  import Testing

  @testable import PiHAL

  @Suite struct SafeOutputsTests {
    /// A kernel on which line 17 is held by a process until that has ended.
    private func kernel(holder: Int32, consumer: String, journal: Journal) -> Kernel {
      // Its zombie goes when it is reaped, which nobody but this test does.
      @Sendable func isHeld() -> Bool { waitpid(holder, nil, WNOHANG) == 0 }
      var kernel = Kernel.empty
      kernel.requestOutputs = { lines, active throws(SystemError) in
        if lines.offsets.contains(17) && isHeld() { throw .busy }
        journal.add("request \(lines.offsets) \(active)")
        guard let handle = OpaquePointer(bitPattern: 1) else { throw .missing }
        return handle
      }
      kernel.setLines = { _, _ in }
      kernel.readChip = { _ in ChipDescription(name: "gpiochip0", label: "pinctrl-bcm2711", lineCount: 58) }
      kernel.readLine = { _, offset in
        LineDescription(
          name: "", consumer: offset == 17 && isHeld() ? consumer : nil, isOutput: true, isActiveLow: false)
      }
      kernel.listDirectory = { path throws(SystemError) in path == "/proc" ? ["\(holder)"] : [] }
      kernel.readFile = { path throws(SystemError) in
        guard path == "/proc/\(holder)/cmdline" else { throw .missing }
        return Array("tapd\0output-guard\0GPIO18\0".utf8)
      }
      return kernel
    }

    /// A process that does nothing; a shell that ignores SIGTERM, if wished.
    private func startProcess(stubborn: Bool) throws -> Int32 {
      var process: pid_t = 0
      let script = stubborn ? "trap '' TERM; while :; do sleep 0.01; done" : "exec sleep 1000"
      var arguments = [strdup("sh"), strdup("-c"), strdup(script), nil]
      defer { arguments.forEach { free($0) } }
      try #require(posix_spawn(&process, "/bin/sh", nil, nil, &arguments, environ) == 0)
      return process
    }

    private let lines = [
      OutputLines(chip: .test, lines: [17], safe: [true]), OutputLines(chip: .test, lines: [4]),
    ]

    @Test(arguments: [false, true])
    func aStrayGuardIsEndedAndItsLinesMadeSafe(stubborn: Bool) throws {
      let journal = Journal()
      let process = try startProcess(stubborn: stubborn)
      let errors = SafeOutputs.apply(
        lines, kernel: kernel(holder: process, consumer: OutputGuard.consumer, journal: journal),
        program: "/usr/local/bin/tapd")
      #expect(errors == [])
      #expect(journal.all == ["request [17] [true]", "request [4] [false]"])
      #expect(kill(process, 0) == -1)
    }

    @Test func anotherProgramIsLeftAloneAndTheOtherLinesAreStillMadeSafe() throws {
      let journal = Journal()
      let process = try startProcess(stubborn: false)
      let errors = SafeOutputs.apply(
        lines, kernel: kernel(holder: process, consumer: "blink", journal: journal), program: "tapd")
      #expect(errors.map(\.kind) == [.busy])
      #expect(journal.all == ["request [4] [false]"])
      #expect(kill(process, 0) == 0)
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }

    /// Where the kernel does not tell which process holds a line, a guard is known by its program.
    @Test func theGuardOfAnotherDaemonIsLeftAlone() throws {
      let process = try startProcess(stubborn: false)
      let errors = SafeOutputs.apply(
        lines, kernel: kernel(holder: process, consumer: OutputGuard.consumer, journal: Journal()),
        program: "/usr/local/bin/coffeed")
      #expect(errors.map(\.kind) == [.busy])
      #expect(kill(process, 0) == 0)
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
  }
#endif
