#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes dates and times of day of this machine's time zone, as a reader of a language expects them.
///
/// It does without Foundation's formatters: their locale data is most of a small daemon's memory.
public struct DateFormat: Sendable {
  public let language: Language

  /// How far the clock on the wall is ahead of UTC at a time, both in seconds.
  private let offset: @Sendable (Int64) -> Int64

  public init(_ language: Language) { self.init(language, offset: Self.localOffset) }

  init(_ language: Language, offset: @escaping @Sendable (Int64) -> Int64) {
    self.language = language
    self.offset = offset
  }

  /// `25 Nov 2026`, `25.11.2026`, `25/11/2026`.
  ///
  /// - Parameter milliseconds: since 1970-01-01T00:00:00Z.
  public func date(_ milliseconds: Int64) -> String { date(local(milliseconds)) }

  /// `14:05`.
  public func time(_ milliseconds: Int64) -> String {
    let time = local(milliseconds)
    return "\(two(time.hour)):\(two(time.minute))"
  }

  /// `25 Nov 2026, 14:05`.
  public func dateAndTime(_ milliseconds: Int64) -> String {
    let time = local(milliseconds)
    return "\(date(time))\(language == .french ? " " : ", ")\(two(time.hour)):\(two(time.minute))"
  }

  /// A day of a chart, `25 Nov`, `25.11.`, `25/11`, from `2026-11-25`; what is no such text is returned as it
  /// is.
  public func day(_ iso: String) -> String {
    let parts = iso.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, (1...12).contains(parts[1]) else { return iso }
    switch language {
    case .english: return "\(parts[2]) \(Self.englishMonths[parts[1] - 1])"
    case .german: return "\(parts[2]).\(parts[1])."
    case .french: return "\(two(parts[2]))/\(two(parts[1]))"
    }
  }

  /// Times outside the years 1 to 9999 are taken as the nearer end.
  private func local(_ milliseconds: Int64) -> LocalTime {
    let bounded = min(max(milliseconds, -62_135_510_400_000), 253_402_214_400_000)
    let seconds = bounded / 1000 - (bounded % 1000 < 0 ? 1 : 0)
    var shifted = time_t(seconds + offset(seconds))
    var parts = tm()
    gmtime_r(&shifted, &parts)
    return LocalTime(
      year: Int(parts.tm_year) + 1900, month: min(max(Int(parts.tm_mon) + 1, 1), 12), day: Int(parts.tm_mday),
      hour: Int(parts.tm_hour), minute: Int(parts.tm_min))
  }

  private static func localOffset(_ seconds: Int64) -> Int64 {
    var time = time_t(seconds)
    var parts = tm()
    localtime_r(&time, &parts)
    return Int64(parts.tm_gmtoff)
  }

  private func date(_ time: LocalTime) -> String {
    switch language {
    case .english: "\(time.day) \(Self.englishMonths[time.month - 1]) \(time.year)"
    case .german: "\(two(time.day)).\(two(time.month)).\(time.year)"
    case .french: "\(two(time.day))/\(two(time.month))/\(time.year)"
    }
  }

  // In English the order of day and month differs between countries: so the month is a word.
  private static let englishMonths = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}

private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

/// A point in time on the clock on the wall.
private struct LocalTime {
  let year: Int
  /// 1 to 12.
  let month: Int
  let day: Int
  let hour: Int
  let minute: Int
}
