/// What a repair makes of the files that are there: which entries survive and from where, which are lost, and in
/// which files they stand afterwards. Decides and does nothing.
struct RepairPlan {
  /// What a sound snapshot says about the entries.
  struct Witness {
    let lastEntry: Int
    let checksum: UInt32
  }

  enum Piece {
    /// - Parameter more: how many lines of the same transaction follow it now.
    case line(source: Int, RepairSource.Line, more: Int)
    case lost(ClosedRange<Int>, milliseconds: Int64?)
  }

  struct File {
    let name: String
    let month: Month
    /// That of the present file of this name.
    let header: JournalHeader?
    let stateVersion: Int?
    var pieces: [Piece] = []
  }

  /// The archive, oldest first, and the journal.
  private(set) var files: [File] = []
  /// Files whose entries, if they have any, stand in others.
  private(set) var obsolete: [String] = []
  /// All numbers without an entry.
  private(set) var lost = EntryNumbers()
  /// Those of them that were given up before.
  private(set) var lostBefore = EntryNumbers()
  private(set) var lastNumber = 0
  /// Why there may have been entries after ``lastNumber``.
  private(set) var doubt: String?
  /// Whether it comes of damage, and not only of an end that was no orderly one.
  private(set) var isEndDamaged = false
  /// Whether the snapshot is one of these entries.
  private(set) var believesWitness = false

  /// - Parameter ending: the last end, if it was an orderly one.
  init(_ sources: [RepairSource], witness: Witness?, ending: DirectoryLock.Ending?, now: Timestamp) {
    let histories = RepairHistories(sources, witness: witness, ending: ending)
    var choices = histories.choices
    // An entry with another checksum is one of other books; where there is none, nothing speaks against it.
    func mayHold(_ number: Int, _ checksum: UInt32) -> Bool {
      let place = choices.partitioningIndex { $0.line.number >= number }
      guard place < choices.endIndex, choices[place].line.number == number else { return true }
      return choices[place].line.checksum == checksum
    }
    func holds(_ number: Int, _ checksum: UInt32) -> Bool {
      let place = choices.partitioningIndex { $0.line.number >= number }
      return place < choices.endIndex && choices[place].line.number == number
        && choices[place].line.checksum == checksum
    }
    believesWitness =
      witness.map { mayHold($0.lastEntry, $0.checksum) && !histories.isWitnessForeign } ?? false
    // What an orderly end says was the last entry can have no later one: then the snapshot is of other books.
    if let ending, let witness, witness.lastEntry > ending.number, holds(ending.number, ending.checksum),
      !holds(witness.lastEntry, witness.checksum)
    {
      believesWitness = false
    }
    let contradiction = ending.flatMap { mayHold($0.number, $0.checksum) ? nil : $0.contradiction }
    let ending = ending.flatMap { contradiction == nil ? $0.number : nil }
    let believed = sources.indices.filter { histories.limits[$0] == nil && !sources[$0].isLeftover }
    let journal = believed.first { sources[$0].name == StateFiles.journal }
    let atLeast = max(believesWitness ? witness?.lastEntry ?? 0 : 0, ending ?? 0)
    let journalMonth = journal.flatMap { sources[$0].month }

    lastNumber = believed.reduce(max(choices.last?.line.number ?? 0, atLeast)) { last, index in
      max(last, sources[index].lastKnown(isClosed: sources[index].month != journalMonth))
    }
    if ending != lastNumber {
      // Where no end is known, each damaged line behind the last sound one counts.
      lastNumber = believed.reduce(lastNumber) { max($0, sources[$1].lastGuessed) }
    }
    let unfinished = Self.dropUnfinished(&choices, before: lastNumber)
    if let unfinished { lastNumber = unfinished - 1 }
    if let damage = histories.doubt ?? contradiction {
      (doubt, isEndDamaged) = (damage, true)
    } else if ending != lastNumber {
      let damage = Self.damage(sources, journal, witness, believesWitness, unfinished != nil)
      isEndDamaged = damage != nil
      doubt =
        damage
        ?? (ending == nil
          ? "the program did not end in an orderly way, so that nothing says how far it came"
          : "the program went on after its last orderly end")
    }

    let groups = Self.groups(of: choices, sources)
    plan(groups, choices, sources, journal: journal, now: now.month)
    fill(choices, sources, histories)
    let used = Set(choices.map(\.source))
    obsolete = sources.indices.compactMap { index in
      let source = sources[index]
      if source.isLeftover || files.contains(where: { $0.name == source.name }) { return nil }
      return used.contains(index) || source.nameIsMonth ? source.name : nil
    }
  }

  /// Whether a file is there already, as it is planned.
  func isAsItWas(_ file: File, _ sources: [RepairSource]) -> Bool {
    guard let own = sources.firstIndex(where: { $0.name == file.name }), sources[own].isSound,
      sources[own].entries.count + sources[own].marks.count == file.pieces.count
    else { return false }
    return file.pieces.allSatisfy { piece in
      guard case .line(own, let line, let more) = piece else { return false }
      return more == line.more
    }
  }

  /// Leaves out the lines of a last transaction that is not complete, as opening does.
  /// - Returns: the first number that was left out.
  private static func dropUnfinished(_ choices: inout [RepairHistories.Choice], before last: Int) -> Int? {
    guard let newest = choices.last?.line, newest.number == last, newest.more > 0 else { return nil }
    var first = newest
    choices.removeLast()
    while let line = choices.last?.line, line.number == first.number - 1, line.more == first.more + 1 {
      first = line
      choices.removeLast()
    }
    return first.number
  }

  /// Which damage may have taken later entries, where no orderly end tells which was the last.
  private static func damage(
    _ sources: [RepairSource], _ journal: Int?, _ witness: Witness?, _ believesWitness: Bool, _ isTorn: Bool
  ) -> String? {
    guard let journal else {
      return sources.contains { $0.name == StateFiles.journal }
        ? "journal.jsonl is of another history" : "journal.jsonl is missing"
    }
    if isTorn || sources[journal].hasDoubtfulEnd {
      return "the end of journal.jsonl is damaged or incomplete"
    }
    if let witness, believesWitness, sources[journal].lastKnown(isClosed: false) < witness.lastEntry {
      return "journal.jsonl ends before entry \(witness.lastEntry)"
    }
    return nil
  }

  // MARK: Files

  /// Entries that stand in one file afterwards.
  private struct Group {
    let month: Month
    let first: Int
    let source: Int
  }

  /// Months only go up from one file to the next, whatever the files' names and headers say.
  private static func groups(of choices: [RepairHistories.Choice], _ sources: [RepairSource]) -> [Group] {
    let months = sources.map(\.month)
    var groups: [Group] = []
    for choice in choices {
      guard let month = months[choice.source] else { continue }
      if let last = groups.last, month <= last.month { continue }
      groups.append(Group(month: month, first: choice.line.number, source: choice.source))
    }
    return groups
  }

  /// The first number of each file in ``files``.
  private var starts: [Int] = []

  private mutating func plan(
    _ groups: [Group], _ choices: [RepairHistories.Choice], _ sources: [RepairSource], journal: Int?,
    now: Month
  ) {
    func add(_ name: String, _ month: Month, from start: Int, like source: Int?) {
      let present = sources.first { $0.name == name }
      files.append(
        File(
          name: name, month: month, header: present?.header,
          stateVersion: source.flatMap { sources[$0].header?.stateVersion }))
      starts.append(files.count == 1 ? 1 : start)
    }
    let journalMonth = journal.flatMap { sources[$0].month }
    for group in groups {
      // A file owns what is missing at its beginning, if its header says so.
      var start = group.first
      if let after = sources[group.source].header?.after {
        let before = choices.partitioningIndex { $0.line.number >= group.first } - 1
        let end = before >= 0 ? choices[before].line.number : 0
        if after >= end && after < group.first { start = after + 1 }
      }
      let isJournal = group.month == journalMonth && group.month == groups.last?.month
      add(
        isJournal ? StateFiles.journal : StateFiles.archived(group.month), group.month, from: start,
        like: group.source)
    }
    guard files.last?.name != StateFiles.journal else { return }
    let end = choices.last?.line.number ?? 0
    if let journal, let month = journalMonth, groups.last.map({ $0.month < month }) ?? true {
      let after = sources[journal].header?.after ?? end
      add(StateFiles.journal, month, from: max(after, end) + 1, like: journal)
    } else {
      add(StateFiles.journal, groups.last?.month.next ?? now, from: end + 1, like: nil)
    }
  }

  /// Distributes entries and marks for what is missing between them.
  private mutating func fill(
    _ choices: [RepairHistories.Choice], _ sources: [RepairSource], _ histories: RepairHistories
  ) {
    var marks: [(source: Int, line: RepairSource.Line)] = []
    for index in sources.indices where histories.limits[index] == nil {
      for mark in sources[index].marks { marks.append((index, mark)) }
    }
    // Of marks for the same number, that of the file in place comes first.
    marks.sort {
      ($0.line.number, sources[$0.source].isLeftover ? 1 : 0, $0.line.last)
        < ($1.line.number, sources[$1.source].isLeftover ? 1 : 0, $1.line.last)
    }
    var before = EntryNumbers()
    for mark in marks where !sources[mark.source].isLeftover {
      before.insert(mark.line.number...mark.line.last)
    }

    var next = choices[...]
    var milliseconds: Int64?
    for index in files.indices {
      let end = index + 1 < files.count ? starts[index + 1] - 1 : lastNumber
      var number = starts[index]
      while number <= end {
        if let choice = next.first, choice.line.number == number {
          files[index].pieces.append(.line(source: choice.source, choice.line, more: Int(choice.line.more)))
          milliseconds = choice.line.milliseconds
          next = next.dropFirst()
          number += 1
          continue
        }
        let gap = number...min(end, (next.first?.line.number ?? .max) - 1)
        lost.insert(gap)
        for piece in Self.marks(for: gap, marks, milliseconds) { files[index].pieces.append(piece) }
        number = gap.upperBound + 1
      }
      Self.closeTransactions(&files[index].pieces)
    }
    lostBefore = lost.subtracting(lost.subtracting(before))
  }

  /// Marks that are there already, and new ones for the rest.
  private static func marks(
    for gap: ClosedRange<Int>, _ marks: [(source: Int, line: RepairSource.Line)], _ milliseconds: Int64?
  ) -> [Piece] {
    var pieces: [Piece] = []
    var number = gap.lowerBound
    var index = marks.partitioningIndex { $0.line.number >= number }
    while number <= gap.upperBound {
      while index < marks.endIndex,
        marks[index].line.number < number || marks[index].line.last > gap.upperBound
      {
        index += 1
      }
      guard index < marks.endIndex, marks[index].line.number <= gap.upperBound else {
        pieces.append(.lost(number...gap.upperBound, milliseconds: milliseconds))
        break
      }
      let (source, line) = marks[index]
      if line.number > number { pieces.append(.lost(number...line.number - 1, milliseconds: milliseconds)) }
      pieces.append(.line(source: source, line, more: Int(line.more)))
      number = line.last + 1
    }
    return pieces
  }

  /// A line that says that more follow than do says so no longer. What is lost ends a transaction.
  private static func closeTransactions(_ pieces: inout [Piece]) {
    var following: Int?
    for index in pieces.indices.reversed() {
      guard case .line(let source, let line, var more) = pieces[index], line.last == line.number else {
        following = nil
        continue
      }
      let isBeforeMark = following == nil && index + 1 < pieces.count
      if more > 0 && !isBeforeMark && following != more - 1 { more = 0 }
      pieces[index] = .line(source: source, line, more: more)
      following = more
    }
  }
}

extension RepairSource {
  /// The newest entry that there was according to this file's sound lines.
  /// - Parameter isClosed: whether it is an archive, whose last transaction was complete.
  fileprivate func lastKnown(isClosed: Bool) -> Int {
    let last = max(header?.after ?? 0, entries.last?.number ?? 0, marks.last?.last ?? 0)
    let more = isClosed && entries.last?.number == last ? Int(entries.last?.more ?? 0) : 0
    return min(last + more, JournalLine.largestNumber)
  }

  /// The newest entry if each damaged line at the end was one.
  fileprivate var lastGuessed: Int {
    min(lastKnown(isClosed: false) + damagedAtEnd, JournalLine.largestNumber)
  }

  /// Whether the archive looks for entries under this name.
  fileprivate var nameIsMonth: Bool {
    name.hasPrefix("\(StateFiles.archive)/")
      && Month(name.dropFirst(StateFiles.archive.count + 1).dropLast(".jsonl".count)) != nil
  }
}

extension Array {
  /// The first index whose element fulfils a condition that all later ones fulfil too.
  func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
