import PiHAL

/// What a flow sensor can produce at most, and so what is noise: a bouncing contact, a relay's spark, a
/// cable beside a pump's.
///
/// Noise is kept out in two places. The edge counter is given ``minimumInterval`` and leaves out each edge
/// that follows another one sooner. Edges that the kernel's queue dropped come back as a number without time
/// stamps, so that filter cannot judge them; ``withheldPulses(in:since:at:)`` holds them against the time that has
/// passed. What became of the pulses since the reading before:
///
/// | pulses | of them restored | the time allows | counted | withheld | why |
/// |---|---|---|---|---|---|
/// | 0 | 0 | any | 0 | 0 | nothing came |
/// | 10 | 0 | 12 | 10 | 0 | the usual case |
/// | 10 | 0 | 8 | 10 | 0 | each one was stamped and kept its distance |
/// | 10 | 4 | 12 | 10 | 0 | a stalled reader; nothing strange about the rate |
/// | 10 | 4 | 8 | 8 | 2 | two more than the sensor can give: noise, among the restored ones |
/// | 10 | 4 | 3 | 6 | 4 | the stamped ones stand, whatever the restored ones were |
public struct PlausibleRate: Hashable, Sendable {
  /// The highest pulse frequency that the sensor gives.
  public let maximumHertz: UInt32

  /// YF-S201: 30 L/min are 225 Hz.
  public static let yfS201 = PlausibleRate(unchecked: 225)

  /// - Parameter maximumHertz: 1 to 100,000.
  /// - Throws: ``FlowControlError`` with kind `outOfRange`.
  public init(maximumHertz: UInt32) throws(FlowControlError) {
    guard (1...100_000).contains(maximumHertz) else {
      throw FlowControlError(
        .outOfRange, place: "maximum pulse frequency", problem: "of \(maximumHertz) Hz is not in 1...100000",
        remedy: "a YF-S201 gives at most 225 Hz")
    }
    self.init(unchecked: maximumHertz)
  }

  /// What a meter gives at 30 L/min, the most that a YF-S201 measures and far more than a tap pours; at least
  /// 10 Hz.
  public init(of calibration: FlowCalibration) {
    // Half a litre a second; a calibration's 100,000 pulses per litre are 50 kHz.
    let hertz = UInt128(calibration.pulses) * 500_000 / UInt128(calibration.microlitres)
    self.init(unchecked: UInt32(clamping: max(10, hertz)))
  }

  /// The fastest flow that a meter shows without losing pulses to this bound, in microlitres per second.
  public func microlitresPerSecond(of calibration: FlowCalibration) -> Int64 {
    Int64(clamping: UInt128(maximumHertz) * UInt128(calibration.microlitres) / UInt128(calibration.pulses))
  }

  private init(unchecked maximumHertz: UInt32) { self.maximumHertz = maximumHertz }

  /// What to give the edge counter: half a period at the highest frequency. A turbine's magnets are not
  /// evenly spaced and an interrupt may come late, so two good edges can be closer than a whole period.
  public var minimumInterval: Duration { .nanoseconds(500_000_000 / Int64(maximumHertz)) }

  /// How many pulses the sensor can give in a time, the one at its start included.
  public func pulses(in time: Duration) -> UInt64 {
    guard time > .zero else { return 1 }
    let possible = UInt128(time.wholeNanoseconds) * UInt128(maximumHertz) / 1_000_000_000
    return UInt64(clamping: possible + 1)
  }

  /// How many of the pulses since an earlier reading are to be withheld as noise; at most as many as were
  /// restored since.
  /// - Parameters:
  ///   - newer: the present reading.
  ///   - older: the reading before.
  ///   - olderInstant: when that reading was taken; counts where it had no edge yet.
  public func withheldPulses(
    in newer: EdgeCount, since older: EdgeCount, at olderInstant: MonotonicInstant
  ) -> UInt64 {
    guard newer.total > older.total, newer.restored > older.restored, let edge = newer.newestEdge else {
      return 0
    }
    let possible = pulses(in: (older.newestEdge ?? olderInstant).duration(to: edge))
    let pulses = newer.total - older.total
    return pulses > possible ? min(pulses - possible, newer.restored - older.restored) : 0
  }
}
