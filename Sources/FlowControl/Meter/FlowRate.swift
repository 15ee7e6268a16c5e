import PiHAL

/// The rate of flow from the kernel's time stamps of pulses, so that a late reader sees the right figure.
///
/// The rate is the pulses between two stamped edges about ``window`` apart, divided by the time between
/// those edges. When pulses stay away, the rate can be no more than one pulse in the time since the newest
/// one: it sinks smoothly, and is zero after ``stopAfter``.
public struct FlowRate: Equatable, Sendable {
  /// What the rate is averaged over.
  public let window: Duration
  /// How long without a pulse until the flow counts as stopped.
  public let stopAfter: Duration

  private struct Sample: Equatable, Sendable {
    var pulses: UInt64
    var edge: MonotonicInstant
  }

  /// Oldest first; at most ``capacity``.
  private var samples: [Sample] = []
  private static let capacity = 16

  /// - Parameters:
  ///   - window: what the rate is averaged over; longer is calmer.
  ///   - stopAfter: how long without a pulse until the flow counts as stopped; at least a few pulses of the
  ///     slowest flow of interest.
  public init(window: Duration = .milliseconds(500), stopAfter: Duration = .seconds(1)) {
    self.window = window
    self.stopAfter = stopAfter
  }

  /// Takes in a reading of the counter.
  /// - Parameters:
  ///   - pulses: the cumulative count.
  ///   - newestEdge: the time stamp of the newest of them; nil before the first.
  public mutating func update(pulses: UInt64, newestEdge: MonotonicInstant?) {
    guard let newestEdge else { return }
    let sample = Sample(pulses: pulses, edge: newestEdge)
    guard let last = samples.last else {
      samples = [sample]
      return
    }
    // A count or a clock that runs backwards belongs to another counter.
    guard pulses >= last.pulses, newestEdge >= last.edge else {
      samples = [sample]
      return
    }
    if pulses == last.pulses { return }
    // The pulses after a pause say nothing about the time before it.
    if last.edge.duration(to: newestEdge) > stopAfter {
      samples = [sample]
      return
    }
    // Frequent readings thin out, so that the samples always span the window.
    let spacing = window / (Self.capacity - 2)
    if samples.count > 1, samples[samples.count - 2].edge.duration(to: newestEdge) < spacing {
      samples.removeLast()
    }
    samples.append(sample)
    while samples.count > 2, samples[1].edge.duration(to: newestEdge) >= window { samples.removeFirst() }
    if samples.count > Self.capacity { samples.removeFirst() }
  }

  /// The rate at an instant, in microlitres per second; never negative.
  public func microlitresPerSecond(at now: MonotonicInstant, calibration: FlowCalibration) -> Int64 {
    guard samples.count > 1, let first = samples.first, let last = samples.last else { return 0 }
    let silence = max(.zero, last.edge.duration(to: now))
    guard silence < stopAfter else { return 0 }
    let measured = rate(of: last.pulses - first.pulses, in: first.edge.duration(to: last.edge), calibration)
    return min(measured, rate(of: 1, in: silence, calibration))
  }

  private func rate(of pulses: UInt64, in time: Duration, _ calibration: FlowCalibration) -> Int64 {
    let nanoseconds = UInt128(max(1, time.wholeNanoseconds))
    // 2^32 pulses × 10^12 µL × 10^9 ns fit 128 bits; more pulses in one window come from no sensor.
    let volume = UInt128(min(pulses, UInt64(UInt32.max))) * UInt128(calibration.microlitres)
    return Int64(clamping: volume * 1_000_000_000 / (UInt128(calibration.pulses) * nanoseconds))
  }
}
