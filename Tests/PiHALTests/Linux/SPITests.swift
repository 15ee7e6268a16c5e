#if os(Linux)
  import CLinuxIO
  import Glibc
  import Testing
  import VirtualPi

  @testable import PiHAL

  @Suite struct SPIMessagePlanTests {
    private func plan(_ lengths: [Int], buffer: Int = 4096) throws -> [Range<Int>] {
      try SPIMessagePlan(frameLengths: lengths, bufferSize: buffer, place: "spi").messages
    }

    @Test func smallFramesShareAMessageUpToTheBuffer() throws {
      #expect(try plan([]) == [])
      #expect(try plan([2]) == [0..<1])
      #expect(try plan(Array(repeating: 2, count: 32)) == [0..<32])
      #expect(try plan(Array(repeating: 2, count: 33)) == [0..<32, 32..<33])
      #expect(try plan([128, 129, 3800]) == [0..<2, 2..<3])
    }

    @Test func noMessageHasMoreThan511Transfers() throws {
      #expect(
        try plan(Array(repeating: 1, count: 1200), buffer: 1 << 20) == [0..<511, 511..<1022, 1022..<1200])
    }

    @Test func framesThatCannotGoOutAreRefused() throws {
      #expect(try plan([4096]) == [0..<1])
      for lengths in [[4097], [1, 0, 1], [Int.max]] {
        let error = #expect(throws: PiHALError.self) { try plan(lengths) }
        #expect(error?.kind == .invalidRequest)
      }
    }

    /// Whatever the frames, each goes out once, in order, and no message breaks a limit.
    @Test func plansKeepOrderAndLimits() throws {
      var random = SeededRandom(seed: 1)
      for _ in 0..<500 {
        let lengths = (0..<Int.random(in: 0...700, using: &random)).map { _ in
          Int.random(in: 1...300, using: &random)
        }
        let messages = try plan(lengths)
        #expect(messages.flatMap { Array($0) } == Array(lengths.indices))
        for message in messages {
          #expect(message.count <= 511)
          #expect(SPIMessagePlan.bufferUse(Array(lengths[message])) <= 4096)
        }
      }
    }
  }

  @Suite struct LinuxSPIDeviceTests {
    /// A bus whose device answers each byte with its complement.
    private func bus(_ journal: Journal, bufferSize: String? = nil) -> Kernel {
      var kernel = Kernel.empty
      kernel.open = { _, _ in 7 }
      kernel.close = { journal.add("close \($0)") }
      kernel.configureSPI = { _, settings in
        journal.add("mode \(settings.mode.rawValue) \(settings.hertz) Hz")
      }
      kernel.readFile = { path throws(SystemError) in
        guard let bufferSize, path == "/sys/module/spidev/parameters/bufsiz" else { throw .missing }
        return Array(bufferSize.utf8)
      }
      kernel.sendSPI = { _, transfers in
        journal.add(
          "message " + transfers.map { "\($0.len)\($0.cs_change == 0 ? "" : "+")" }.joined(separator: " "))
        for transfer in transfers {
          guard let out = UnsafePointer<UInt8>(bitPattern: UInt(transfer.tx_buf)),
            let received = UnsafeMutablePointer<UInt8>(bitPattern: UInt(transfer.rx_buf))
          else { continue }
          for index in 0..<Int(transfer.len) { received[index] = ~out[index] }
        }
      }
      return kernel
    }

    private let settings = SPISettings(mode: .mode0, hertz: 1_000_000)

    @Test func framesOfACallAreOneMessageWithChipSelectReleasedBetween() throws {
      let journal = Journal()
      do {
        let device = try LinuxSPIDevice(path: "/dev/spidev0.0", settings: settings, kernel: bus(journal))
        #expect(try device.transfer([[1, 2], [3], [4, 5, 6]]) == [[254, 253], [252], [251, 250, 249]])
        #expect(device.messageCount == 1)
        #expect(try device.transfer([]) == [])
        #expect(device.messageCount == 1)
      }
      #expect(journal.all == ["mode 0 1000000 Hz", "message 2+ 1+ 3", "close 7"])
    }

    @Test func theKernelsBufferSizeDecidesHowManyMessages() throws {
      let journal = Journal()
      let frames = (0..<64).map { [UInt8($0)] }
      let standard = try LinuxSPIDevice(path: "/dev/spidev0.0", settings: settings, kernel: bus(journal))
      #expect(try standard.transfer(frames) == frames.map { [~$0[0]] })
      #expect(standard.messageCount == 2)
      let large = try LinuxSPIDevice(
        path: "/dev/spidev0.0", settings: settings, kernel: bus(journal, bufferSize: "65536\n"))
      #expect(try large.transfer(frames) == frames.map { [~$0[0]] })
      #expect(large.messageCount == 1)
    }

    @Test func failuresSayWhatToDo() throws {
      var kernel = bus(Journal())
      kernel.sendSPI = { _, _ throws(SystemError) in throw SystemError(number: EMSGSIZE) }
      let device = try LinuxSPIDevice(path: "/dev/spidev0.0", settings: settings, kernel: kernel)
      let error = #expect(throws: PiHALError.self) { try device.transfer([[1]]) }
      #expect(error?.kind == .invalidRequest)
      #expect(error?.remedy.contains("spidev.bufsiz") == true)

      let missing = #expect(throws: PiHALError.self) {
        try LinuxSPIDevice(path: "/dev/spidev0.0", settings: settings, kernel: .empty)
      }
      #expect(missing?.kind == .missing)

      kernel.configureSPI = { _, _ throws(SystemError) in throw SystemError(number: EINVAL) }
      let refusing = kernel
      let refused = #expect(throws: PiHALError.self) {
        try LinuxSPIDevice(path: "/dev/spidev0.0", settings: settings, kernel: refusing)
      }
      #expect(refused?.kind == .invalidRequest)
    }
  }

  @Suite struct SPIUsersTests {
    @Test func anotherProgramThatHasTheBusOpenIsNamed() throws {
      var kernel = Kernel.empty
      kernel.open = { _, _ throws(SystemError) in 7 }
      kernel.configureSPI = { _, _ throws(SystemError) in }
      kernel.close = { _ in }
      kernel.deviceNumber = { path throws(SystemError) in
        switch path {
        case "/dev/spidev0.0", "/proc/77/fd/3": 153 << 8
        default: throw .missing
        }
      }
      kernel.listDirectory = { path throws(SystemError) in
        switch path {
        case "/proc": ["77", "90"]
        case "/proc/77/fd": ["0", "3"]
        default: throw SystemError(number: EACCES)
        }
      }
      kernel.readFile = { path throws(SystemError) in
        guard path == "/proc/77/cmdline" else { throw .missing }
        return Array("/usr/bin/python3\0read.py\0".utf8)
      }
      func users(_ path: String) throws -> [String] {
        let settings = SPISettings(mode: .mode0, hertz: 1_000_000)
        return try LinuxSPIDevice(path: path, settings: settings, kernel: kernel).otherUsers
      }
      #expect(try users("/dev/spidev0.0") == ["\"python3\" (process 77)"])
      #expect(try users("/dev/spidev0.1") == [])
    }
  }
#endif
