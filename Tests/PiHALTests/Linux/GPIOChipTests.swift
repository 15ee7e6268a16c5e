#if os(Linux)
  import Glibc
  import Testing

  @testable import PiHAL

  @Suite struct GPIOChipTests {
    /// A machine with these chips, by their number.
    private func machine(_ labels: [Int: String]) -> Kernel {
      var kernel = Kernel.empty
      kernel.listDirectory = { path throws(SystemError) in
        path == "/dev" ? ["null", "gpiomem"] + labels.keys.map { "gpiochip\($0)" } : []
      }
      kernel.readChip = { path throws(SystemError) in
        guard let number = Int(path.dropFirst("/dev/gpiochip".count)), let label = labels[number] else {
          throw .missing
        }
        return ChipDescription(name: "gpiochip\(number)", label: label, lineCount: 54)
      }
      return kernel
    }

    @Test(arguments: [
      ([0: "pinctrl-bcm2835", 1: "brcmvirt-gpio", 2: "raspberrypi-exp-gpio"], "/dev/gpiochip0"),
      ([0: "pinctrl-bcm2711", 1: "raspberrypi-exp-gpio"], "/dev/gpiochip0"),
      ([0: "gpio-brcmstb@107d508500", 4: "pinctrl-rp1", 10: "gpio-brcmstb@107d517c00"], "/dev/gpiochip4"),
      ([0: "pinctrl-rp1", 10: "gpio-brcmstb@107d508500"], "/dev/gpiochip0"),
    ])
    func findsTheHeaderByLabel(labels: [Int: String], path: String) throws {
      #expect(try GPIOChip.header(override: nil, kernel: machine(labels)).path == path)
    }

    @Test func aLabelMustFitExactly() {
      let error = #expect(throws: PiHALError.self) {
        try GPIOChip.header(override: nil, kernel: machine([0: "pinctrl-bcm2711-extra", 3: "brcmvirt-gpio"]))
      }
      #expect(error?.kind == .missing)
      #expect(
        error?.description.contains(
          "/dev/gpiochip0 is pinctrl-bcm2711-extra, /dev/gpiochip3 is brcmvirt-gpio") == true)
    }

    @Test func anOverrideIsAPathOrALabel() throws {
      let kernel = machine([0: "pinctrl-bcm2711", 2: "other"])
      #expect(try GPIOChip.header(override: "/dev/gpiochip2", kernel: kernel).label == "other")
      #expect(try GPIOChip.header(override: "other", kernel: kernel).path == "/dev/gpiochip2")
      let error = #expect(throws: PiHALError.self) {
        try GPIOChip.header(override: "/dev/gpiochip9", kernel: kernel)
      }
      #expect(error?.kind == .missing)
      #expect(error?.place == "/dev/gpiochip9")
      #expect(throws: PiHALError.self) { try GPIOChip.header(override: "oth", kernel: kernel) }
    }

    @Test func aChipThatMayNotBeOpenedNamesTheGroup() {
      var kernel = machine([0: "pinctrl-bcm2711"])
      kernel.readChip = { _ throws(SystemError) in throw SystemError(number: EACCES) }
      kernel.owningGroup = { _ throws(SystemError) in "gpio" }
      let error = #expect(throws: PiHALError.self) { try GPIOChip.header(override: nil, kernel: kernel) }
      #expect(error?.kind == .permissionDenied)
      #expect(error?.remedy.contains("sudo usermod -aG gpio $USER") == true)
    }

    @Test(arguments: [[58], [-1], [17, 17], [], Array(0..<65)])
    func linesThatCannotBeAreRefusedBeforeTheKernelSeesThem(offsets: [Int]) {
      let error = #expect(throws: PiHALError.self) { try GPIOChip.test.check(offsets) }
      #expect(error?.kind == .invalidRequest)
      if offsets == [58] { #expect(error?.remedy == "use a BCM number from 0 to 57") }
    }

    @Test func theBoardTellsItsModelAndWhetherOutputsKeepTheirLevel() {
      func board(_ files: [String: String]) -> LinuxBoard {
        var kernel = Kernel.empty
        kernel.readFile = { path throws(SystemError) in
          guard let text = files[path] else { throw .missing }
          return Array(text.utf8)
        }
        return LinuxBoard(kernel: kernel)
      }
      let pi = board([
        "/proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
        "/sys/module/pinctrl_bcm2835/parameters/persist_gpio_outputs": "Y\n",
      ])
      #expect(pi.model == "Raspberry Pi 4 Model B Rev 1.4")
      #expect(pi.keepsOutputs == true)
      #expect(board(["/sys/module/pinctrl_rp1/parameters/persist_gpio_outputs": "N\n"]).keepsOutputs == false)
      #expect(board([:]).model == nil)
      #expect(board([:]).keepsOutputs == nil)
    }
  }
#endif
