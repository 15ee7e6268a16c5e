/// Which of several lines with the same number counts.
///
/// Lines of one history are the same wherever they stand. Where two files disagree, one of them is of other books, or
/// of these books before they were restored from a backup and went on differently. Then the files that belong together
/// are believed as one: those that the snapshot belongs to, or else the most.
struct RepairHistories {
  struct Choice {
    let source: Int
    let line: RepairSource.Line
  }

  /// By rising number, each once.
  private(set) var choices: [Choice] = []
  /// Of files that are not believed: the number up to which they are, for to there they agree with the others.
  private(set) var limits: [Int: Int] = [:]

  private let sources: [RepairSource]
  /// Lines that were there for certain: the snapshot's last one, and that of the last orderly end.
  private let known: [(number: Int, checksum: UInt32)]
  private var foreign: Set<Int> = []

  init(_ sources: [RepairSource], witness: RepairPlan.Witness?, ending: DirectoryLock.Ending?) {
    self.sources = sources
    known =
      [witness.map { ($0.lastEntry, $0.checksum) }, ending.map { ($0.number, $0.checksum) }]
      .compactMap(\.self).filter { $0.0 > 0 }
    let natural = sources.indices.sorted { left, right in
      let (one, other) = (sources[left], sources[right])
      if one.isLeftover != other.isLeftover { return other.isLeftover }
      return (one.entries.first?.number ?? 0, left) < (other.entries.first?.number ?? 0, right)
    }
    for source in natural { add(source) }
    if limits.isEmpty { return }
    choices = []
    limits = [:]
    for source in ranked(witness) { add(source) }
  }

  /// Takes over the lines of a file for numbers that have none yet.
  private mutating func add(_ index: Int) {
    let lines = sources[index].entries
    guard let first = lines.first else { return }
    if foreign.contains(index) || isForeign(index) {
      foreign.insert(index)
      limits[index] = 0
      return
    }
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

  /// Whether a file continues other books than those before it, and has another line where one is known. Either alone
  /// may come of a repair and of a month that was restored after it.
  private func isForeign(_ index: Int) -> Bool {
    guard let header = sources[index].header, header.after > 0 else { return false }
    let place = choices.partitioningIndex { $0.line.number >= header.after }
    guard place < choices.endIndex, choices[place].line.number == header.after,
      Hex.text(choices[place].line.checksum) != header.afterChecksum
    else { return false }
    let lines = sources[index].entries
    return known.contains { known in
      let place = lines.partitioningIndex { $0.number >= known.number }
      return place < lines.endIndex && lines[place].number == known.number
        && lines[place].checksum != known.checksum
    }
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

  // MARK: Which belong together

  /// The files in the order in which they are believed.
  private func ranked(_ witness: RepairPlan.Witness?) -> [Int] {
    // Each file is in the set of the first one that it belongs to.
    var sets = Array(sources.indices)
    for one in sources.indices {
      for other in sources.indices where other < one && belongTogether(one, other) {
        let (from, to) = (sets[one], sets[other])
        for index in sets.indices where sets[index] == from { sets[index] = to }
      }
    }
    func isSeen(_ index: Int) -> Bool {
      guard let witness, witness.lastEntry > 0 else { return false }
      return has(index, witness.lastEntry, witness.checksum)
        || isAfter(sources[index], witness.lastEntry, witness.checksum)
    }
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
