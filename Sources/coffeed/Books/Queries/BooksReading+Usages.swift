import DaemonKit

extension BooksReading {
  /// One page of the usages that a filter leaves, the newest first by their times. A page that is not there is the nearest one.
  /// - Parameter calendar: whose times of day the filter means.
  func usages(
    _ filter: UsageFilter = UsageFilter(), page: Int = 1, pageSize: Int = 50,
    calendar: LocalCalendar = .system
  ) -> UsagePage {
    let size = max(1, pageSize)
    guard !filter.isNothing else { return UsagePage(rows: [], page: 1, pages: 1, total: 0) }
    let scan = UsageScan(filter, in: self, calendar)
    let total = scan.isEverything ? state.usages.count : scan.count(in: state.usages)
    let pages = max(1, total / size + (total.isMultiple(of: size) ? 0 : 1))
    let page = min(max(1, page), pages)
    let names = NameCache(self)
    let rows = scan.rows(in: state.usages, skipping: (page - 1) * size, atMost: size).map(names.view)
    return UsagePage(rows: rows, page: page, pages: pages, total: total)
  }
}

/// Which usages a filter leaves, with its texts looked up once.
struct UsageScan {
  /// Whether user n is in it, at n; nil for everybody.
  private var users: [Bool]?
  private var from: Int64 = .min
  /// Up to and without; nil for no end.
  private var until: Int64?
  /// Of each local day; nil for the whole of it.
  private var seconds: ClosedRange<Int>?
  private let calendar: LocalCalendar
  private var clock: LocalClock

  var isEverything: Bool { users == nil && from == .min && until == nil && seconds == nil }

  init(_ filter: UsageFilter, in books: BooksReading, _ calendar: LocalCalendar) {
    self.calendar = calendar
    clock = LocalClock(calendar)
    if filter.fromSecondOfDay != nil || filter.untilSecondOfDay != nil {
      let (first, last) = (filter.fromSecondOfDay ?? 0, filter.untilSecondOfDay ?? 86_399)
      // A time of day that ends before it begins is none.
      seconds = first <= last ? first...last : -1 ... -1
    }
    from = filter.from?.milliseconds ?? .min
    until = filter.until?.milliseconds
    // Found whatever separators it was typed with.
    let token = filter.token?.filter { !":- ".contains($0) }
    let wanted = [token, filter.userName, filter.name, filter.emailAddress].map { text in
      text.flatMap { $0.isEmpty ? nil : SearchText.wanted($0) }
    }
    guard wanted.contains(where: { $0 != nil }) else { return }
    users =
      [false]
      + books.state.users.list.enumerated().map { index, user in
        let person = books.people.shown(index + 1, user)
        let texts = [user.token.text, person.userName, person.name, person.emailAddress ?? ""]
        return zip(wanted, texts).allSatisfy { part, text in
          part.map { SearchText.bytes(text).firstRange(of: $0) != nil } ?? true
        }
      }
  }

  private func mayHold(_ piece: UsagePiece) -> Bool {
    piece.latest >= from && until.map { piece.earliest < $0 } ?? true
  }

  private func holds(_ piece: UsagePiece, _ row: Int, _ clock: inout LocalClock) -> Bool {
    holds(user: Int(piece.users[row]), time: piece.times[row], &clock)
  }

  private func holds(user: Int, time: Int64, _ clock: inout LocalClock) -> Bool {
    guard time >= from, until.map({ time < $0 }) ?? true else { return false }
    if let users { guard user < users.count, users[user] else { return false } }
    return seconds.map { $0.contains(clock.local(time).second) } ?? true
  }

  /// Whether one usage is left, for one who goes through them by themselves.
  mutating func holds(user: Int, time: Int64) -> Bool { holds(user: user, time: time, &clock) }

  func count(in log: UsageLog) -> Int {
    var clock = LocalClock(calendar)
    return log.pieces.reduce(0) { sum, piece in
      mayHold(piece) ? sum + piece.rows.reduce(0) { $0 + (holds(piece, $1, &clock) ? 1 : 0) } : sum
    }
  }

  /// Rows from the newest on.
  func rows(in log: UsageLog, skipping skipped: Int, atMost limit: Int) -> [Usage] {
    var usages = UsagesByTime(log, .newestFirst, where: mayHold)
    var toSkip = skipped
    if isEverything { toSkip -= usages.skip(atMost: toSkip) }
    var found: [Usage] = []
    var clock = LocalClock(calendar)
    while found.count < limit, let (index, row) = usages.next() {
      let piece = log.pieces[index]
      guard holds(piece, row, &clock) else { continue }
      if toSkip > 0 {
        toSkip -= 1
      } else {
        found.append(piece.usage(row, first: UsageLog.firstNumber(ofPiece: index)))
      }
    }
    return found
  }
}

/// Users' names for many rows.
struct NameCache {
  private let names: [(token: Token, person: Person)]
  private let usages: UsageLog

  init(_ books: BooksReading) {
    usages = books.state.usages
    names = books.state.users.list.enumerated().map { index, user in
      (user.token, books.people.shown(index + 1, user))
    }
  }

  func view(_ usage: Usage) -> UsageView {
    let (token, person) = names[usage.user - 1]
    return UsageView(
      number: usage.number, time: usage.time, token: token, userName: person.userName, name: person.name,
      emailAddress: person.emailAddress, drink: usage.drink,
      drinkText: usages.drinkText(of: usage), invoice: usage.invoice,
      isCancelled: usage.isCancelled)
  }
}
