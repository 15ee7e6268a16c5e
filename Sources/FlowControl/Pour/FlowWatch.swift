import PiHAL

/// Watches a valve's flow and says what must happen: a pure supervisor without clock or hardware.
///
/// Tell it when the valve was told to open and to close, and call ``update(microlitres:newestPulse:at:)``
/// some ten times a second with the meter's cumulative volume. A finding that asks for the valve to be
/// closed comes again with each update until ``close(at:)`` is called, so that a lost order cannot leave the
/// valve open.
public struct FlowWatch: Equatable, Sendable {
  /// The times and volumes that it goes by.
  public struct Limits: Equatable, Sendable {
    /// The valve is open at most this long.
    public var maximumOpenTime: Duration
    /// With the valve open, how long without a pulse is too long; nil where no meter is built in.
    public var noFlowTimeout: Duration?
    /// After closing, how long without a pulse means that the flow has ended. A closing valve ends in a
    /// trickle: with a YF-S201 the last two pulses can be 0.7 s apart.
    public var settleQuiet: Duration
    /// After closing, when waiting for the end of the flow ends.
    public var settleMaximum: Duration
    /// With the valve closed and settled, more than this within ``leakWindow`` is a leak.
    public var leakMicrolitres: Int64
    /// See ``leakMicrolitres``.
    public var leakWindow: Duration
    /// With the valve closed and settled, more than this since then, at most since ``slowLeakWindow`` ago, is a
    /// slow leak; nil where those are not looked for.
    public var slowLeakMicrolitres: Int64?
    /// See ``slowLeakMicrolitres``.
    public var slowLeakWindow: Duration

    public init(
      maximumOpenTime: Duration = .seconds(120), noFlowTimeout: Duration? = .seconds(15),
      settleQuiet: Duration = .seconds(1), settleMaximum: Duration = .seconds(5),
      leakMicrolitres: Int64 = 20_000, leakWindow: Duration = .seconds(60),
      slowLeakMicrolitres: Int64? = nil, slowLeakWindow: Duration = .seconds(86_400)
    ) {
      self.maximumOpenTime = maximumOpenTime
      self.noFlowTimeout = noFlowTimeout
      self.settleQuiet = settleQuiet
      self.settleMaximum = settleMaximum
      self.leakMicrolitres = leakMicrolitres
      self.leakWindow = leakWindow
      self.slowLeakMicrolitres = slowLeakMicrolitres
      self.slowLeakWindow = slowLeakWindow
    }
  }

  /// What an update found.
  public enum Finding: Equatable, Sendable {
    /// Open for ``Limits/maximumOpenTime``: close.
    case maximumOpenTimeReached
    /// Open, and no pulse for ``Limits/noFlowTimeout``: close.
    case noFlow
    /// The flow has ended; so much ran on after the order to close. Once a closing.
    case settled(afterFlowMicrolitres: Int64)
    /// ``Limits/settleMaximum`` is over and the flow has not ended; so much has run on until now. What comes
    /// from here on is watched as a leak. Once a closing.
    case stillFlowing(afterFlowMicrolitres: Int64)
    /// So much flowed in the window with the valve closed. Comes again with every further such volume.
    case leak(microlitres: Int64)
    /// So much dripped since the valve was closed, or in the slow leak's window. Comes again with every further
    /// such volume.
    case slowLeak(microlitres: Int64)
  }

  /// What the valve was last told, and how far the flow has followed.
  public enum Phase: Equatable, Sendable {
    case open(since: MonotonicInstant)
    case settling(since: MonotonicInstant)
    case closed
  }

  public var limits: Limits
  public private(set) var phase: Phase = .closed

  private struct Mark: Equatable, Sendable {
    var instant: MonotonicInstant
    var microlitres: Int64
  }

  /// The newest volume known.
  private var microlitres: Int64
  private var newestPulse: MonotonicInstant
  private var microlitresAtClosing: Int64 = 0
  /// While closed: volumes of the past window, oldest first, a 32nd of the window apart.
  private var marks: [Mark]
  /// The same of the slow leak's window.
  private var slowMarks: [Mark]

  /// A watch over a closed valve whose flow has ended.
  /// - Parameter microlitres: the meter's cumulative volume.
  public init(limits: Limits = Limits(), microlitres: Int64 = 0, at now: MonotonicInstant) {
    self.limits = limits
    self.microlitres = microlitres
    newestPulse = now
    marks = [Mark(instant: now, microlitres: microlitres)]
    slowMarks = marks
  }

  /// The valve is told to open. Nothing changes when it is open already: its time runs on.
  public mutating func open(at now: MonotonicInstant) {
    if case .open = phase { return }
    phase = .open(since: now)
    marks = []
    slowMarks = []
  }

  /// The valve is told to close. Nothing changes when it was told so before.
  public mutating func close(at now: MonotonicInstant) {
    guard case .open = phase else { return }
    phase = .settling(since: now)
    microlitresAtClosing = microlitres
  }

  /// What has flowed since the valve was told to close, while the flow has not ended; zero otherwise.
  public var afterFlowMicrolitres: Int64 {
    if case .settling = phase { microlitres - microlitresAtClosing } else { 0 }
  }

  /// Takes in the meter's reading and the time.
  /// - Parameters:
  ///   - volume: the meter's cumulative volume; the last one again when the meter cannot be read. One that
  ///     is smaller than before belongs to a meter opened anew and counts as the new start.
  ///   - newestPulse: the time stamp of its newest pulse, where there is one.
  public mutating func update(
    microlitres volume: Int64, newestPulse stamp: MonotonicInstant?, at now: MonotonicInstant
  ) -> [Finding] {
    if volume < microlitres {
      microlitresAtClosing += volume - microlitres
      for index in marks.indices { marks[index].microlitres += volume - microlitres }
      for index in slowMarks.indices { slowMarks[index].microlitres += volume - microlitres }
    } else if volume > microlitres {
      newestPulse = min(stamp ?? now, now)
    }
    microlitres = volume
    switch phase {
    case .open(let since): return findingsWhileOpen(since: since, at: now)
    case .settling(let since): return findingsWhileSettling(since: since, at: now)
    case .closed: return findingsWhileClosed(at: now)
    }
  }

  /// When the next ``update(microlitres:newestPulse:at:)`` finds something even if no pulse comes; nil when
  /// nothing is due.
  public var nextDeadline: MonotonicInstant? {
    switch phase {
    case .open(let since):
      let latest = since.advanced(by: limits.maximumOpenTime)
      guard let timeout = limits.noFlowTimeout else { return latest }
      return min(latest, max(since, newestPulse).advanced(by: timeout))
    case .settling(let since):
      return min(
        since.advanced(by: limits.settleMaximum), max(since, newestPulse).advanced(by: limits.settleQuiet))
    case .closed:
      return nil
    }
  }

  private func findingsWhileOpen(since: MonotonicInstant, at now: MonotonicInstant) -> [Finding] {
    var findings: [Finding] = []
    if since.duration(to: now) >= limits.maximumOpenTime { findings.append(.maximumOpenTimeReached) }
    if let timeout = limits.noFlowTimeout, max(since, newestPulse).duration(to: now) >= timeout {
      findings.append(.noFlow)
    }
    return findings
  }

  private mutating func findingsWhileSettling(since: MonotonicInstant, at now: MonotonicInstant) -> [Finding]
  {
    let afterFlow = afterFlowMicrolitres
    let isQuiet = max(since, newestPulse).duration(to: now) >= limits.settleQuiet
    guard isQuiet || since.duration(to: now) >= limits.settleMaximum else { return [] }
    phase = .closed
    marks = [Mark(instant: now, microlitres: microlitres)]
    slowMarks = marks
    return [
      isQuiet ? .settled(afterFlowMicrolitres: afterFlow) : .stillFlowing(afterFlowMicrolitres: afterFlow)
    ]
  }

  private mutating func findingsWhileClosed(at now: MonotonicInstant) -> [Finding] {
    var findings: [Finding] = []
    if let leaked = leaked(limits.leakMicrolitres, in: limits.leakWindow, by: &marks, at: now) {
      findings.append(.leak(microlitres: leaked))
    }
    if let limit = limits.slowLeakMicrolitres,
      let leaked = leaked(limit, in: limits.slowLeakWindow, by: &slowMarks, at: now)
    {
      findings.append(.slowLeak(microlitres: leaked))
    }
    return findings
  }

  /// What flowed in a window when it is more than may drip, counted from new then; nil otherwise.
  private func leaked(
    _ limit: Int64, in duration: Duration, by marks: inout [Mark], at now: MonotonicInstant
  ) -> Int64? {
    while marks.count > 1, marks[1].instant.duration(to: now) >= duration { marks.removeFirst() }
    guard let oldest = marks.first, let newest = marks.last else { return nil }
    let leaked = microlitres - oldest.microlitres
    // After a long silence of the caller the stretch is longer than the window, and so is what may drip.
    let window = Int128(max(1, duration.wholeNanoseconds))
    let stretch = max(window, Int128(oldest.instant.duration(to: now).wholeNanoseconds))
    if Int128(leaked) * window > Int128(limit) * stretch {
      marks = [Mark(instant: now, microlitres: microlitres)]
      return leaked
    }
    if newest.instant.duration(to: now) >= duration / 32 {
      marks.append(Mark(instant: now, microlitres: microlitres))
    }
    return nil
  }
}
