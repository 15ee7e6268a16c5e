import PiHAL

/// Where an example runs: on the Raspberry Pi it was started on, or with `--virtual` on a board that does not
/// exist. Your own program needs one of the two only; take over the lines that you see here.
public struct ExampleBoard {
  public let clock: any MonotonicClock = SystemClock()
  private let virtual: VirtualBench?

  /// Runs an example, prints what goes wrong, and ends the process.
  public static func run(_ body: (ExampleBoard) throws -> Void) -> Never {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.allSatisfy({ $0 == "--virtual" }) else {
      fail("The only option is --virtual: run without a Raspberry Pi.")
    }
    Interruption.watch()
    do {
      try body(ExampleBoard(virtual: arguments.isEmpty ? nil : VirtualBench()))
    } catch {
      fail("\(error)" + (arguments.isEmpty ? "\nWithout a Raspberry Pi, try --virtual." : ""))
    }
    succeed()
  }

  /// Becomes false with Ctrl-C.
  public var isRunning: Bool { !Interruption.hasCome }

  /// Output lines by BCM number; all inactive at first.
  public func output(_ lines: [Int], activeLow: Bool = false) throws(PiHALError) -> any DigitalOutput {
    if let virtual { return try virtual.station.board.output(lines: lines, activeLow: activeLow) }
    #if os(Linux)
      return try LinuxDigitalOutput(
        OutputLines(chip: .header(), lines: lines, isActiveLow: activeLow, consumer: "example"))
    #else
      throw noRaspberryPi
    #endif
  }

  /// Counts the falling edges of a line with a pull-up, as a sensor with an open collector needs.
  public func edgeCounter(_ line: Int, minimumInterval: Duration) throws(PiHALError) -> any EdgeCounter {
    if let virtual {
      return try virtual.station.board.edgeCounter(
        line: line, edge: .falling, bias: .pullUp, minimumInterval: minimumInterval)
    }
    #if os(Linux)
      return try LinuxEdgeCounter(
        InputLines(chip: .header(), lines: [line], bias: .pullUp, consumer: "example"), edge: .falling,
        minimumInterval: minimumInterval)
    #else
      throw noRaspberryPi
    #endif
  }

  /// The bus that an RC522 is wired to.
  public func cardReaderBus() throws(PiHALError) -> any SPIDevice {
    if let virtual { return virtual.station.reader.spiDevice() }
    #if os(Linux)
      return try LinuxSPIDevice(path: "/dev/spidev0.0")
    #else
      throw noRaspberryPi
    #endif
  }

  #if !os(Linux)
    private var noRaspberryPi: PiHALError {
      PiHALError(.unsupported, place: "this computer", problem: "has no pins", remedy: "try --virtual")
    }
  #endif
}
