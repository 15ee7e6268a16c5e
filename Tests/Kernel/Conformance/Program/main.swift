// What the kernel scenarios run: the line checks, and small programs that stand for a daemon.

#if os(Linux)
  import Glibc
  import LineConformance
  import PiHAL

  OutputGuard.serveIfAsked()

  /// Prints a line at once, whoever reads it.
  func say(_ text: String) {
    let line = text + "\n"
    write(STDOUT_FILENO, line, line.utf8.count)
  }

  func run(_ arguments: [String]) throws {
    let clock = SystemClock()
    switch (arguments.first, arguments.dropFirst().compactMap(Int.init)) {
    case ("lines", _):
      say("# libgpiod interface \(LinuxBoard().gpiodGeneration)")
      var broken = false
      for check in LineCheck.all {
        do {
          try check.run(on: KernelBench())
          say("ok - \(check)")
        } catch {
          say("not ok - \(check): \(error)")
          broken = true
        }
      }
      exit(broken ? 1 : 0)

    // count LINE EDGES: counts until all have come, or nothing comes for 10 s.
    case ("count", let numbers) where numbers.count == 2:
      let counter = try KernelBench().counter(numbers[0], edge: .both, activeLow: false)
      say("ready")
      var count = EdgeCount()
      var since = clock.now
      while count.total < numbers[1], since.duration(to: clock.now) < .seconds(10) {
        clock.sleep(for: .milliseconds(10))
        let next = try counter.read()
        if next != count { since = clock.now }
        count = next
      }
      say("total=\(count.total) restored=\(count.restored) rejected=\(count.rejected)")

    // hold LINE MAXIMUM_SECONDS: opens a guarded output as a daemon does, and renews it.
    case ("hold", let numbers) where numbers.count == 2:
      let output = try GuardedOutput(
        OutputLines(chip: try GPIOChip.header(), lines: [numbers[0]]), maximumActive: [.seconds(numbers[1])]
      )
      try output.set(active: [true])
      say("guard=\(output.guardProcess ?? 0)")
      say("ready")
      while true {
        clock.sleep(for: .milliseconds(250))
        do throws(PiHALError) {
          try output.renewLease()
        } catch {
          say("told: \(error)")
          if error.kind == .disconnected {
            try output.restart()
            say("guard=\(output.guardProcess ?? 0)")
          }
        }
      }

    // signal PROCESS SIGNAL LINE: sends a signal, and prints how many milliseconds later the line is low.
    case ("signal", let numbers) where numbers.count == 3:
      let bench = try KernelBench()
      let start = clock.now
      kill(pid_t(numbers[0]), Int32(numbers[1]))
      while bench.level(numbers[2]), start.duration(to: clock.now) < .seconds(10) {
        clock.sleep(for: .milliseconds(1))
      }
      say(bench.level(numbers[2]) ? "never" : "\(start.duration(to: clock.now).wholeNanoseconds / 1_000_000)")

    // safe LINE...
    case ("safe", let lines):
      let chip = try GPIOChip.header()
      let errors = SafeOutputs.apply(lines.map { OutputLines(chip: chip, lines: [$0]) })
      for error in errors { say("\(error)") }
      exit(errors.isEmpty ? 0 : 1)

    // request LINE: an input, for the error it ends in.
    case ("request", let numbers) where numbers.count == 1:
      _ = try KernelBench().input([numbers[0]], activeLow: false, bias: .asWired)

    // registers: writes and reads the registers of spi-peer, four frames in one message.
    case ("registers", _):
      let device = try LinuxSPIDevice()
      let answers = try device.transfer([[0x0A, 0x5A], [0x0C, 0xA5], [0x8A, 0x00], [0x8C, 0x00]])
      say("\(answers[2][1]) \(answers[3][1]) messages=\(device.messageCount)")

    // frames COUNT LENGTH: how many messages that many frames take.
    case ("frames", let numbers) where numbers.count == 2:
      let device = try LinuxSPIDevice()
      _ = try device.transfer(Array(repeating: Array(repeating: 0, count: numbers[1]), count: numbers[0]))
      say("messages=\(device.messageCount)")

    default:
      throw Usage(
        description:
          "usage: hal-conformance lines | count | hold | signal | safe | request | registers | frames")
    }
  }

  do {
    try run(Array(CommandLine.arguments.dropFirst()))
  } catch {
    say("\(error)")
    exit(1)
  }
#endif
