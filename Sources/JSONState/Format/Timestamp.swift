import Foundation

/// A wall-clock time in whole milliseconds, written as `2026-10-31T23:59:59.123Z`.
///
/// Whole milliseconds, because the date an entry is applied with today must be the very date that is read
/// back tomorrow. Written and read by hand, because a date formatter costs more than the rest of a line.
struct Timestamp: Equatable, Sendable {
  /// Since 1970-01-01 00:00 UTC, within the years 0 to 9999.
  let milliseconds: Int64

  init(milliseconds: Int64) { self.milliseconds = milliseconds }

  init(_ date: Date) {
    let seconds = date.timeIntervalSince1970
    let bounded = seconds.isNaN ? 0 : min(max(seconds, -62_167_219_200), 253_402_300_799)
    milliseconds = Int64((bounded * 1000).rounded(.down))
  }

  var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  var month: Month {
    let (year, month, _) = Self.civil(day: Self.floorDivide(milliseconds, 86_400_000).quotient)
    return Month(year: year, month: month)
  }

  func append(to bytes: inout [UInt8]) {
    let (day, inDay) = Self.floorDivide(milliseconds, 86_400_000)
    let (year, month, dayOfMonth) = Self.civil(day: day)
    func digits(_ value: Int, _ count: Int, then separator: Unicode.Scalar) {
      var power = 1
      for _ in 1..<count { power *= 10 }
      while power > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(value / power % 10))
        power /= 10
      }
      bytes.append(UInt8(ascii: separator))
    }
    let time = Int(inDay)
    digits(year, 4, then: "-")
    digits(month, 2, then: "-")
    digits(dayOfMonth, 2, then: "T")
    digits(time / 3_600_000, 2, then: ":")
    digits(time / 60_000 % 60, 2, then: ":")
    digits(time / 1000 % 60, 2, then: ".")
    digits(time % 1000, 3, then: "Z")
  }

  /// Reads what ``append(to:)`` writes, and nothing else.
  init?(_ bytes: some RandomAccessCollection<UInt8>) {
    guard bytes.count == 24 else { return nil }
    func number(_ offset: Int, _ count: Int) -> Int? {
      var value = 0
      for index in offset..<(offset + count) {
        let byte = bytes[bytes.index(bytes.startIndex, offsetBy: index)]
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
      let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
      let millisecond = number(20, 3), (1...12).contains(month)
    else { return nil }
    let time = ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
    milliseconds = Self.day(year: year, month: month, day: day) * 86_400_000 + Int64(time)
    var again: [UInt8] = []
    append(to: &again)
    guard again.elementsEqual(bytes) else { return nil }
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  // Days and dates of the Gregorian calendar, counting years from March so that the leap day comes last.
  // 719,468 days lie between 0000-03-01 and 1970-01-01; an era of 400 years has 146,097.

  private static func day(year: Int, month: Int, day: Int) -> Int64 {
    let marchYear = Int64(month <= 2 ? year - 1 : year)
    let marchMonth = Int64(month <= 2 ? month + 9 : month - 3)
    let (era, yearOfEra) = floorDivide(marchYear, 400)
    let dayOfYear = (153 * marchMonth + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civil(day: Int64) -> (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = floorDivide(day + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (Int(year), Int(month), Int(dayOfMonth))
  }
}

/// A calendar month in UTC, written as `2026-10`.
struct Month: Comparable, Sendable, CustomStringConvertible {
  /// Months since January of year 0.
  let index: Int

  init(year: Int, month: Int) { index = year * 12 + month - 1 }

  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let year = Int(parts[0]), let month = Int(parts[1]),
      (0...99_999).contains(year), (1...12).contains(month)
    else { return nil }
    self.init(year: year, month: month)
    guard description == text else { return nil }
  }

  private init(index: Int) { self.index = index }
  var next: Month { Month(index: index + 1) }

  var description: String {
    let year = String(index / 12)
    let month = String(index % 12 + 1)
    return String(repeating: "0", count: max(0, 4 - year.count)) + year + (month.count < 2 ? "-0" : "-")
      + month
  }

  static func < (left: Self, right: Self) -> Bool { left.index < right.index }
}
