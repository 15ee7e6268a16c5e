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

    /// A Raspberry Pi whose port is the console's too, with a login prompt, a program, and this one.
    @Test func whoUsesAPortIsNamed() {
      let device: UInt64 = 4 << 8 | 64
      var kernel = Kernel.empty
      kernel.deviceNumber = { path throws(SystemError) in
        switch path {
        case "/dev/serial0", "/proc/77/fd/3", "/proc/90/fd/5", "/proc/612/fd/0": device
        case "/proc/77/fd/0", "/dev/ttyUSB0": 188 << 8
        default: throw .missing
        }
      }
      kernel.listDirectory = { path throws(SystemError) in
        switch path {
        case "/proc": ["self", "612", "77", "90", "1", "500"]
        case "/proc/77/fd": ["0", "1", "3"]
        case "/proc/90/fd": ["5"]
        // Another user's, for who is not root.
        default: throw SystemError(number: EACCES)
        }
      }
      let files = [
        "/proc/consoles":
          "tty1                 -WU (EC p  )    4:1\nttyS0                -W- (E  p a)    4:64\n",
        "/proc/612/stat": "612 (agetty (x) y) S 1 612 612 1088 -1 4194560",
        "/proc/612/cmdline": "/sbin/agetty\0-o\0-p -- \\u\0ttyS0\0",
        "/proc/77/stat": "77 (python3) S 1 77 77 0 -1", "/proc/77/cmdline": "/usr/bin/python3\0read.py\0",
        "/proc/90/cmdline": "tapd\0doctor\0",
      ]
      kernel.readFile = { path throws(SystemError) in
        guard let text = files[path] else { throw .missing }
        return Array(text.utf8)
      }
      let users = SerialPortUsers(of: "/dev/serial0", kernel: kernel, ownProcess: 90)
      #expect(
        users.programs.map(\.description) == [
          "\"python3\" (process 77)", "a login shell (process 612, agetty)",
        ])
      #expect(users.isConsole)
      let remedies = users.programs.map { $0.remedy(for: "/dev/ttyS0") }
      #expect(remedies[0].contains("sudo kill 77"))
      #expect(remedies[1].contains("serial-getty@ttyS0"))
      let other = SerialPortUsers(of: "/dev/ttyUSB0", kernel: kernel, ownProcess: 90)
      #expect(other.programs.map(\.identifier) == [77])
      #expect(!other.isConsole)
      #expect(SerialPortUsers(of: "/dev/none", kernel: kernel, ownProcess: 90).programs.isEmpty)
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
