/// Numbers an effect of a state machine that is to be answered. Counts from 1 in each life of a machine: answers from
/// an earlier life must not be delivered to it.
public struct EffectID: Hashable, Codable, Sendable {
  public var number: UInt64

  public init(_ number: UInt64) { self.number = number }

  public init(from decoder: any Decoder) throws {
    number = try decoder.singleValueContainer().decode(UInt64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(number)
  }
}
