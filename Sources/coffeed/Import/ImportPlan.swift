import DaemonKit
import RC522

/// What taking in a predecessor's books adds to the journal, as a pure function.
///
/// Users are matched by their tokens and keep what was changed here. Rows of which the source's record says that
/// they were taken before are passed over. So an import may be repeated: with nothing new it adds nothing.
struct ImportPlan {
  let books: PredecessorBooks
  let state: BooksState
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
    var plan = ImportPlan(books, state)
    plan.addUsers(at: time)
    plan.addUsages()
    plan.addInvoices(at: time)
    plan.addSettings()
    if !plan.events.isEmpty { plan.events.append(.importDone(plan.done.event(source: books.source))) }
    let entries = plan.events.map { BooksEntry($0) }
    plan.compare(with: entries, at: time)
    return BooksPlan(persons: plan.persons, entries: entries, outcome: plan.report)
  }

  private init(_ books: PredecessorBooks, _ state: BooksState) {
    self.books = books
    self.state = state
    source = state.imports[books.source] ?? ImportedSource()
    report = ImportReport(source: books.source, refused: books.refused, notes: books.notes)
    report.users.found = books.counts.users
    report.usages.found = books.counts.usages.values.reduce(0, +)
    report.invoices.found = books.counts.invoices
    report.invoiceItems.found = books.counts.items
    report.batches.found = books.counts.batches
  }

  // MARK: Users

  private mutating func addUsers(at time: WallTime) {
    var users = state.users
    // By number, the place of the row that a user of this import came from.
    var rows: [Int: Int] = [:]
    var added: [Int: BooksEvent.UserAdded] = [:]
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
        guard let other = rows[number] else { continue }
        report.notes.add(
          "users", row.tokenText, "it is the same card as \(books.users[other].tokenText); taken as one user")
        // Somebody was named under the other form.
        if books.users[other].isPending, !row.isPending {
          rows[number] = place
          added[number]?.active = row.active
          added[number]?.barred = row.barred
          added[number]?.named = row.isNamed ? true : nil
        }
        continue
      }
      let number = users.count + 1
      users.add(
        BooksState.User(
          token: token, active: row.active, barred: row.barred, isPending: row.isPending, created: time))
      added[number] = BooksEvent.UserAdded(
        user: number, token: token, active: row.active, barred: row.barred, hidden: false, revision: 1,
        created: row.created, named: row.isNamed ? true : nil)
      rows[number] = place
      userNumbers.append(number)
      report.users.taken += 1
      if token.uid?.isRandom == true || LegacyUID(token.text)?.uid?.isRandom == true {
        report.notes.add(
          "users", row.tokenText, "it is no card but a phone, whose number changes; it will not be let in")
      }
    }
    for (number, event) in added.sorted(by: { $0.key < $1.key }) {
      events.append(.userAdded(event))
      if let row = rows[number] {
        persons.append(StagedPerson(user: number, revision: 1, person: books.users[row].person))
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

  // MARK: Settings

  /// Only with the first import of a database, and only what nobody has changed here.
  private mutating func addSettings() {
    guard state.imports[books.source] == nil else { return }
    let (there, here, fresh) = (books.settings, state.settings, BooksState.Settings())
    var change = SettingsChange()
    func take<Value: Equatable>(
      _ name: String, _ value: Value?, _ field: KeyPath<BooksState.Settings, Value>,
      _ set: (inout SettingsChange, Value) -> Void
    ) {
      guard let value, here[keyPath: field] == fresh[keyPath: field], value != here[keyPath: field] else {
        return
      }
      set(&change, value)
      report.settings.append(name)
    }
    if here.currencyDecimals == 2 {
      take("price", there.price, \.pricePerCoffee) { $0.pricePerCoffee = $1 }
    }
    take("invoice subject", there.invoiceSubject, \.invoiceSubject) { $0.invoiceSubject = $1 }
    take("invoice body", there.invoiceBody, \.invoiceBody) { $0.invoiceBody = $1 }
    take("master token", there.masterToken, \.masterToken) { $0.masterToken = $1?.text }
    take("retention", there.retentionYears, \.retentionYears) { $0.retentionYears = $1 }
    if change != SettingsChange() { events.append(.settingsChanged(change)) }
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

/// Which numbers there became which here, in this import.
struct DoneNumbers {
  var invoices: [(id: Int64, number: Int)] = []
  var paidInvoices = 0
  var batches: [Int64: Int] = [:]

  func event(source: String) -> BooksEvent.ImportDone {
    let batches = batches.sorted { $0.key < $1.key }
    return BooksEvent.ImportDone(
      source: source, invoices: NumberText.writeSteps(invoices.map(\.id)),
      invoiceNumbers: NumberText.writeSteps(invoices.map { Int64($0.number) }),
      batches: NumberText.writeSteps(batches.map(\.key)),
      batchNumbers: NumberText.writeSteps(batches.map { Int64($0.value) }))
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
