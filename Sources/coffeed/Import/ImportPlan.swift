import DaemonKit
import RC522

/// What taking in a predecessor's books adds to the journal, as a pure function.
///
/// Users are matched by their tokens. Of rows that were taken before, what was changed there since is taken over,
/// unless it was changed here too: that stays, and is reported. So an import may be repeated: with nothing new it
/// adds nothing. Nothing is added either when the sums do not agree.
struct ImportPlan {
  let books: PredecessorBooks
  let state: BooksState
  let people: People
  let options: ImportOptions
  var persons: [StagedPerson] = []
  var report: ImportReport
  /// By the place in `books.users`; nil for one that could not be taken.
  var userNumbers: [Int?] = []
  var source: ImportedSource
  /// Whose the usages are that this import adds, from the first new number on.
  var newUsages: [UInt32] = []
  var done = DoneNumbers()
  /// What is recorded in one transaction each, so that a large import never keeps the lock waiting.
  private var parts: [[BooksEvent]] = [[]]

  static func make(
    of books: PredecessorBooks, into state: BooksState, _ people: People,
    _ options: ImportOptions = ImportOptions(), at time: WallTime
  ) -> BooksPlan<ImportReport> {
    var plan = ImportPlan(books, state, people, options)
    plan.addUsers(at: time)
    plan.addUsages()
    plan.addInvoices(at: time)
    plan.addSettings()
    let isLong = plan.parts.count > 1
    if isLong { plan.parts[0].insert(.importBegun(BooksEvent.ImportBegun(source: books.source)), at: 0) }
    if plan.parts != [[]] || plan.done.hasNotes || state.unfinishedImports.contains(books.source) {
      plan.add(.importDone(plan.done.event(source: books.source)))
    }
    let steps = plan.parts.map { $0.map { BooksEntry($0) } }.filter { !$0.isEmpty }
    plan.compare(with: steps, at: time)
    guard plan.report.isStored else { return BooksPlan(outcome: plan.report) }
    return BooksPlan(persons: plan.persons, steps: steps, outcome: plan.report)
  }

  private init(
    _ books: PredecessorBooks, _ state: BooksState, _ people: People, _ options: ImportOptions
  ) {
    self.books = books
    self.state = state
    self.people = people
    self.options = options
    source = state.imports[books.source] ?? ImportedSource()
    report = ImportReport(source: books.source, refused: books.refused, notes: books.notes, options: options)
    report.users.found = books.counts.users
    report.usages.found = books.counts.usages.values.reduce(0, +)
    report.invoices.found = books.counts.invoices
    report.paidInvoices.found = books.counts.paidInvoices
    report.paidInvoices.refused = books.refusedPaidInvoices
    report.invoiceItems.found = books.counts.items
    report.batches.found = books.counts.batches
    report.settings.found = books.counts.settings
  }

  mutating func add(_ event: BooksEvent) { parts[parts.count - 1].append(event) }

  /// What is added from now on is recorded in a transaction of its own.
  mutating func endPart() { if parts[parts.count - 1] != [] { parts.append([]) } }

  // MARK: Sums

  /// Adds the entries up and looks whether the books grow by what is taken.
  private mutating func compare(with steps: [[BooksEntry]], at time: WallTime) {
    var after = state
    for entry in steps.joined() { after.apply(entry, at: time) }
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
    report.openForLong = openForLong(in: after, before: time.before(years: 1))
  }

  private func openForLong(in after: BooksState, before: WallTime) -> [ImportReport.OpenCoffees] {
    var found: [Int: (count: Int, since: WallTime)] = [:]
    for (index, piece) in after.usages.pieces.enumerated() where piece.earliest < before.milliseconds {
      for row in piece.rows {
        let usage = piece.usage(row, first: UsageLog.firstNumber(ofPiece: index))
        guard usage.time < before, usage.invoice == nil, !usage.isCancelled else { continue }
        let sum = found[usage.user] ?? (0, usage.time)
        found[usage.user] = (sum.count + 1, min(sum.since, usage.time))
      }
    }
    let staged = Dictionary(persons.map { ($0.user, $0.person) }) { $1 }
    return found.sorted { $0.key < $1.key }.compactMap { number, sum in
      after.users[number].map { user in
        ImportReport.OpenCoffees(
          token: user.token, name: (staged[number] ?? people.shown(number, user)).name, count: sum.count,
          since: sum.since)
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

  /// - Parameter isPart: more of the import follows.
  func event(source: String, isPart: Bool = false) -> BooksEvent.ImportDone {
    let batches = batches.sorted { $0.key < $1.key }
    return BooksEvent.ImportDone(
      source: source, invoices: NumberText.writeSteps(invoices.map(\.id)),
      invoiceNumbers: NumberText.writeSteps(invoices.map { Int64($0.number) }),
      batches: NumberText.writeSteps(batches.map(\.key)),
      batchNumbers: NumberText.writeSteps(batches.map { Int64($0.value) }),
      users: isPart || users.isEmpty ? nil : users,
      payments: isPart || payments.isEmpty
        ? nil : NumberText.writeSteps(payments.sorted().map { Int64($0) }),
      settings: isPart ? nil : settings, isPart: isPart ? true : nil)
  }
}
