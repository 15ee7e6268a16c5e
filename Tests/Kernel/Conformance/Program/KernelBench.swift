#if os(Linux)
  import Glibc
  import LineConformance
  import PiHAL

  /// The kernel's simulated chip: libgpiod and uAPI v2 on one side, gpio-sim's files on the other.
  final class KernelBench: LineBench {
    let chip: GPIOChip
    private let simulator: String

    /// - Throws: ``PiHALError`` where there is no header chip; a text where the test kernel is not around.
    init() throws {
      guard let path = getenv("SIM_GPIO") else {
        throw Usage(description: "SIM_GPIO is not set: run it by boot.sh")
      }
      simulator = String(cString: path)
      chip = try GPIOChip.header()
    }

    func output(
      _ lines: [Int], activeLow: Bool, initial: [Bool]?, safe: [Bool]?, consumer: String
    ) throws(PiHALError) -> any DigitalOutput {
      try LinuxDigitalOutput(
        OutputLines(chip: chip, lines: lines, isActiveLow: activeLow, safe: safe, consumer: consumer),
        initially: initial)
    }

    func input(_ lines: [Int], activeLow: Bool, bias: Bias) throws(PiHALError) -> any DigitalInput {
      try LinuxDigitalInput(InputLines(chip: chip, lines: lines, isActiveLow: activeLow, bias: bias))
    }

    func counter(_ line: Int, edge: Edge, activeLow: Bool) throws(PiHALError) -> any EdgeCounter {
      try LinuxEdgeCounter(InputLines(chip: chip, lines: [line], isActiveLow: activeLow), edge: edge)
    }

    func drive(_ line: Int, _ high: Bool?) {
      // gpio-sim knows no open line: its level is what bias or wiring made of it last.
      guard let high else { return }
      let file = open("\(simulator)/sim_gpio\(line)/pull", O_WRONLY)
      let text = high ? "pull-up" : "pull-down"
      write(file, text, text.utf8.count)
      close(file)
    }

    func level(_ line: Int) -> Bool {
      let file = open("\(simulator)/sim_gpio\(line)/value", O_RDONLY)
      defer { close(file) }
      var byte: UInt8 = 0
      return read(file, &byte, 1) == 1 && byte == UInt8(ascii: "1")
    }

    func changes(of line: Int) -> UInt64? { nil }
  }

  /// What a caller did wrong.
  struct Usage: Error, CustomStringConvertible {
    let description: String
  }
#endif
