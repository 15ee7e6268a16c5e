#if os(Linux)
  import DaemonKit
  import Foundation
  import RC522
  import Testing

  /// Serial readers as the daemons open them, on a terminal of the kernel.
  @Suite struct ReaderWiringTests {
    /// An adapter that can be pulled out and put in again, where a symbolic link has its name, as in /dev.
    final class Adapter {
      let port: String
      private var device: FileHandle?

      init(port: String) throws {
        self.port = port
        try plugIn()
      }

      func plugIn() throws {
        var (own, other): (Int32, Int32) = (-1, -1)
        try #require(openpty(&own, &other, nil, nil, nil) == 0)
        device = FileHandle(fileDescriptor: own, closeOnDealloc: true)
        let name = try #require(ttyname(other))
        try FileManager.default.createSymbolicLink(atPath: port, withDestinationPath: String(cString: name))
        // The reader has it open from now on.
        opened = FileHandle(fileDescriptor: other, closeOnDealloc: true)
      }

      private var opened: FileHandle?

      func unplug() throws {
        try FileManager.default.removeItem(atPath: port)
        opened = nil
        device = nil
      }

      func send(_ text: String) throws { try device?.write(contentsOf: Data(text.utf8)) }
    }

    static func wiring(_ kind: ReaderWiring.Kind, port: String) -> ReaderWiring {
      var wiring = ReaderWiring()
      wiring.kind = kind
      wiring.serialPort = port
      return wiring
    }

    /// What the reader says within two seconds, up to its first event.
    static func events(of reader: any CardReader) async throws -> [CardEvent] {
      for _ in 0..<40 {
        let events = try reader.poll()
        if !events.isEmpty { return events }
        try await Task.sleep(for: .milliseconds(50))
      }
      return []
    }

    @Test(arguments: [
      (ReaderWiring.Kind.serialHexadecimal, "04A1B2C3\r\n", UID("04a1b2c3")),
      (.serialDecimal, "0010597059\r\n", UID("00a1b2c3")),
      // It repeats its numbers, and is believed the second time.
      (
        .rdm6300, "\u{2}0B00A1B2C3DB\u{3}\u{2}0B00A1B2C3DB\u{3}",
        RDM6300Parser.tag(version: 0x0B, number: 10_597_059)
      ),
    ])
    func aSerialReaderIsReadAsItsKindSays(_ kind: ReaderWiring.Kind, sent: String, uid: UID?) async throws {
      let uid = try #require(uid)
      try await Scratch.with { scratch in
        let adapter = try Adapter(port: scratch.path + "/reader")
        let reader = try Self.wiring(kind, port: adapter.port).open(headerChip: nil, daemon: "test")
        // What comes before a silence may be the end of a number.
        for _ in 0..<3 {
          #expect(try reader.poll().isEmpty)
          try await Task.sleep(for: .milliseconds(60))
        }
        try adapter.send(sent)
        #expect(try await Self.events(of: reader) == [.appeared(uid)])

        try adapter.unplug()
        await #expect(throws: RC522Error.self) {
          for _ in 0..<40 {
            _ = try reader.poll()
            try await Task.sleep(for: .milliseconds(50))
          }
        }
        try adapter.plugIn()
        var isBack = false
        for _ in 0..<60 where !isBack {
          isBack = (try? reader.poll()) != nil
          try await Task.sleep(for: .milliseconds(50))
        }
        #expect(isBack, "the line is not opened again")
        try adapter.send(sent)
        #expect(try await Self.events(of: reader) == [.removed(uid)], "it lay there, and is taken away now")
      }
    }

    static func doctor(_ wiring: ReaderWiring, runningDaemon: [String: String]? = nil) -> [Finding] {
      HardwareChecks(
        daemon: "test", headerChip: nil, pins: [], reader: wiring, guardedEnd: "ends",
        runningDaemon: runningDaemon
      ).run().filter { $0.subject.hasPrefix("card reader") }
    }

    @Test func anotherProgramAtThePortIsNamedByTheDoctor() async throws {
      try await Scratch.with { scratch in
        let adapter = try Adapter(port: scratch.path + "/reader")
        let wiring = Self.wiring(.rdm6300, port: adapter.port)
        #expect(Self.doctor(wiring).map(\.outcome) == [.good])
        let other = Process()
        other.executableURL = URL(fileURLWithPath: "/bin/sleep")
        other.arguments = ["600"]
        other.standardInput = FileHandle(forReadingAtPath: adapter.port)
        try other.run()
        let finding = try #require(Self.doctor(wiring).first)
        // A thread of this pool blocks the milder signal, and its children inherit that.
        kill(other.processIdentifier, SIGKILL)
        other.waitUntilExit()
        #expect(finding.outcome == .failed)
        for words in ["sleep", "process \(other.processIdentifier)", "kill \(other.processIdentifier)"] {
          #expect(finding.detail.contains(words), "\(finding.detail)")
        }
        #expect(Self.doctor(wiring).map(\.outcome) == [.good])
      }
    }

    /// Only the daemon can tell how its devices are.
    @Test func besideARunningDaemonTheDoctorSaysWhatThatSays() {
      let problems = DeviceProblems()
      #expect(Self.doctor(ReaderWiring(), runningDaemon: problems.all).map(\.outcome) == [.good])
      problems.report(.failed("RC522 does not answer", since: .zero))
      problems.report("valve", "GPIO18 has lost its guard process")
      let dead = HardwareChecks(
        daemon: "test", headerChip: nil, pins: [], reader: ReaderWiring(), guardedEnd: "ends",
        runningDaemon: problems.all
      ).run().filter { $0.outcome == .failed && $0.subject != "GPIO chip" }
      #expect(dead.map { $0.subject.prefix(11) } == ["card reader", "valve"])
      #expect(dead.first?.detail.contains("RC522 does not answer") == true)
      #expect(dead.last?.detail.contains("lost its guard") == true)
      problems.report(.recovered)
      problems.report("valve", nil)
      #expect(problems.all.isEmpty)
    }

    @Test func aPortThatIsMissingIsNamed() throws {
      do {
        _ = try Self.wiring(.rdm6300, port: "/dev/tty-none").open(headerChip: nil, daemon: "test")
        Issue.record("it opened")
      } catch {
        #expect("\(error)".contains("/dev/tty-none is missing"))
      }
    }
  }
#endif
