#if os(Linux)
  import CLinuxIO
  import Glibc
  import Testing

  @testable import PiHAL

  @Suite struct LineTests {
    /// A kernel whose lines write what happens to them into a journal.
    private func recordingKernel(_ journal: Journal) -> Kernel {
      var kernel = Kernel.empty
      kernel.requestOutputs = { lines, active throws(SystemError) in
        journal.add("request \(lines.offsets) \(active)")
        // Stands for a request; nothing looks behind it.
        guard let handle = OpaquePointer(bitPattern: 1) else { throw .missing }
        return handle
      }
      kernel.setLines = { _, active in journal.add("set \(active)") }
      kernel.releaseLines = { _ in journal.add("release") }
      return kernel
    }

    @Test func theFirstLevelIsPartOfTheRequestAndTheLastIsTheSafeOne() throws {
      let journal = Journal()
      do {
        let output = try LinuxDigitalOutput(
          OutputLines(chip: .test, lines: [17, 18], safe: [false, true]), initially: [true, true],
          kernel: recordingKernel(journal))
        #expect(output.active == [true, true])
        try output.set(line: 1, active: false)
        #expect(output.active == [true, false])
      }
      #expect(
        journal.all == [
          "request [17, 18] [true, true]", "set [true, false]", "set [false, true]", "release",
        ])
    }

    @Test func linesStartSafeUnlessToldOtherwise() throws {
      let journal = Journal()
      let output = try LinuxDigitalOutput(
        OutputLines(chip: .test, lines: [4, 5], safe: [true, false]), initially: nil,
        kernel: recordingKernel(journal))
      #expect(output.active == [true, false])
      output.close()
      output.close()
      #expect(journal.all == ["request [4, 5] [true, false]", "set [true, false]", "release"])
      let error = #expect(throws: PiHALError.self) { try output.set(active: [true, true]) }
      #expect(error?.kind == .disconnected)
    }

    @Test func aWrongNumberOfLevelsIsRefused() throws {
      let journal = Journal()
      let output = try LinuxDigitalOutput(
        OutputLines(chip: .test, lines: [4, 5]), initially: nil, kernel: recordingKernel(journal))
      let error = #expect(throws: PiHALError.self) { try output.set(active: [true]) }
      #expect(error?.kind == .invalidRequest)
      #expect(throws: PiHALError.self) { try output.set(line: 2, active: true) }
      #expect(throws: PiHALError.self) {
        try LinuxDigitalOutput(
          OutputLines(chip: .test, lines: [4, 5], safe: [true]), initially: nil,
          kernel: recordingKernel(journal))
      }
      #expect(journal.all == ["request [4, 5] [false, false]"])
    }

    @Test func aBusyLineNamesItsHolderAndProcess() {
      var kernel = Kernel.empty
      kernel.requestOutputs = { _, _ throws(SystemError) in throw .busy }
      kernel.readChip = { _ in ChipDescription(name: "gpiochip0", label: "pinctrl-bcm2711", lineCount: 58) }
      kernel.readLine = { _, offset in
        LineDescription(name: "", consumer: offset == 18 ? "blink" : nil, isOutput: true, isActiveLow: false)
      }
      kernel.listDirectory = { path throws(SystemError) in
        switch path {
        case "/proc": return ["self", "uptime", "41", "42"]
        case "/proc/42/fdinfo": return ["0", "5"]
        // Another user's process.
        case "/proc/41/fdinfo": throw SystemError(number: EACCES)
        default: throw .missing
        }
      }
      kernel.readFile = { path throws(SystemError) in
        switch path {
        case "/proc/42/fdinfo/5":
          Array("pos:\t0\nflags:\t02\ngpio-chip:\tgpiochip0\ngpio-line:\t17\ngpio-line:\t18\n".utf8)
        case "/proc/42/fdinfo/0": Array("pos:\t0\n".utf8)
        case "/proc/42/cmdline": Array("/usr/bin/blink\0--fast\0".utf8)
        default: throw .missing
        }
      }
      let failing = kernel
      let error = #expect(throws: PiHALError.self) {
        try LinuxDigitalOutput(
          OutputLines(chip: .test, lines: [4, 18]), initially: nil, kernel: failing)
      }
      #expect(error?.kind == .busy)
      #expect(
        error?.description
          == "GPIO18 is held by \"blink\" (process 42, blink): stop it (`kill 42`) or take another pin")
    }
  }

  @Suite struct ErrorTextTests {
    @Test func chipSelectsOfTheSPIBusAreExplained() {
      let error = ErrorText.requestingLines(
        [8], chip: .test, error: EBUSY, held: [HeldLine(offset: 8, consumer: "spi0 CS0", process: nil)],
        group: nil)
      #expect(error.kind == .busy)
      #expect(
        error.description.hasPrefix("GPIO8 is held by \"spi0 CS0\": the SPI bus uses it as chip select"))
    }

    @Test func aPinOfAnotherFunctionIsExplained() {
      let error = ErrorText.requestingLines([9], chip: .test, error: EINVAL, held: [], group: nil)
      #expect(error.kind == .busy)
      #expect(error.description.contains("by default GPIO9 to SPI0"))
      #expect(error.remedy.contains("pinctrl get"))
    }

    @Test(arguments: [
      (
        "/dev/spidev0.0",
        "enable SPI with raspi-config (or dtparam=spi=on in /boot/firmware/config.txt) and reboot"
      ),
      ("/dev/spidev1.0", "add dtoverlay=spi1-1cs to /boot/firmware/config.txt and reboot"),
      (
        "/dev/serial0",
        "enable the serial port with raspi-config (no login shell, port hardware on) and reboot"
      ),
    ])
    func aMissingDeviceNamesWhatSwitchesItOn(path: String, remedy: String) {
      let error = ErrorText.openingDevice(path, error: ENOENT, group: nil)
      #expect(error.description == "\(path) is missing: \(remedy)")
      #expect(error.kind == .missing)
    }

    @Test func aForbiddenDeviceNamesItsGroup() {
      let error = ErrorText.openingDevice("/dev/spidev0.0", error: EACCES, group: "spi")
      #expect(error.kind == .permissionDenied)
      #expect(error.remedy == "`sudo usermod -aG spi $USER`, then log in again")
      #expect(
        !ErrorText.openingDevice("/dev/spidev0.0", error: EACCES, group: "root").remedy.contains("usermod"))
    }

    @Test func everyNumberMakesASentence() {
      for number in Int32(1)..<140 {
        for error in [
          ErrorText.openingDevice("/dev/x", error: number, group: nil),
          ErrorText.requestingLines([17], chip: .test, error: number, held: [], group: nil),
          ErrorText.sendingSPI("/dev/x", error: number, bytes: 1, limit: 2),
        ] {
          #expect(!error.problem.isEmpty)
          #expect(error.errorNumber == number)
        }
      }
    }
  }
#endif
