import DaemonKit

/// What of a predecessor's database is in the books already, as what, and how it stood there: so that a change
/// there can be told from one here.
struct ImportedSource: Codable, Equatable, Sendable {
  private(set) var usages = NumberRuns()
  private(set) var invoices = NumberRuns()
  private(set) var batches = NumberRuns()
  /// By their numbers here.
  private(set) var users: [Int: ImportedUser] = [:]
  /// The invoices that are paid there, by their numbers here.
  private(set) var paidInvoices: Set<Int> = []
  private(set) var settings = SettingsChange()

  mutating func note(ids: [Int64], firstUsage: Int) {
    for (offset, id) in ids.enumerated() { usages.insert(from: id, to: firstUsage + offset) }
  }

  /// - Parameter isPaid: of the import's invoices, which were made a moment ago as they stand there.
  mutating func note(_ done: BooksEvent.ImportDone, isPaid: (Int) -> Bool) {
    func numbers(_ text: String?) -> [Int64] { (try? NumberText.numbersFromSteps(text ?? "")) ?? [] }
    func note(_ ids: String, _ numbers: [Int64], in runs: inout NumberRuns) {
      guard let ids = try? NumberText.numbersFromSteps(ids) else { return }
      for (id, number) in zip(ids, numbers) { runs.insert(from: id, to: Int(number)) }
    }
    let newInvoices = numbers(done.invoiceNumbers)
    note(done.invoices, newInvoices, in: &invoices)
    note(done.batches, numbers(done.batchNumbers), in: &batches)
    paidInvoices.formUnion(newInvoices.map { Int($0) }.filter(isPaid))
    paidInvoices.formSymmetricDifference(numbers(done.payments).map { Int($0) })
    // Older versions noted digests of names here.
    users.merge((done.users ?? [:]).mapValues { ImportedUser(access: $0.access) }) { $1 }
    settings = done.settings ?? settings
  }
}

/// Which numbers there became which here, as runs in which both count up together: usually one.
struct NumberRuns: Equatable, Sendable {
  struct Run: Equatable, Sendable {
    var from: Int64
    var to: Int
    var count: Int
  }

  /// By rising `from`.
  private(set) var runs: [Run] = []

  /// How many numbers are in it.
  var count: Int { runs.reduce(0) { $0 + $1.count } }

  /// Notes a number. What it became before, it is no more.
  mutating func insert(from: Int64, to: Int) {
    if let last = runs.last, from < last.from + Int64(last.count) {
      if self[from] == to { return }
      remove(from)
    }
    // Numbers mostly come in their order; one that is caught up on comes late.
    if let last = runs.last, from < last.from {
      runs.insert(Run(from: from, to: to, count: 1), at: runs.firstIndex { $0.from > from } ?? 0)
    } else if let last = runs.last, last.from + Int64(last.count) == from, last.to + last.count == to {
      runs[runs.count - 1].count += 1
    } else {
      runs.append(Run(from: from, to: to, count: 1))
    }
  }

  subscript(from: Int64) -> Int? {
    index(of: from).map { runs[$0].to + Int(from - runs[$0].from) }
  }

  /// In which run a number is.
  private func index(of from: Int64) -> Int? {
    var range = runs.indices
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      let run = runs[middle]
      if from < run.from {
        range = range.lowerBound..<middle
      } else if from - run.from >= Int64(run.count) {
        range = middle + 1..<range.upperBound
      } else {
        return middle
      }
    }
    return nil
  }

  private mutating func remove(_ from: Int64) {
    guard let index = index(of: from) else { return }
    let run = runs[index]
    let before = Int(from - run.from)
    let parts = [
      Run(from: run.from, to: run.to, count: before),
      Run(from: from + 1, to: run.to + before + 1, count: run.count - before - 1),
    ]
    runs.replaceSubrange(index...index, with: parts.filter { $0.count > 0 })
  }
}

extension NumberRuns: Codable {
  private enum CodingKeys: CodingKey { case from, to, count }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let from = try NumberText.numbersFromSteps(container.decode(String.self, forKey: .from))
    let to = try NumberText.numbersFromSteps(container.decode(String.self, forKey: .to))
    let count = try NumberText.numbers(container.decode(String.self, forKey: .count))
    guard from.count == to.count, to.count == count.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .count, in: container, debugDescription: "the columns have different lengths")
    }
    runs = from.indices.map { Run(from: from[$0], to: Int(to[$0]), count: Int(count[$0])) }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(NumberText.writeSteps(runs.map(\.from)), forKey: .from)
    try container.encode(NumberText.writeSteps(runs.map { Int64($0.to) }), forKey: .to)
    try container.encode(NumberText.write(runs.map { Int64($0.count) }), forKey: .count)
  }
}

/// The rows of an entry of imported usages.
struct ImportedUsages {
  struct Row {
    var user: Int
    var time: WallTime
    var drinkCode: UInt8
  }

  var ids: [Int64]
  var rows: [Row]

  init(_ entry: BooksEvent.UsagesImported) throws {
    ids = try NumberText.numbersFromSteps(entry.ids)
    let users = try NumberText.numbers(entry.users)
    let times = try NumberText.numbersFromSteps(entry.times)
    let drinks = try NumberText.numbers(entry.drinks)
    guard users.count == ids.count, times.count == ids.count, drinks.count == ids.count else {
      throw NumberText.Unreadable(description: "the columns have different lengths")
    }
    rows = users.indices.map { index in
      Row(
        user: Int(users[index]), time: WallTime(milliseconds: times[index]),
        drinkCode: UInt8(clamping: drinks[index]))
    }
  }
}
