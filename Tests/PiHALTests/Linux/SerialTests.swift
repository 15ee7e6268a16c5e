#if os(Linux)
  import Glibc
  import Testing

  @testable import PiHAL

  /// A pseudo terminal, which is a serial line in all but the wire.
  @Suite struct LinuxSerialLineTests {
    private func terminal() throws -> (controller: Int32, path: String) {
      let controller = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var locked: Int32 = 0
      var number: UInt32 = 0
      // TIOCSPTLCK and TIOCGPTN, as the C library's unlockpt and ptsname use them.
      try #require(ioctl(controller, 0x4004_5431, &locked) == 0)
      try #require(ioctl(controller, 0x8004_5430, &number) == 0)
      return (controller, "/dev/pts/\(number)")
    }

    @Test func bytesPassUnchanged() throws {
      let (controller, path) = try terminal()
      let line = try LinuxSerialLine(path: path, baud: 9600)
      let all = (0...255).map { UInt8($0) }
      try #require(write(controller, all, all.count) == all.count)
      var received: [UInt8] = []
      while received.count < all.count { received += try line.read(timeout: .seconds(10)) }
      #expect(received == all)
      #expect(try line.read(timeout: .zero) == [])

      try line.write(all)
      var sent = [UInt8](repeating: 0, count: 512)
      var count = 0
      while count < all.count {
        let piece = sent.withUnsafeMutableBytes {
          read(controller, $0.baseAddress?.advanced(by: count), 512 - count)
        }
        try #require(piece > 0)
        count += piece
      }
      #expect(Array(sent[..<count]) == all)
      close(controller)
    }

    @Test func anUnpluggedAdapterIsAnError() throws {
      let (controller, path) = try terminal()
      let line = try LinuxSerialLine(path: path, baud: 9600)
      close(controller)
      let error = #expect(throws: PiHALError.self) { try line.read(timeout: .seconds(10)) }
      #expect(error?.kind == .disconnected)
    }

    @Test func whatIsNoLineIsRefused() throws {
      let rate = #expect(throws: PiHALError.self) { try LinuxSerialLine(path: "/dev/null", baud: 12_345) }
      #expect(rate?.kind == .invalidRequest)
      #expect(rate?.remedy.contains("9600, 19200") == true)
      let null = #expect(throws: PiHALError.self) { try LinuxSerialLine(path: "/dev/null", baud: 9600) }
      #expect(null?.problem.contains("not a serial line") == true)
      let missing = #expect(throws: PiHALError.self) {
        try LinuxSerialLine(path: "/dev/ttyUSB99", baud: 9600)
      }
      #expect(missing?.kind == .missing)
    }
  }
#endif
