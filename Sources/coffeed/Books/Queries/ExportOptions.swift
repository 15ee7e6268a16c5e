import DaemonKit
import PanelKit

/// What stands between the cells of a CSV.
enum CSVSeparator: String, Codable, Sendable, CaseIterable {
  case comma, semicolon, tab

  var byte: UInt8 {
    switch self {
    case .comma: UInt8(ascii: ",")
    case .semicolon: UInt8(ascii: ";")
    case .tab: UInt8(ascii: "\t")
    }
  }

  /// What a spreadsheet in this language expects.
  init(_ language: Language) { self = language == .english ? .comma : .semicolon }
}

/// How a CSV is written.
struct CSVStyle: Codable, Equatable, Sendable {
  var separator: CSVSeparator
  /// Whose decimal mark amounts have.
  var language: Language

  /// - Parameter separator: nil for the one of the language.
  init(_ language: Language = .english, separator: CSVSeparator? = nil) {
    self.language = language
    self.separator = separator ?? CSVSeparator(language)
  }

  /// As on the pages: see `NumberFormat`.
  func decimalMark(of currency: String) -> String { NumberFormat(language).decimalMark(of: currency) }
}

/// What of a table is exported, and how.
struct ExportOptions: Codable, Equatable, Sendable {
  /// Which usages. For the tables of invoices, invoice items and batches its times alone count, for the others nothing.
  var filter = UsageFilter()
  var style = CSVStyle()

  /// Only one month.
  /// - Parameter month: such as `2026-11`.
  /// - Returns: false when that is no month.
  mutating func restrict(toMonth month: String, _ calendar: LocalCalendar) -> Bool {
    guard let first = CivilDate(month + "-01") else { return false }
    let (from, until) = (calendar.start(of: first), calendar.start(of: first.firstOfMonth(back: -1)))
    filter.from = max(filter.from ?? from, from)
    filter.until = min(filter.until ?? until, until)
    return true
  }
}

extension UsageFilter {
  /// Whether a time is in it, whatever else is asked for.
  func includes(_ time: WallTime) -> Bool {
    !isNothing && from.map { time >= $0 } ?? true && until.map { time < $0 } ?? true
  }
}

extension CivilDate {
  /// The first day of the month so many months earlier.
  func firstOfMonth(back months: Int = 0) -> CivilDate {
    let (year, month, _) = components
    let count = year * 12 + month - 1 - months
    return CivilDate(year: count / 12, month: count % 12 + 1, day: 1) ?? self
  }
}
