import ArgumentParser
import DaemonKit
import Foundation

typealias CoffeedOptions = ConfigurationOptions<CoffeedConfiguration>

extension Token {
  /// Reads an argument: `@Argument(transform: Token.argument)`.
  @Sendable static func argument(_ text: String) throws -> Token {
    guard let token = Token(text) else { throw ValidationError("a token \(shape)") }
    return token
  }
}

extension BooksTable: ExpressibleByArgument {}
extension ExportFormat: ExpressibleByArgument {}
extension CSVSeparator: ExpressibleByArgument {}

/// A day, or a moment, as people type it: where the machine stands, unless it ends with `Z`.
enum LocalMoment: ExpressibleByArgument, Equatable, Sendable {
  case day(CivilDate)
  case time(CivilTime)
  case exact(WallTime)

  init?(argument: String) {
    if let date = CivilDate(argument) {
      self = .day(date)
    } else if let time = CivilTime(argument) {
      self = .time(time)
    } else if let time = WallTime(argument) {
      self = .exact(time)
    } else {
      return nil
    }
  }

  /// Its first moment.
  func start(_ calendar: LocalCalendar = .system) -> WallTime {
    switch self {
    case .day(let date): calendar.start(of: date)
    case .time(let time): calendar.time(time)
    case .exact(let time): time
    }
  }

  /// The first moment that is no more in it; a time is but a moment.
  func end(_ calendar: LocalCalendar = .system) -> WallTime {
    switch self {
    case .day(let date): calendar.start(of: date.adding(days: 1))
    case .time, .exact: start(calendar)
    }
  }

  /// The end of an invoice that has all of it; nil for now. What lies ahead is now as well, such as the rest of today:
  /// what was not brewed yet cannot be invoiced.
  func invoiceEnd(_ calendar: LocalCalendar = .system, now: WallTime = WallTime(Date())) -> WallTime? {
    let isDay = if case .day = self { true } else { false }
    let last = WallTime(milliseconds: end(calendar).milliseconds - (isDay ? 1 : 0))
    return last < now ? last : nil
  }
}

/// A time of day, such as `08:30`.
struct TimeOfDay: ExpressibleByArgument, Sendable {
  var second: Int

  init?(argument: String) {
    guard let second = CivilTime.secondOfDay(argument) else { return nil }
    self.second = second
  }
}

/// All rows of a list that comes in pages.
func allRows<Row>(_ page: (Int) async throws -> ListPage<Row>) async throws -> [Row] {
  var rows: [Row] = []
  var number = 1
  while true {
    let part = try await page(number)
    rows += part.rows
    if part.isLast { return rows }
    number += 1
  }
}
