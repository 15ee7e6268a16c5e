/// Which of several lines with the same number counts.
///
/// Lines of one history are the same wherever they stand. Where two files disagree, one of them is of other books, or
/// of these books before they were restored from a backup and went on differently. Then the files that belong together
/// are believed as one: those that the snapshot belongs to, or else the most.
///
/// Files whose numbers nothing else has can be of other books as well: a line that is another one than the snapshot or
/// the last orderly end names, or a beginning after another entry than the one that is there, tells.
struct RepairHistories {
  struct Choice {
    let source: Int
    let line: RepairSource.Line
  }

  /// By rising number, each once.
  private(set) var choices: [Choice] = []
  /// Of files that are not believed: the number up to which they are, for to there they agree with the others.
  private(set) var limits: [Int: Int] = [:]

  /// Why one of the believed files may be of other books, where it cannot be told which.
  private(set) var doubt: String?

  private let sources: [RepairSource]
  /// What the snapshot and the last orderly end say about an entry.
  private let witness: RepairPlan.Witness?
  private let ending: RepairPlan.Witness?
  /// For each file the set of those that belong together.
  private var sets: [Int] = []
  /// Files of other books.
  private var strangers: Set<Int> = []

  init(_ sources: [RepairSource], witness: RepairPlan.Witness?, ending: DirectoryLock.Ending?) {
    self.sources = sources
    self.witness = witness.flatMap { $0.lastEntry > 0 ? $0 : nil }
    self.ending = ending.flatMap {
      $0.number > 0 ? .init(lastEntry: $0.number, checksum: $0.checksum) : nil
    }
    findStrangers()
    let natural = sources.indices.sorted { left, right in
      let (one, other) = (sources[left], sources[right])
      if one.isLeftover != other.isLeftover { return other.isLeftover }
      return (one.entries.first?.number ?? 0, left) < (other.entries.first?.number ?? 0, right)
    }
    for source in natural { add(source) }
    if limits.isEmpty { return }
    choices = []
    limits = [:]
    for source in ranked() { add(source) }
  }

  /// Takes over the lines of a file for numbers that have none yet.
  private mutating func add(_ index: Int) {
    let lines = sources[index].entries
    if strangers.contains(index) {
      limits[index] = 0
      return
    }
    guard let first = lines.first else { return }
    if first.number > choices.last?.line.number ?? 0 {
      choices.append(contentsOf: lines.map { Choice(source: index, line: $0) })
      return
    }
    let (agreed, conflict) = Self.compare(choices.map(\.line), lines)
    if conflict != nil { limits[index] = agreed ?? 0 }
    let limit = conflict == nil ? Int.max : agreed ?? 0
    var merged: [Choice] = []
    merged.reserveCapacity(choices.count + lines.count)
    var rest = choices[...]
    for line in lines where line.number <= limit {
      while let choice = rest.first, choice.line.number < line.number {
        merged.append(choice)
        rest = rest.dropFirst()
      }
      if rest.first?.line.number != line.number { merged.append(Choice(source: index, line: line)) }
    }
    choices = merged + rest
  }

  /// The first number for which two files have different lines, and the last one before it for which they have the
  /// same.
  private static func compare(
    _ one: [RepairSource.Line], _ other: [RepairSource.Line]
  ) -> (agreed: Int?, conflict: Int?) {
    var agreed: Int?
    var index = one.startIndex
    for line in other {
      while index < one.endIndex, one[index].number < line.number { index += 1 }
      guard index < one.endIndex else { break }
      guard one[index].number == line.number else { continue }
      if one[index].checksum != line.checksum { return (agreed, line.number) }
      agreed = line.number
    }
    return (agreed, nil)
  }

  // MARK: Strangers

  /// Whether the snapshot is of the same books as a file that is not believed.
  var isWitnessForeign: Bool {
    strangers.contains { isSeen($0, witness) }
      && !sources.indices.contains { limits[$0] == nil && isSeen($0, witness) }
  }

  private mutating func findStrangers() {
    let inPlace = sources.indices.filter { !sources[$0].isLeftover }
    let suspects = inPlace.filter { index in
      contradicts(index, witness) || contradicts(index, ending)
        || inPlace.contains { beginsAfterAnother(index, than: $0) }
    }
    if suspects.isEmpty { return }
    sets = joined()
    for index in suspects {
      let own = inPlace.filter { sets[$0] == sets[index] }
      let others = inPlace.filter { sets[$0] != sets[index] && beginsAfterAnother(index, than: $0) }
      if others.isEmpty ? isStranger(index, with: own) : isStranger(index, with: own, than: others, inPlace) {
        strangers.insert(index)
      }
    }
  }

  /// Whether a file is of other books, though it begins after no other entry than one that is there.
  private func isStranger(_ index: Int, with own: [Int]) -> Bool {
    guard own.count == 1, !isSeen(index, witness), !isSeen(index, ending) else { return false }
    // All entries from the first on are more than a snapshot, unless the orderly end is of the same opinion.
    if sources[index].header?.after ?? 0 == 0 {
      return contradicts(index, witness) && contradicts(index, ending)
    }
    return contradicts(index, witness) || contradicts(index, ending)
  }

  /// Whether a file, and not the others, is of other books: it begins after another entry than they have there. So does
  /// a file behind a month that was restored after a repair had marked its entries as lost; but it belongs to
  /// the snapshot or to the orderly end.
  private mutating func isStranger(
    _ index: Int, with own: [Int], than others: [Int], _ inPlace: [Int]
  ) -> Bool {
    if own.contains(where: { isSeen($0, ending) }) { return false }
    if own.contains(where: { contradicts($0, ending) }) { return true }
    if own.contains(where: { isSeen($0, witness) }) { return false }
    if contradicts(index, witness) { return true }
    let weights = others.map { other in
      let set = inPlace.filter { sets[$0] == sets[other] }
      return set.contains { isSeen($0, witness) || isSeen($0, ending) } ? Int.max : set.count
    }
    let weight = weights.max() ?? 0
    if weight == own.count {
      doubt =
        "\(sources[index].name) does not continue \(sources[others[0]].name), and one of them may be of another history"
    }
    return weight > own.count
  }

  /// Whether a file holds or follows an entry.
  private func isSeen(_ index: Int, _ witness: RepairPlan.Witness?) -> Bool {
    guard let witness else { return false }
    return has(index, witness.lastEntry, witness.checksum)
      || isAfter(sources[index], witness.lastEntry, witness.checksum)
  }

  /// Whether a file holds or follows another entry of that number.
  private func contradicts(_ index: Int, _ witness: RepairPlan.Witness?) -> Bool {
    guard let witness else { return false }
    return hasAnother(index, than: witness.lastEntry, witness.checksum)
      || sources[index].header?.after == witness.lastEntry && !isSeen(index, witness)
  }

  /// Whether a file begins after an entry, and the other holds another one of that number.
  private func beginsAfterAnother(_ index: Int, than other: Int) -> Bool {
    guard let header = sources[index].header, header.after > 0,
      let checksum = Hex.parse(Array(header.afterChecksum.utf8))
    else { return false }
    return index != other && hasAnother(other, than: header.after, checksum)
  }

  private func hasAnother(_ index: Int, than number: Int, _ checksum: UInt32) -> Bool {
    let lines = sources[index].entries
    let place = lines.partitioningIndex { $0.number >= number }
    return place < lines.endIndex && lines[place].number == number && lines[place].checksum != checksum
  }

  // MARK: Which belong together

  /// Each file is in the set of the first one that it belongs to.
  private func joined() -> [Int] {
    var sets = Array(sources.indices)
    for one in sources.indices {
      for other in sources.indices where other < one && belongTogether(one, other) {
        let (from, to) = (sets[one], sets[other])
        for index in sets.indices where sets[index] == from { sets[index] = to }
      }
    }
    return sets
  }

  /// The files in the order in which they are believed.
  private mutating func ranked() -> [Int] {
    if sets.isEmpty { sets = joined() }
    let sets = sets
    func isSeen(_ index: Int) -> Bool { self.isSeen(index, witness) }
    /// The larger, the more it is believed.
    func weight(_ index: Int) -> [Int] {
      let members = sources.indices.filter { sets[$0] == sets[index] }
      let isJournal = sources[index].name == StateFiles.journal
      return [
        members.contains(where: isSeen) ? 1 : 0, members.count { !sources[$0].isLeftover },
        members.contains { sources[$0].name == StateFiles.journal } ? 1 : 0,
        members.reduce(0) { $0 + sources[$1].entries.count }, -sets[index], isSeen(index) ? 1 : 0,
        sources[index].isLeftover ? 0 : 1, isJournal ? 1 : 0, index,
      ]
    }
    let weights = sources.indices.map(weight)
    return sources.indices.sorted { weights[$1].lexicographicallyPrecedes(weights[$0]) }
  }

  private func belongTogether(_ one: Int, _ other: Int) -> Bool {
    if Self.compare(sources[one].entries, sources[other].entries).agreed != nil { return true }
    return continues(one, other) || continues(other, one)
  }

  /// Whether a file begins where another has a line with that very checksum.
  private func continues(_ one: Int, _ other: Int) -> Bool {
    guard let header = sources[one].header, header.after > 0,
      let checksum = Hex.parse(Array(header.afterChecksum.utf8))
    else { return false }
    return has(other, header.after, checksum)
  }

  private func isAfter(_ source: RepairSource, _ number: Int, _ checksum: UInt32) -> Bool {
    source.header?.after == number && source.header?.afterChecksum == Hex.text(checksum)
  }

  private func has(_ index: Int, _ number: Int, _ checksum: UInt32) -> Bool {
    for lines in [sources[index].entries, sources[index].marks] {
      let place = lines.partitioningIndex { $0.last >= number }
      if place < lines.endIndex, lines[place].last == number, lines[place].checksum == checksum {
        return true
      }
    }
    return false
  }
}
