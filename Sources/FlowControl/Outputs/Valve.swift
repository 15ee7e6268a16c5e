import PiHAL

/// A valve behind an output line, with a longest open time, a no-flow timeout and a leak alarm.
///
/// It belongs to one thread, which calls ``update(_:at:)`` some ten times a second; an overdue valve is
/// closed there. That is no defence against the program's own death: hold the line through an output that
/// has a safe level of its own.
///
/// ```swift
/// try valve.open(at: clock.now)
/// while valve.position == .open {
///   for event in valve.update(try meter.read(at: clock.now), at: clock.now) { print(event) }
///   clock.sleep(for: .milliseconds(50))
/// }
/// ```
public final class Valve {
  /// What the line was last brought to.
  public enum Position: Equatable, Sendable {
    case closed, open
    /// The line did not take the last order. Each update orders it to close again.
    case unknown
  }

  /// What an update found or did.
  public enum Event: Equatable, Sendable {
    /// What the watch found. After `maximumOpenTimeReached` and `noFlow` the valve was ordered to close.
    case found(FlowWatch.Finding)
    /// The line did not take the order to close. Each update tries again, silently until ``recovered``.
    case failed(FlowControlError)
    /// The line took an order again; the valve is closed.
    case recovered
  }

  /// What it is called in errors.
  public let name: String
  public private(set) var position: Position

  private let output: any DigitalOutput
  private let line: Int
  private var watch: FlowWatch
  private var latest: FlowReading

  /// Takes over a line and closes the valve.
  /// - Parameters:
  ///   - name: what it is called in errors.
  ///   - output: the lines of which one drives the valve; active opens it.
  ///   - line: which one.
  ///   - limits: times and volumes to go by.
  ///   - reading: the meter's present reading; the leak alarm counts from here.
  /// - Throws: ``FlowControlError`` with kind `hardware` when the line cannot be driven.
  public init(
    name: String = "valve", output: any DigitalOutput, line: Int = 0,
    limits: FlowWatch.Limits = FlowWatch.Limits(), reading: FlowReading = FlowReading(),
    at now: MonotonicInstant
  ) throws(FlowControlError) {
    self.name = name
    self.output = output
    self.line = line
    watch = FlowWatch(limits: limits, microlitres: reading.microlitres, at: now)
    latest = reading
    position = .unknown
    try drive(open: false)
  }

  deinit {
    // The last chance; whoever holds the line has its own safe level.
    try? output.set(line: line, active: false)
  }

  /// Opens the valve. On an open valve its time runs on.
  /// - Throws: ``FlowControlError`` with kind `hardware`; the valve was then ordered to close again.
  public func open(at now: MonotonicInstant) throws(FlowControlError) {
    if position == .open { return }
    // A line whose level is unknown must first show that it can be closed.
    if position == .unknown { try drive(open: false) }
    watch.open(at: now)
    do throws(FlowControlError) {
      try drive(open: true)
    } catch {
      watch.close(at: now)
      position = .unknown
      if (try? output.set(line: line, active: false)) != nil { position = .closed }
      throw error
    }
  }

  /// Closes the valve. The order goes out whatever the position is believed to be.
  /// - Throws: ``FlowControlError`` with kind `hardware`; each update then tries again.
  public func close(at now: MonotonicInstant) throws(FlowControlError) {
    watch.close(at: now)
    try drive(open: false)
  }

  /// Takes in the meter's reading and the time; closes the valve when it must be.
  /// - Parameter reading: nil when there is no meter or it cannot be read; that counts as no flow.
  public func update(_ reading: FlowReading?, at now: MonotonicInstant) -> [Event] {
    var events: [Event] = []
    if position == .unknown, (try? drive(open: false)) != nil { events.append(.recovered) }
    if let reading { latest = reading }
    for finding in watch.update(
      microlitres: latest.microlitres, newestPulse: latest.newestPulse, at: now)
    {
      events.append(.found(finding))
      guard finding == .maximumOpenTimeReached || finding == .noFlow else { continue }
      do throws(FlowControlError) { try close(at: now) } catch { events.append(.failed(error)) }
    }
    return events
  }

  /// How far the flow has followed the valve.
  public var phase: FlowWatch.Phase { watch.phase }

  /// When to call ``update(_:at:)`` next at the latest; nil when nothing is due.
  public var nextDeadline: MonotonicInstant? { watch.nextDeadline }

  private func drive(open: Bool) throws(FlowControlError) {
    do {
      try output.set(line: line, active: open)
      position = open ? .open : .closed
    } catch {
      position = .unknown
      throw FlowControlError(error, place: name)
    }
  }
}
