import DaemonKit
import Foundation

/// Reads the times of a predecessor's database: texts of several forms, some in UTC, some in local time.
enum PredecessorTime {
  /// Reads `2026-11-25`, `2026-11-25 10:30`, `2026-11-25T10:30:00.123456` and the like, with or without `Z` or an
  /// offset from UTC at the end.
  ///
  /// - Parameter zone: where a time without an offset is meant.
  /// - Returns: nil for anything else, for a day that no calendar has, and outside the years 1970 to 2999.
  static func read(_ text: String, zone: TimeZone) -> WallTime? {
    var scanner = Scanner(text)
    guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
      let day = scanner.number(2), (1970...2999).contains(year),
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    var milliseconds = date.startInUTC.milliseconds
    var offset: Int64?
    if !scanner.isAtEnd {
      guard scanner.skip(" ") || scanner.skip("T"), let hour = scanner.number(2), scanner.skip(":"),
        let minute = scanner.number(2), hour < 24, minute < 60
      else { return nil }
      milliseconds += Int64(hour * 60 + minute) * 60_000
      if scanner.skip(":") {
        guard let second = scanner.number(2), second < 60 else { return nil }
        milliseconds += Int64(second) * 1000
        if scanner.skip(".") {
          guard let fraction = scanner.fraction() else { return nil }
          milliseconds += fraction
        }
      }
      guard scanner.offset(&offset), scanner.isAtEnd else { return nil }
    }
    if let offset { return WallTime(milliseconds: milliseconds - offset) }
    return WallTime(milliseconds: local(milliseconds, in: zone))
  }

  /// A local time, counted as if it were UTC, in UTC. Of an hour that comes twice the first one is meant.
  private static func local(_ milliseconds: Int64, in zone: TimeZone) -> Int64 {
    func offset(_ time: Int64) -> Int64 {
      Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(time / 1000)))) * 1000
    }
    let guess = milliseconds - offset(milliseconds - 86_400_000)
    return offset(guess) == milliseconds - guess ? guess : milliseconds - offset(guess)
  }

  private struct Scanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
      rest = text.utf8[...]
      while let first = rest.first, first <= UInt8(ascii: " ") { rest.removeFirst() }
      while let last = rest.last, last <= UInt8(ascii: " ") { rest.removeLast() }
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    mutating func number(_ digits: Int) -> Int? {
      var number = 0
      for _ in 0..<digits {
        guard let digit = digit() else { return nil }
        number = number * 10 + digit
      }
      return number
    }

    private mutating func digit() -> Int? {
      guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      rest.removeFirst()
      return Int(byte - UInt8(ascii: "0"))
    }

    /// Of one to nine digits, in milliseconds, cut off.
    mutating func fraction() -> Int64? {
      var milliseconds: Int64 = 0
      var count = 0
      while let digit = digit() {
        if count < 3 { milliseconds = milliseconds * 10 + Int64(digit) }
        count += 1
      }
      guard (1...9).contains(count) else { return nil }
      for _ in count..<max(count, 3) { milliseconds *= 10 }
      return milliseconds
    }

    /// `Z`, `+01:00`, `+0100` or nothing.
    /// - Returns: false when there is something else.
    mutating func offset(_ milliseconds: inout Int64?) -> Bool {
      if isAtEnd { return true }
      if skip("Z") {
        milliseconds = 0
        return true
      }
      let isWest = skip("-")
      guard isWest || skip("+"), let hours = number(2) else { return false }
      _ = skip(":")
      guard let minutes = number(2), hours < 24, minutes < 60 else { return false }
      milliseconds = Int64(hours * 60 + minutes) * (isWest ? -60_000 : 60_000)
      return true
    }
  }
}
