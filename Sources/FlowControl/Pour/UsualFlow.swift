/// How fast a tap pours with its lever wide open, learned from its pours.
///
/// Guests throttle, so a single pour may be slower than the tap is, and nothing tells how much slower. But
/// nobody pours faster than the tap can: when the fastest of the last pours agree, a single odd one left out, they
/// are the tap's rate. Until then it is unknown. The figure sinks only when a whole memory of pours
/// stayed clearly below it.
public struct UsualFlow: Codable, Equatable, Sendable {
  /// How many pours are remembered.
  public static let memory = 16
  /// So many of the fastest pours must agree, within a tenth.
  public static let agreement = 4
  /// No flow meter for taps measures more, in microlitres per second.
  private static let fastest: Int64 = 10_000_000

  /// Oldest first: the fastest steady second of each of the last pours.
  private var recent: [Int64] = []
  /// Microlitres per second with the lever wide open; nil as long as it is unknown.
  public private(set) var microlitresPerSecond: Int64?

  public init() {}

  /// Learns from a pour.
  /// - Parameter peak: its fastest steady second, as ``GasWatch/steadyPeak`` has it; one that is not above zero
  ///   says nothing.
  public mutating func learn(peak: Int64) {
    guard peak > 0 else { return }
    recent.append(min(peak, Self.fastest))
    if recent.count > Self.memory { recent.removeFirst(recent.count - Self.memory) }
    let sorted = recent.sorted(by: >)
    let isFull = recent.count == Self.memory
    if let agreed = Self.agreed(sorted) ?? Self.agreed(sorted.dropFirst()) {
      microlitresPerSecond = max(microlitresPerSecond ?? 0, agreed)
    } else if isFull, microlitresPerSecond == nil {
      microlitresPerSecond = sorted[0]
    }
    if isFull, let known = microlitresPerSecond { microlitresPerSecond = min(known, sorted[0] * 4 / 3) }
  }

  /// The rate on which the fastest pours agree; nil when they do not.
  private static func agreed(_ sorted: some Collection<Int64>) -> Int64? {
    let fastest = Array(sorted.prefix(agreement))
    guard fastest.count == agreement, let last = fastest.last, last * 10 >= fastest[0] * 9 else { return nil }
    return fastest[1]
  }

  /// Somebody looked, and what was taken for gas was drink: the tap is as fast as that.
  public mutating func accept(_ rate: Int64) {
    microlitresPerSecond = max(microlitresPerSecond ?? 0, min(max(0, rate), Self.fastest))
  }

  private enum CodingKeys: String, CodingKey { case recent, microlitresPerSecond }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    recent = try container.decode([Int64].self, forKey: .recent)
    microlitresPerSecond = try container.decodeIfPresent(Int64.self, forKey: .microlitresPerSecond)
    let range = 0...Self.fastest
    guard recent.count <= Self.memory, recent.allSatisfy(range.contains),
      microlitresPerSecond.map(range.contains) ?? true
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .recent, in: container,
        debugDescription: "the usual flow must be at most \(Self.memory) rates from 0 to \(Self.fastest) µL/s"
      )
    }
  }
}
