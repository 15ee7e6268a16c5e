import PiHAL

/// Output lines that belong to one thread, and become safe by themselves when that thread stops renewing them.
public protocol LeasedOutput: AnyObject {
  /// Returns when every line has its level. After a failure the next call takes the lines anew.
  /// - Parameters:
  ///   - active: one element a line.
  ///   - longest: the lines become safe by themselves so long after this order; nil for what was settled when
  ///     they were taken.
  func set(active: [Bool], atMost longest: Duration?) throws(PiHALError)

  /// Says that the thread that decides is alive; expected every 250 ms.
  /// - Throws: ``PiHALError`` when the lines are no longer held, or became safe by themselves.
  func renewLease() throws(PiHALError)
}

extension LeasedOutput {
  public func set(active: [Bool]) throws(PiHALError) { try set(active: active, atMost: nil) }
}

/// Lines that nothing guards: those of a virtual board, which dies with this process.
public final class UnguardedOutput: LeasedOutput {
  private let output: any DigitalOutput

  public init(_ output: any DigitalOutput) { self.output = output }

  public func set(active: [Bool], atMost longest: Duration?) throws(PiHALError) {
    try output.set(active: active)
  }

  public func renewLease() throws(PiHALError) {}
}

#if os(Linux)
  /// Lines in the hands of a guard process, which is started again when it is gone.
  public final class GuardedLines: LeasedOutput {
    private let output: GuardedOutput

    /// - Parameter maximumActive: how long each line may be away from its safe level; one element a line.
    public init(_ lines: OutputLines, maximumActive: [Duration]) throws(PiHALError) {
      output = try GuardedOutput(lines, maximumActive: maximumActive)
    }

    public func set(active: [Bool], atMost longest: Duration?) throws(PiHALError) {
      if output.state == .gone { try output.restart() }
      try output.set(active: active, atMost: longest)
    }

    public func renewLease() throws(PiHALError) { try output.renewLease() }
  }
#endif
