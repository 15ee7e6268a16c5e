import PiHAL

/// Lines to request, and what is wired to them: the virtual board, or a kernel's simulated chip.
public protocol LineBench: AnyObject {
  func output(
    _ lines: [Int], activeLow: Bool, initial: [Bool]?, safe: [Bool]?, consumer: String
  ) throws(PiHALError) -> any DigitalOutput
  func input(_ lines: [Int], activeLow: Bool, bias: Bias) throws(PiHALError) -> any DigitalInput
  func counter(_ line: Int, edge: Edge, activeLow: Bool) throws(PiHALError) -> any EdgeCounter

  /// What is wired to the line takes it to a level; nil: nothing is wired to it any more.
  func drive(_ line: Int, _ high: Bool?)
  /// The level on the line.
  func level(_ line: Int) -> Bool
  /// How often the level has changed; nil where only its present state can be seen.
  func changes(of line: Int) -> UInt64?
}

/// A promise that a bench did not keep.
public struct BrokenPromise: Error, CustomStringConvertible {
  public let description: String
}

func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws(BrokenPromise) {
  if !condition { throw BrokenPromise(description: text()) }
}

func expect<Value: Equatable>(
  _ actual: Value, is expected: Value, _ what: @autoclosure () -> String
) throws(BrokenPromise) {
  if actual != expected { throw BrokenPromise(description: "\(what()): expected \(expected), is \(actual)") }
}

/// Expects an error of a kind, and returns it.
@discardableResult
func expect(
  _ kind: PiHALError.Kind, _ what: String, from request: () throws(PiHALError) -> Void
) throws(BrokenPromise) -> PiHALError {
  do {
    try request()
  } catch {
    try expect(error.kind, is: kind, "\(what) (\(error))")
    return error
  }
  throw BrokenPromise(description: "\(what): expected \(kind), nothing was thrown")
}
