/// How much runs on after a tap's valve was told to close, learned from its pours.
///
/// The figure is the second largest of the last ``memory`` pours, a new tap's memory being full of the value
/// it starts with. So it rises after two pours that ran on longer, sinks only when a whole memory of pours
/// agrees, a single odd pour cannot move it upwards, and most pours end just below their limit, not above
/// it: the rule is that nobody pours past their credit.
public struct AfterFlow: Codable, Equatable, Sendable {
  /// How many pours are remembered.
  public static let memory = 9

  /// What one pour taught.
  public struct Observation: Equatable, Sendable {
    /// What ran on between the order to close and the end of the flow.
    public var microlitres: Int64
    /// The rate of flow when the order to close was given.
    public var microlitresPerSecondAtClosing: Int64
    /// How long the valve had been open.
    public var openTime: Duration
    /// Whether the flow came to its end in the time given.
    public var settled: Bool

    public init(microlitres: Int64, microlitresPerSecondAtClosing: Int64, openTime: Duration, settled: Bool) {
      self.microlitres = microlitres
      self.microlitresPerSecondAtClosing = microlitresPerSecondAtClosing
      self.openTime = openTime
      self.settled = settled
    }
  }

  /// No prediction is larger than this.
  public let maximumMicrolitres: Int64
  /// Oldest first; always ``memory`` values in 0...``maximumMicrolitres``.
  private var recent: [Int64]

  /// A valve that opens refills the line in a burst of about half a second; a pour that ended in it says
  /// nothing about steady flow.
  private static let refillTime = Duration.seconds(1)

  /// - Parameters:
  ///   - initialMicrolitres: what to expect before the first pours; rather more than less.
  ///   - maximumMicrolitres: no prediction is larger than this; a larger observation counts as this much.
  public init(initialMicrolitres: Int64 = 20_000, maximumMicrolitres: Int64 = 100_000) {
    let maximum = max(0, maximumMicrolitres)
    self.maximumMicrolitres = maximum
    recent = Array(repeating: min(max(0, initialMicrolitres), maximum), count: Self.memory)
  }

  /// What will run on when the valve is told to close now.
  public var predictedMicrolitres: Int64 { recent.sorted()[Self.memory - 2] }

  /// The poured volume at which to close, so that the pour ends at its limit; zero for a limit that would be
  /// passed even so.
  /// - Parameters:
  ///   - limitMicrolitres: where the pour shall end at the latest.
  ///   - marginMicrolitres: what whole pulses and late readings hide: two pulses of the meter (one is under
  ///     way when the order goes out, and the after-flow was learned in whole pulses too), and what flows
  ///     between two readings.
  public func closingVolume(limitMicrolitres: Int64, marginMicrolitres: Int64) -> Int64 {
    max(
      0, Int64(clamping: Int128(limitMicrolitres) - Int128(predictedMicrolitres) - Int128(marginMicrolitres)))
  }

  /// Learns from a pour, unless it says nothing about steady flow: it ended while the line was refilling,
  /// nothing flowed when it was closed, or the flow never ended (that is a leak).
  /// - Returns: whether it was learned from.
  @discardableResult
  public mutating func learn(_ observation: Observation) -> Bool {
    guard observation.settled, observation.microlitres >= 0, observation.microlitresPerSecondAtClosing > 0,
      observation.openTime >= Self.refillTime
    else { return false }
    recent.removeFirst()
    recent.append(min(observation.microlitres, maximumMicrolitres))
    return true
  }

  private enum CodingKeys: String, CodingKey { case maximumMicrolitres, recent }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    maximumMicrolitres = try container.decode(Int64.self, forKey: .maximumMicrolitres)
    recent = try container.decode([Int64].self, forKey: .recent)
    guard maximumMicrolitres >= 0, recent.count == Self.memory,
      recent.allSatisfy({ (0...maximumMicrolitres).contains($0) })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .recent, in: container,
        debugDescription: "the after-flow must be \(Self.memory) volumes from 0 to \(maximumMicrolitres) µL")
    }
  }
}
