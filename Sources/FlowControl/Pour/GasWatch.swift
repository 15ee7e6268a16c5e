import PiHAL

/// Tells gas from drink in one pour: a keg that runs dry blows gas through the meter, which spins it at twice to
/// ten times the rate of the drink, steadily or in spurts, and then falls silent. Before that it may foam: air in
/// the drink turns the meter unevenly.
///
/// It adds up how much more than the tap can pour has run through the meter, and how much the rate jumps. What an
/// uneven turbine or a hand on the lever adds is taken off again soon; what gas and foam add is not. A pour starts with a burst that refills the line, so the first moments
/// after a pause may be several times as fast.
public struct GasWatch: Equatable, Sendable {
  /// Where the gas began.
  public struct Finding: Equatable, Sendable {
    /// What had been poured by then; all that the meter counts after it is gas.
    public var drinkMicrolitres: Int64
    /// How fast the gas turned the meter.
    public var microlitresPerSecond: Int64
  }

  /// What a tap may pour whose usual flow is unknown: 4 L/min. Half as much again is more than any beer tap gives.
  public static let unknownMicrolitresPerSecond: Int64 = 66_667

  /// So long after a pause the line may still be refilling.
  private static let refillTime = Duration.milliseconds(1500)
  /// So long without a pulse is a pause.
  private static let pause = Duration.seconds(1)
  /// Pulses are gathered for so long: the time between two of them means little.
  private static let stretch = Duration.milliseconds(100)
  /// What is still drink while the line refills, in percent of the usual flow.
  private static let refillPercent: Int64 = 400

  private struct Sample: Equatable, Sendable {
    var microlitres: Int64
    var edge: MonotonicInstant
  }

  private let usual: Int64
  private var newest: Sample
  /// The end of the last stretch that was judged.
  private var judged: Sample
  /// The first pulse after the last pause.
  private var flowsSince: MonotonicInstant?
  private var gas = Excess(percent: 150, milliseconds: 300)
  private var silent = Excess(percent: 135, milliseconds: 200)
  private var foam = Roughness()
  /// Where the stretches of the last second of steady flow began, oldest first.
  private var steady: [Sample] = []

  /// The fastest second of steady flow so far, in microlitres per second; zero when there was none. It is what
  /// ``UsualFlow`` learns from.
  public private(set) var steadyPeak: Int64 = 0

  /// - Parameters:
  ///   - usualMicrolitresPerSecond: ``UsualFlow/microlitresPerSecond`` of the tap; nil when it is unknown.
  ///   - now: when the valve opens.
  public init(usualMicrolitresPerSecond: Int64?, at now: MonotonicInstant) {
    usual = max(1, usualMicrolitresPerSecond ?? Self.unknownMicrolitresPerSecond)
    newest = Sample(microlitres: 0, edge: now)
    judged = newest
  }

  /// Takes in the meter's reading.
  /// - Parameters:
  ///   - volume: what the pour has poured so far; never falls.
  ///   - newestPulse: the time stamp of its newest pulse.
  /// - Returns: where the gas began, when it is certain that gas flows; again with every further stretch.
  public mutating func update(microlitres volume: Int64, newestPulse: MonotonicInstant) -> Finding? {
    guard volume > newest.microlitres, newestPulse > newest.edge else { return nil }
    let now = Sample(microlitres: volume, edge: newestPulse)
    let isAfterPause = flowsSince == nil || newest.edge.duration(to: now.edge) >= Self.pause
    newest = now
    if isAfterPause {
      flowsSince = now.edge
      judged = now
      steady = []
      return nil
    }
    guard judged.edge.duration(to: now.edge) >= Self.stretch, let flowsSince else { return nil }
    let isRefilling = flowsSince.duration(to: judged.edge) < Self.refillTime
    gas.add(from: judged, to: now, usual: usual, atLeastPercent: isRefilling ? Self.refillPercent : 0)
    silent.add(from: judged, to: now, usual: usual, atLeastPercent: isRefilling ? Self.refillPercent : 0)
    foam.add(rate: isRefilling ? nil : Self.rate(from: judged, to: now), from: judged, usual: usual)
    if !isRefilling { measureSteadyFlow(to: now) }
    judged = now
    guard let found = gas.finding(usual: usual) else { return nil }
    return withFoam(found)
  }

  /// The flow has fallen silent although the valve is open.
  /// - Returns: where the gas began, when what flowed before the silence was too irregular to be drink.
  public func findingAfterSilence() -> Finding? {
    if let found = silent.finding(usual: usual) { return withFoam(found) }
    guard let start = foam.start else { return nil }
    return Finding(
      drinkMicrolitres: start.microlitres, microlitresPerSecond: Self.rate(from: start, to: newest))
  }

  /// The foam before the gas belongs to it.
  private func withFoam(_ found: Finding) -> Finding {
    var found = found
    if let start = foam.start { found.drinkMicrolitres = min(found.drinkMicrolitres, start.microlitres) }
    return found
  }

  private mutating func measureSteadyFlow(to now: Sample) {
    steady.append(judged)
    while steady.count > 1, steady[1].edge.duration(to: now.edge) >= .seconds(1) { steady.removeFirst() }
    if let first = steady.first, first.edge.duration(to: now.edge) >= .seconds(1) {
      steadyPeak = max(steadyPeak, Self.rate(from: first, to: now))
    }
  }

  private static func rate(from start: Sample, to end: Sample) -> Int64 {
    let nanoseconds = Int128(max(1, start.edge.duration(to: end.edge).wholeNanoseconds))
    return Int64(clamping: Int128(end.microlitres - start.microlitres) * 1_000_000_000 / nanoseconds)
  }

  /// How much the rate jumps from one stretch to the next, in percent of the usual flow.
  private struct Roughness: Equatable, Sendable {
    /// An uneven turbine jumps by so much.
    private static let ordinary: Int64 = 20
    /// So much in a row is foam: a lever is not moved so often.
    private static let much: Int64 = 300
    private var sum: Int64 = 0
    private var began: Sample?
    private var rate: Int64?

    /// Where the foam began; nil when there is none.
    var start: Sample? { sum >= Self.much ? began : nil }

    /// - Parameter rate: nil while the line refills.
    mutating func add(rate new: Int64?, from judged: Sample, usual: Int64) {
      defer { rate = new }
      guard let new, let rate else { return }
      let jump = min(200, Int64(clamping: Int128(new - rate).magnitude * 100 / UInt128(usual)))
      sum = max(0, sum + jump - Self.ordinary)
      if sum == 0 { began = nil } else if began == nil { began = judged }
    }
  }

  /// How much more than what the tap can pour has flowed.
  private struct Excess: Equatable, Sendable {
    /// More than so many percent of the usual flow is too fast.
    let percent: Int64
    /// What flows usually in so many milliseconds is too much of it.
    let milliseconds: Int64
    private var microlitres: Int64 = 0
    /// Where it began, and the end of the last stretch that was too fast.
    private var start: Sample?
    private var end: Sample?

    init(percent: Int64, milliseconds: Int64) {
      self.percent = percent
      self.milliseconds = milliseconds
    }

    mutating func add(from judged: Sample, to now: Sample, usual: Int64, atLeastPercent: Int64) {
      let flowed = now.microlitres - judged.microlitres
      let nanoseconds = judged.edge.duration(to: now.edge).wholeNanoseconds
      func usualVolume(percent: Int64) -> Int64 {
        Int64(clamping: Int128(usual) * Int128(percent) * Int128(nanoseconds) / 100_000_000_000)
      }
      let over = flowed - usualVolume(percent: max(percent, atLeastPercent))
      if over > 0 {
        if start == nil { start = judged }
        end = now
        microlitres = microlitres.addingReportingOverflow(over).partialValue
        if microlitres < 0 { microlitres = .max }
      } else if microlitres > 0 {
        // Gas that spurts has gaps: they make up for less than as much drink would.
        microlitres = max(0, microlitres - min(-over, usualVolume(percent: 25)))
      }
      if microlitres == 0 { (start, end) = (nil, nil) }
    }

    func finding(usual: Int64) -> Finding? {
      guard let start, let end, Int128(microlitres) * 1000 > Int128(usual) * Int128(milliseconds) else {
        return nil
      }
      return Finding(
        drinkMicrolitres: start.microlitres, microlitresPerSecond: GasWatch.rate(from: start, to: end))
    }
  }
}
