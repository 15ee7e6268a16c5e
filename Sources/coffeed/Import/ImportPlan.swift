import DaemonKit
import RC522

/// What taking in a predecessor's books adds to the journal, as a pure function.
///
/// Users are matched by their tokens. Of rows that were taken before, what was changed there since is taken over,
/// unless it was changed here too: that stays, and is reported. So an import may be repeated: with nothing new it
/// adds nothing.
struct ImportPlan {
  let books: PredecessorBooks
  let state: BooksState
  let people: People
  var persons: [StagedPerson] = []
  var events: [BooksEvent] = []
  var report: ImportReport
  /// By the place in `books.users`; nil for one that could not be taken.
  var userNumbers: [Int?] = []
  var source: ImportedSource
  /// Whose the usages are that this import adds, from the first new number on.
  var newUsages: [UInt32] = []
  var done = DoneNumbers()

  static func make(
    of books: PredecessorBooks, into state: BooksState, _ people: People, at time: WallTime
  ) -> BooksPlan<ImportReport> {
    var plan = ImportPlan(books, state, people)
    plan.addUsers(at: time)
    plan.addUsages()
    plan.addInvoices(at: time)
    plan.addSettings()
    if !plan.events.isEmpty || plan.done.hasNotes {
      plan.events.append(.importDone(plan.done.event(source: books.source)))
    }
    let entries = plan.events.map { BooksEntry($0) }
    plan.compare(with: entries, at: time)
    return BooksPlan(persons: plan.persons, entries: entries, outcome: plan.report)
  }

  private init(_ books: PredecessorBooks, _ state: BooksState, _ people: People) {
    self.books = books
    self.state = state
    self.people = people
    source = state.imports[books.source] ?? ImportedSource()
    report = ImportReport(source: books.source, refused: books.refused, notes: books.notes)
    report.users.found = books.counts.users
    report.usages.found = books.counts.usages.values.reduce(0, +)
    report.invoices.found = books.counts.invoices
    report.paidInvoices.found = books.counts.paidInvoices
    report.invoiceItems.found = books.counts.items
    report.batches.found = books.counts.batches
    report.settings.found = books.counts.settings
  }

  // MARK: Users

  private mutating func addUsers(at time: WallTime) {
    var users = state.users
    // By number, the place of the row that says who a user is, and what makes a new user.
    var rows: [Int: Int] = [:]
    var added: [Int: (token: Token, created: WallTime?)] = [:]
    for (place, row) in books.users.enumerated() {
      guard let token = row.token else {
        report.refused.add(
          "users", row.tokenText, "its token is no card's number: 8 to 20 hexadecimal digits, an even number")
        userNumbers.append(nil)
        continue
      }
      if let number = match(token, in: users) {
        userNumbers.append(number)
        report.users.known += 1
        guard let other = rows[number] else {
          rows[number] = place
          continue
        }
        report.notes.add(
          "users", row.tokenText, "it is the same card as \(books.users[other].tokenText); taken as one user")
        // Somebody was named under the other form.
        if books.users[other].isPending, !row.isPending { rows[number] = place }
        continue
      }
      let number = users.count + 1
      users.add(
        BooksState.User(
          token: token, active: row.active, barred: row.barred, isPending: row.isPending, created: time))
      added[number] = (token, row.created)
      rows[number] = place
      userNumbers.append(number)
      report.users.taken += 1
      if token.uid?.isRandom == true || LegacyUID(token.text)?.uid?.isRandom == true {
        report.notes.add(
          "users", row.tokenText, "it is no card but a phone, whose number changes; it will not be let in")
      }
    }
    for (number, place) in rows.sorted(by: { $0.key < $1.key }) {
      if let (token, created) = added[number] {
        add(number, token, created: created, from: books.users[place])
      } else {
        update(number, from: books.users[place])
      }
    }
    report.users.refused = report.refused.count(in: "users")
    findCollisions(in: users)
  }

  /// A token that may mean several cards means none: it is a user of its own.
  private func match(_ token: Token, in users: UserRegister) -> Int? {
    switch users.find(token) {
    case .exact(let number), .possible(let number): number
    case .ambiguous, nil: nil
    }
  }

  private mutating func findCollisions(in users: UserRegister) {
    for row in books.users {
      guard let token = row.token, let form = LegacyUID(token.text), form.isTruncated else { continue }
      let cards = users.list.filter { user in user.token.uid.map { form.match($0) == .possible } ?? false }
      report.collisions.append(ImportReport.Collision(token: token, cards: cards.map(\.token)))
    }
  }

  // MARK: Usages

  private mutating func addUsages() {
    let rows = books.usages
    let tokens = books.users.map(\.tokenText) + rows.strangers
    // A row without a token may be there several times; its usages are the first one's.
    var seen: Set<String> = []
    var sums = tokens.map { token in
      seen.insert(token).inserted
        ? ImportReport.UserSum(
          token: token, found: books.counts.usages[token] ?? 0, refused: rows.refused[token] ?? 0)
        : ImportReport.UserSum(token: token)
    }
    var columns = UsageColumns()
    for index in rows.ids.indices {
      let (id, place) = (rows.ids[index], Int(rows.users[index]))
      if source.usages[id] != nil {
        sums[place].known += 1
        continue
      }
      guard userNumbers.indices.contains(place), let user = userNumbers[place] else {
        report.refused.add(
          "usage_log", "\(id)",
          place < userNumbers.count ? "its user could not be taken" : "its token belongs to no user there")
        sums[place].refused += 1
        continue
      }
      sums[place].taken += 1
      columns.append(id: id, user: user, time: rows.times[index], drink: rows.drinks[index])
      newUsages.append(UInt32(clamping: user))
      if columns.count == UsageLog.pieceSize { add(&columns) }
    }
    add(&columns)
    report.usages.taken = newUsages.count
    report.usages.known = sums.reduce(0) { $0 + $1.known }
    report.usages.refused = report.refused.count(in: "usage_log")
    report.usagesByUser = sums.filter { $0.found > 0 }.sorted { $0.token < $1.token }
  }

  private mutating func add(_ columns: inout UsageColumns) {
    guard columns.count > 0 else { return }
    let entry = columns.entry(
      source: books.source, usage: state.usages.newestNumber + newUsages.count - columns.count + 1)
    source.note(ids: columns.ids, firstUsage: entry.usage)
    events.append(.usagesImported(entry))
    columns = UsageColumns()
  }

  // MARK: Sums

  /// Adds the entries up and looks whether the books grow by what was taken.
  private mutating func compare(with entries: [BooksEntry], at time: WallTime) {
    var after = state
    for entry in entries { after.apply(entry, at: time) }
    func sum(_ name: String, taken: Int, _ count: (BooksState) -> Int) {
      report.sums.append(
        ImportReport.Sum(name: name, before: count(state), taken: taken, after: count(after)))
    }
    sum("users", taken: report.users.taken) { $0.users.count }
    sum("coffees", taken: report.usages.taken) { $0.users.list.reduce(0) { $0 + $1.usages } }
    sum("coffees on no invoice", taken: report.usages.taken - report.invoiceItems.taken) {
      $0.users.list.reduce(0) { $0 + $1.uninvoiced }
    }
    sum("coffees on invoices", taken: report.invoiceItems.taken) { state in
      state.usages.pieces.reduce(0) { $0 + $1.invoices.reduce(0) { $0 + ($1 == 0 ? 0 : 1) } }
    }
    sum("invoices", taken: report.invoices.taken) { $0.invoices.count }
    sum("paid invoices", taken: done.paidInvoices) { $0.invoices.reduce(0) { $0 + ($1.paid ? 1 : 0) } }
    for (number, taken) in Dictionary(grouping: newUsages, by: { Int($0) }).sorted(by: { $0.key < $1.key }) {
      sum("coffees of \(after.users[number]?.token.text ?? "")", taken: taken.count) {
        $0.users[number]?.usages ?? 0
      }
    }
  }

}

/// Which numbers there became which here in this import, and how rows stand there.
struct DoneNumbers {
  var invoices: [(id: Int64, number: Int)] = []
  /// How many more invoices are paid.
  var paidInvoices = 0
  var batches: [Int64: Int] = [:]

  // How rows stand there; see `ImportedSource`.
  var users: [Int: ImportedUser] = [:]
  var payments: [Int] = []
  var settings: SettingsChange?

  var hasNotes: Bool { !users.isEmpty || !payments.isEmpty || settings != nil }

  func event(source: String) -> BooksEvent.ImportDone {
    let batches = batches.sorted { $0.key < $1.key }
    return BooksEvent.ImportDone(
      source: source, invoices: NumberText.writeSteps(invoices.map(\.id)),
      invoiceNumbers: NumberText.writeSteps(invoices.map { Int64($0.number) }),
      batches: NumberText.writeSteps(batches.map(\.key)),
      batchNumbers: NumberText.writeSteps(batches.map { Int64($0.value) }),
      users: users.isEmpty ? nil : users,
      payments: payments.isEmpty ? nil : NumberText.writeSteps(payments.sorted().map { Int64($0) }),
      settings: settings)
  }
}

/// Rows of one entry of imported usages.
private struct UsageColumns {
  private(set) var ids: [Int64] = []
  private var users: [Int64] = []
  private var times: [Int64] = []
  private var drinks: [Int64] = []

  var count: Int { ids.count }

  mutating func append(id: Int64, user: Int, time: Int64, drink: UInt8) {
    ids.append(id)
    users.append(Int64(user))
    times.append(time)
    drinks.append(Int64(drink))
  }

  func entry(source: String, usage: Int) -> BooksEvent.UsagesImported {
    BooksEvent.UsagesImported(
      source: source, usage: usage, ids: NumberText.writeSteps(ids), users: NumberText.write(users),
      times: NumberText.writeSteps(times), drinks: NumberText.write(drinks))
  }
}
