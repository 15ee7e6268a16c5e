/// How much runs on after a tap's valve was told to close, learned from its pours.
///
/// The figure is the second largest of the last ``memory`` pours; while there were fewer than three, the value that
/// it starts with takes the place of those that are missing. So a new tap has learned after three pours, the figure
/// rises after two pours that ran on longer, sinks only when a whole memory of pours agrees, a single odd pour cannot
/// move it upwards, and most pours end just below their limit, not above it: the rule is that nobody pours past
/// their credit.
public struct AfterFlow: Codable, Equatable, Sendable {
  /// How many pours are remembered.
  public static let memory = 9
  /// After so many pours the value that it starts with counts no more.
  private static let enough = 3
  /// What to expect of a new tap: rather more than less.
  private static let initial: Int64 = 20_000

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
  /// What to expect before the first pours.
  private let initialMicrolitres: Int64
  /// Oldest first; at most ``memory`` values in 0...``maximumMicrolitres``.
  private var recent: [Int64] = []

  /// A valve that opens refills the line in a burst of about half a second; a pour that ended in it says
  /// nothing about steady flow.
  private static let refillTime = Duration.seconds(1)

  /// - Parameters:
  ///   - initialMicrolitres: what to expect before the first pours, rather more than less; nil stands for 20 mL.
  ///   - maximumMicrolitres: no prediction is larger than this; a larger observation counts as this much.
  public init(initialMicrolitres: Int64? = nil, maximumMicrolitres: Int64 = 100_000) {
    self.maximumMicrolitres = max(0, maximumMicrolitres)
    self.initialMicrolitres = min(max(0, initialMicrolitres ?? Self.initial), self.maximumMicrolitres)
  }

  /// What will run on when the valve is told to close now.
  public var predictedMicrolitres: Int64 {
    let missing = Array(repeating: initialMicrolitres, count: max(0, Self.enough - recent.count))
    return (recent + missing).sorted(by: >)[1]
  }

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
    if recent.count == Self.memory { recent.removeFirst() }
    recent.append(min(observation.microlitres, maximumMicrolitres))
    return true
  }

  private enum CodingKeys: String, CodingKey { case initialMicrolitres, maximumMicrolitres, recent }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let maximum = try container.decode(Int64.self, forKey: .maximumMicrolitres)
    let initial = try container.decodeIfPresent(Int64.self, forKey: .initialMicrolitres)
    var recent = try container.decode([Int64].self, forKey: .recent)
    guard maximum >= 0, initial != nil ? recent.count <= Self.memory : recent.count == Self.memory,
      recent.allSatisfy((0...maximum).contains), (0...maximum).contains(initial ?? 0)
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .recent, in: container,
        debugDescription: "the after-flow must be at most \(Self.memory) volumes from 0 to \(maximum) µL")
    }
    // Without its first value it is of a version that filled the memory of a new tap with 20 mL.
    if initial == nil { recent = Array(recent.drop { $0 == Self.initial }) }
    maximumMicrolitres = maximum
    initialMicrolitres = initial ?? min(Self.initial, maximum)
    self.recent = recent
  }
}
