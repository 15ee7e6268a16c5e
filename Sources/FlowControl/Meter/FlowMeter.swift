import PiHAL

/// What a flow meter has seen since it was opened.
public struct FlowReading: Equatable, Sendable {
  /// Plausible pulses; never falls.
  public var pulses: UInt64
  /// The volume of ``pulses``; never falls.
  public var microlitres: Int64
  /// The present rate of flow; zero soon after the last pulse.
  public var microlitresPerSecond: Int64
  /// The kernel's time stamp of the newest pulse; nil before the first.
  public var newestPulse: MonotonicInstant?
  /// Of ``pulses``: those that the kernel's queue dropped and whose number was restored.
  public var restored: UInt64
  /// Edges that were left out, because they came faster than the sensor can turn.
  public var rejected: UInt64

  public init(
    pulses: UInt64 = 0, microlitres: Int64 = 0, microlitresPerSecond: Int64 = 0,
    newestPulse: MonotonicInstant? = nil, restored: UInt64 = 0, rejected: UInt64 = 0
  ) {
    self.pulses = pulses
    self.microlitres = microlitres
    self.microlitresPerSecond = microlitresPerSecond
    self.newestPulse = newestPulse
    self.restored = restored
    self.rejected = rejected
  }
}

/// A flow meter that gives pulses: its count as a volume and a rate. It belongs to one thread at a time.
public final class FlowMeter {
  /// What it is called in errors.
  public let name: String
  public let calibration: FlowCalibration
  /// The newest reading; stays when the line is lost.
  public private(set) var latest = FlowReading()

  private let counter: any EdgeCounter
  private let plausible: PlausibleRate
  private var rate: FlowRate
  private var before: (count: EdgeCount, instant: MonotonicInstant)?
  private var withheld: UInt64 = 0

  /// - Parameters:
  ///   - name: what it is called in errors.
  ///   - counter: counts the sensor's edges, one edge a pulse; opened with `plausible.minimumInterval`.
  ///   - calibration: pulses per litre.
  ///   - plausible: what the sensor can give at most.
  ///   - rate: what the rate is averaged over.
  public init(
    name: String = "flow meter", counter: any EdgeCounter, calibration: FlowCalibration,
    plausible: PlausibleRate, rate: FlowRate = FlowRate()
  ) {
    self.name = name
    self.counter = counter
    self.calibration = calibration
    self.plausible = plausible
    self.rate = rate
  }

  /// Reads the counter; never waits.
  /// - Throws: ``FlowControlError`` with kind `hardware` when the line is gone; ``latest`` stays.
  public func read(at now: MonotonicInstant) throws(FlowControlError) -> FlowReading {
    let count: EdgeCount
    do { count = try counter.read() } catch { throw FlowControlError(error, place: name) }
    if let before {
      withheld += plausible.withheldPulses(in: count, since: before.count, at: before.instant)
    }
    before = (count, now)
    let pulses = count.total - min(withheld, count.total)
    rate.update(pulses: pulses, newestEdge: count.newestEdge)
    latest = FlowReading(
      pulses: pulses, microlitres: calibration.microlitres(fromPulses: pulses),
      microlitresPerSecond: rate.microlitresPerSecond(at: now, calibration: calibration),
      newestPulse: count.newestEdge, restored: count.restored - min(withheld, count.restored),
      rejected: count.rejected + withheld)
    return latest
  }
}
