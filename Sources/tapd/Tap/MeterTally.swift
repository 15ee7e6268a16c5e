import PiHAL

/// Adds up a meter's pulses over all runs of its counter: each pulse once, whatever order readings come in.
struct MeterTally: Equatable, Sendable {
  /// What was counted up to a moment.
  struct Count: Equatable, Sendable {
    var pulses: UInt64 = 0
    var restored: UInt64 = 0
    var rejected: UInt64 = 0
  }

  /// What a reading said.
  enum Outcome: Equatable, Sendable {
    /// So many pulses are new.
    case counted(UInt64)
    /// The counter was opened again, and has counted so many since: what came in between is lost.
    case restarted(UInt64)
    /// An older reading than one that was taken in already; it says nothing.
    case stale
  }

  /// Since the machine's start.
  private(set) var count = Count()
  /// When the last reading that was not stale came.
  private(set) var lastReading: MonotonicInstant
  /// The kernel's stamp of the newest pulse.
  private(set) var newestEdge: MonotonicInstant?

  private var epoch: UInt32?
  private var inEpoch = Count()

  init(at now: MonotonicInstant) { lastReading = now }

  mutating func take(_ reading: PulseReading, at now: MonotonicInstant) -> Outcome {
    let isRestart = epoch.map { reading.epoch > $0 } ?? false
    if let epoch, reading.epoch < epoch { return .stale }
    if isRestart || epoch == nil {
      epoch = reading.epoch
      inEpoch = Count()
    }
    // A counter's total never falls: a lower one was overtaken on its way.
    guard reading.total >= inEpoch.pulses else { return .stale }
    lastReading = now
    let new = reading.total - inEpoch.pulses
    count.pulses.addClamped(new)
    count.restored.addClamped(reading.restored.minus(inEpoch.restored))
    count.rejected.addClamped(reading.rejected.minus(inEpoch.rejected))
    inEpoch = Count(
      pulses: reading.total, restored: max(inEpoch.restored, reading.restored),
      rejected: max(inEpoch.rejected, reading.rejected))
    if new > 0 { newestEdge = min(reading.newestEdge ?? now, now) }
    return isRestart ? .restarted(new) : .counted(new)
  }
}

extension UInt64 {
  mutating func addClamped(_ other: UInt64) {
    let (sum, overflow) = addingReportingOverflow(other)
    self = overflow ? .max : sum
  }

  fileprivate func minus(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}
