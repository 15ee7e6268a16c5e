import DaemonKit

extension ImportPlan {
  private static let problem = (
    usedAgain: "its number was another coffee's when it was taken",
    copy: "the same coffee is in the books already, from another copy of the database"
  )

  mutating func addUsages() {
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
    let others = coffeesOfOthers
    let knownBefore = source.usages.count
    var (leftOut, usedAgain) = (0, 0)
    var columns = UsageColumns()
    for index in rows.ids.indices {
      let (id, place, time) = (rows.ids[index], Int(rows.users[index]), rows.times[index])
      let user = userNumbers.indices.contains(place) ? userNumbers[place] : nil
      let isKnown = source.usages[id].map { isSame($0, user: user, time: time) }
      if isKnown == true {
        sums[place].known += 1
        continue
      }
      guard let user else {
        report.refused.add(
          "usage_log", "\(id)",
          place < userNumbers.count ? "its user could not be taken" : "its token belongs to no user there")
        sums[place].refused += 1
        continue
      }
      let isCopy = others.contains(Coffee(user: user, time: time))
      if isKnown == false || isCopy {
        report.differences.add("usage_log", "\(id)", isCopy ? Self.problem.copy : Self.problem.usedAgain)
        if isKnown == false { usedAgain += 1 }
        if isCopy { report.copies += 1 }
        // Nobody drinks two in the same second: it would be charged twice.
        guard options.acceptsDifferences, !isCopy else {
          leftOut += 1
          sums[place].refused += 1
          continue
        }
      }
      sums[place].taken += 1
      columns.append(id: id, user: user, time: time, drink: rows.drinks[index])
      newUsages.append(UInt32(clamping: user))
      if columns.count == UsageLog.pieceSize { add(&columns) }
    }
    add(&columns)
    report.usages.taken = newUsages.count
    report.usages.known = sums.reduce(0) { $0 + $1.known }
    report.usages.refused = report.refused.count(in: "usage_log") + leftOut
    report.usagesByUser = sums.filter { $0.found > 0 }.sorted { $0.token < $1.token }
    let gone = knownBefore - report.usages.known - usedAgain
    if gone > 0 {
      report.kept.add(
        "usage_log", "\(gone) rows",
        "they were taken before and are not there any more: was the database restored from a backup?")
    }
  }

  /// Whether a row is what was taken under its number. The predecessor never changes one.
  private func isSame(_ number: Int, user: Int?, time: Int64) -> Bool {
    // What is in the archive cannot be looked at.
    guard let here = state.usages.usage(number) else { return true }
    guard here.time.milliseconds == time else { return false }
    return user.map { isSameUser($0, here.user) } ?? true
  }

  /// An erased user's token may have been given again.
  func isSameUser(_ one: Int, _ other: Int) -> Bool {
    one == other || state.users[one].map { $0.token == state.users[other]?.token } ?? false
  }

  private struct Coffee: Hashable {
    var user: Int
    var time: Int64
  }

  /// What other databases brought, if this one was never imported: it may be a copy whose first user was changed.
  private var coffeesOfOthers: Set<Coffee> {
    guard state.imports[books.source] == nil else { return [] }
    var found: Set<Coffee> = []
    for run in state.imports.values.flatMap(\.usages.runs) {
      state.usages.forEach(in: run.to...run.to + run.count - 1) {
        found.insert(Coffee(user: $0.user, time: $0.time.milliseconds))
      }
    }
    return found
  }

  private mutating func add(_ columns: inout UsageColumns) {
    guard columns.count > 0 else { return }
    let entry = columns.entry(
      source: books.source, usage: state.usages.newestNumber + newUsages.count - columns.count + 1,
      texts: books.usages.drinkTexts)
    source.note(ids: columns.ids, firstUsage: entry.usage)
    // A full piece is enough for one transaction.
    add(.usagesImported(entry))
    if columns.count == UsageLog.pieceSize { endPart() }
    columns = UsageColumns()
  }
}

/// Rows of one entry of imported usages.
private struct UsageColumns {
  private(set) var ids: [Int64] = []
  private var users: [Int64] = []
  private var times: [Int64] = []
  private var drinks: [Int64] = []
  private var hasTexts = false

  var count: Int { ids.count }

  mutating func append(id: Int64, user: Int, time: Int64, drink: UInt8) {
    ids.append(id)
    users.append(Int64(user))
    times.append(time)
    drinks.append(Int64(drink))
    if Drink.textPlace(ofCode: drink) != nil { hasTexts = true }
  }

  func entry(source: String, usage: Int, texts: [String]) -> BooksEvent.UsagesImported {
    BooksEvent.UsagesImported(
      source: source, usage: usage, ids: NumberText.writeSteps(ids), users: NumberText.write(users),
      times: NumberText.writeSteps(times), drinks: NumberText.write(drinks),
      drinkTexts: hasTexts ? texts : nil)
  }
}
