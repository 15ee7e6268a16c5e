// Stands in for a daemon in tests of its guard: the same program is the guard and its holder. The lines are a
// file, named in FAKE_LINES, that shows the levels and who set them.

#if os(Linux)
  import Glibc
  import PiHAL

  final class FileOutput: DigitalOutput {
    let path: String
    private(set) var active: [Bool]
    var lineCount: Int { active.count }

    init(path: String, active: [Bool]) {
      self.path = path
      self.active = active
      show()
    }

    func set(active next: [Bool]) throws(PiHALError) {
      active = next
      show()
    }

    /// Replaces the file in one step, so that a reader never sees half a line.
    private func show() {
      let text = active.map { $0 ? "1" : "0" }.joined() + "\n"
      let file = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      write(file, text, text.utf8.count)
      close(file)
      rename(path + ".new", path)
    }
  }

  guard let path = getenv("FAKE_LINES").map({ String(cString: $0) }) else {
    print("FAKE_LINES is not set")
    exit(EX_USAGE)
  }

  // A program whose author forgot it notes each of its starts, and gives up before they are many.
  if getenv("FORGETS_TO_SERVE") != nil {
    let file = open(path, O_RDWR | O_CREAT | O_APPEND, 0o600)
    write(file, "started\n", 8)
    if lseek(file, 0, SEEK_END) > 5 * 8 { exit(EX_SOFTWARE) }
    close(file)
  } else {
    serve()
  }

  func serve() {
    OutputGuard.serveIfAsked { (lines: OutputLines) throws(PiHALError) in
      if lines.offsets.contains(13) {
        throw PiHALError(.busy, place: "GPIO13", problem: "is held by \"superstition\"")
      }
      return FileOutput(path: path, active: lines.safe)
    }
  }

  // The holder: opens line 0 and renews, as a daemon does, until it is killed or told to hang.
  let chip = GPIOChip(path: "/dev/null", label: "test", lineCount: 28)
  do {
    let output = try GuardedOutput(
      OutputLines(chip: chip, lines: [17, 18]), lease: .milliseconds(500),
      maximumActive: [.seconds(60), .seconds(60)])
    try output.set(active: [true, false])
    while true {
      try output.renewLease()
      SystemClock().sleep(for: .milliseconds(100))
    }
  } catch {
    print(error)
    exit(1)
  }
#endif
