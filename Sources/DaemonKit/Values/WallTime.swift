import Foundation

/// A date and time of day, for records and validity only: a Pi's wall clock jumps, so no duration is ever
/// computed from it. In JSON it is ISO 8601 text in UTC, such as `2026-11-21T19:30:00.000Z`.
public struct WallTime: Hashable, Comparable, Sendable, Codable, LosslessStringConvertible {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Rounded to the nearest millisecond; a date that `Int64` cannot hold counts as 1970.
  public init(_ date: Date) {
    self.init(milliseconds: Int64(exactly: (date.timeIntervalSince1970 * 1000).rounded()) ?? 0)
  }

  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let time = WallTime(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no time like 2026-11-21T19:30:00.000Z")
    }
    self = time
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Reads `YYYY-MM-DDThh:mm:ssZ`, with or without three digits of milliseconds.
  public init?(_ description: String) {
    let bytes = description.utf8
    var fraction: Int64 = 0
    if bytes.count == 24 {
      let digits = bytes.dropFirst(20).prefix(3)
      guard bytes.dropFirst(19).first == UInt8(ascii: "."), digits.allSatisfy(Self.isDigit),
        let value = Int64(String(decoding: digits, as: UTF8.self))
      else { return nil }
      fraction = value
    }
    let seconds = bytes.count == 24 ? description.prefix(19) + "Z" : description[...]
    // Foundation takes 30 February for 2 March: what does not come back the same is no date.
    guard let date = try? Date.ISO8601FormatStyle.iso8601.parse(String(seconds)),
      date.ISO8601Format() == seconds
    else { return nil }
    milliseconds = Int64(date.timeIntervalSince1970) * 1000 + fraction
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  public var description: String {
    // Four digits of year: what lies outside is shown at the ends.
    let shown = min(max(milliseconds, -62_167_392_000_000), 253_402_300_799_999)
    // Whole seconds, which `Date` holds exactly.
    let fraction = (shown % 1000 + 1000) % 1000
    let date = Date(timeIntervalSince1970: TimeInterval((shown - fraction) / 1000))
    return date.ISO8601Format().dropLast() + String(format: ".%03dZ", Int(fraction))
  }
}
