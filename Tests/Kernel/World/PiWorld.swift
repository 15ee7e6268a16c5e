import Glibc

/// `pi-world` plays, inside the test kernel, all that is wired to a Pi.
@main
enum PiWorld {
  static let usage = """
    usage: pi-world [--reset LINE | --no-reset] [--version BYTE]
                    [--valve LINE [--valve-active-low] [--sensor LINE] [--pulses-per-litre NUMBER]]
                    [--relays LINE,LINE... [--relays-active-low]]

    Prints "ready" when bus and lines are held. $SIM_GPIO is the header's directory in sysfs.
    Commands for it, each by `world COMMAND`:
    \(WorldCommand.help)
    """

  static func main() {
    do throws(WorldError) {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      fail(error.description)
    }
  }

  private static func run(_ arguments: [String]) throws(WorldError) -> Never {
    guard let header = getenv("SIM_GPIO").map({ String(cString: $0) }) else {
      throw WorldError("SIM_GPIO is not set: run it inside the test kernel (boot.sh)")
    }
    let world = try World(header: header, wiring: try wiring(arguments))
    let bus = try SPIBus()
    let listener = try CommandSocket.listen()

    start { () throws(WorldError) in try bus.serve(world.chip) }
    start {
      CommandSocket.serve(listener) { line throws(WorldError) in
        try WorldCommand.perform(line, in: world)
      }
    }
    print("ready")
    fflush(nil)
    try world.run()
  }

  /// Runs `work` on a thread of its own; its failure is the program's.
  private static func start(_ work: @escaping @Sendable () throws(WorldError) -> Void) {
    final class Work {
      let run: @Sendable () throws(WorldError) -> Void
      init(_ run: @escaping @Sendable () throws(WorldError) -> Void) { self.run = run }
    }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Work(work)).toOpaque()
    let status = pthread_create(
      &thread, nil,
      { context in
        // What was retained for this thread; pthread_create passes it on unchanged, so it is not nil.
        let work = Unmanaged<Work>.fromOpaque(context!).takeRetainedValue()
        do throws(WorldError) { try work.run() } catch { PiWorld.fail(error.description) }
        return nil
      }, context)
    guard status == 0 else { fail("a thread cannot be started") }
  }

  private static func wiring(_ arguments: [String]) throws(WorldError) -> World.Wiring {
    var wiring = World.Wiring()
    var rest = arguments[...]
    func number<Number: FixedWidthInteger>(_ range: ClosedRange<Number>) throws(WorldError) -> Number {
      guard let word = rest.popFirst(), let number = Number(word), range.contains(number) else {
        throw WorldError("a number from \(range.lowerBound) to \(range.upperBound) is missing\n\(usage)")
      }
      return number
    }
    func lines() throws(WorldError) -> [Int] {
      let words = rest.popFirst()?.split(separator: ",", omittingEmptySubsequences: false) ?? []
      let lines = words.compactMap { Int($0) }.filter { (0...53).contains($0) }
      guard !lines.isEmpty, lines.count == words.count, Set(lines).count == lines.count else {
        throw WorldError("lines such as 17,27,22,23 are missing\n\(usage)")
      }
      return lines
    }
    // What is said of a part that is not wired has no effect.
    var tap = TapWiring()
    var isTapWired = false
    var relays = RelayWiring()
    while let option = rest.popFirst() {
      switch option {
      case "--reset": wiring.resetLine = try number(0...53)
      case "--no-reset": wiring.resetLine = nil
      case "--version": wiring.version = try number(0...255)
      case "--valve":
        tap.valveLine = try number(0...53)
        isTapWired = true
      case "--valve-active-low": tap.isValveActiveLow = true
      case "--sensor": tap.sensorLine = try number(0...53)
      case "--pulses-per-litre": tap.pulsesPerLitre = try number(1...100_000)
      case "--relays": relays.lines = try lines()
      case "--relays-active-low": relays.isActiveLow = true
      default: throw WorldError("no such option: \(option)\n\(usage)")
      }
    }
    if isTapWired { wiring.tap = tap }
    if !relays.lines.isEmpty { wiring.relays = relays }
    return wiring
  }

  private static func fail(_ message: String) -> Never {
    let text = "pi-world: \(message)\n"
    _ = write(STDERR_FILENO, text, text.utf8.count)
    exit(1)
  }
}
