import LineConformance
import PiHAL
import Testing
import VirtualPi

/// The virtual board keeps the promises that the kernel's lines keep in `make test-kernel`.
private final class VirtualBench: LineBench {
  private let board = VirtualBoard(clock: SystemClock())

  func output(
    _ lines: [Int], activeLow: Bool, initial: [Bool]?, safe: [Bool]?, consumer: String
  ) throws(PiHALError) -> any DigitalOutput {
    try board.output(lines: lines, activeLow: activeLow, initial: initial, safe: safe, consumer: consumer)
  }

  func input(_ lines: [Int], activeLow: Bool, bias: Bias) throws(PiHALError) -> any DigitalInput {
    try board.input(lines: lines, activeLow: activeLow, bias: bias)
  }

  func counter(_ line: Int, edge: Edge, activeLow: Bool) throws(PiHALError) -> any EdgeCounter {
    try board.edgeCounter(line: line, edge: edge, activeLow: activeLow)
  }

  func drive(_ line: Int, _ high: Bool?) { board.drive(line, high) }
  func level(_ line: Int) -> Bool { board.level(of: line) }
  func changes(of line: Int) -> UInt64? { board.transitionCount(of: line) }
}

@Suite struct VirtualBoardConformanceTests {
  @Test(arguments: LineCheck.all)
  func keeps(promise: LineCheck) throws {
    try promise.run(on: VirtualBench())
  }
}
