import DaemonTesting
import JSONState
import JSONStateTesting
import Testing

/// Repair, whatever became of the files: the books open and verify afterwards, each entry counts once, nothing that
/// still stood anywhere is lost, and the words of the report are true.
@Suite(.ownThreads) struct RepairedBooksTests {
  static let clock = WallClock("2026-12-20T00:00:00Z")

  /// Repairs a damaged disk and looks at what comes of it.
  /// - Parameter soundSnapshot: that of the books; where the disk still has it, nothing in it may be lost.
  /// - Returns: what is wrong.
  static func problems(
    of disk: SimulatedDisk, _ books: DamagedBooks, soundSnapshot: [UInt8]?
  ) throws -> [String] {
    var problems: [String] = []
    func check(_ isTrue: Bool, _ problem: @autoclosure () -> String) {
      if !isTrue { problems.append(problem()) }
    }
    let survivors = DamagedBooks.survivors(on: disk, of: books.lines)
    let hasSnapshot = soundSnapshot != nil && disk["\(directory)/state.json"] == soundSnapshot
    let endIsKnown = String(decoding: disk["\(directory)/lock"] ?? [], as: UTF8.self).hasPrefix("closed ")
    let before = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
    if before.isSound {
      let probe = disk.copy()
      do { try probe.store(clock: clock).close() } catch {
        check(false, "verify calls sound what fails with \(error)")
      }
    }
    let report = try StateStore<Accounts>.repair(directory: directory, fileSystem: disk, now: clock.now)
    check(
      before.isSound == report.damages.isEmpty, "verify found \(before.damages), repair \(report.damages)")
    let verified = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
    check(verified.isSound, "afterwards: \(verified.damages)")

    let paths = disk.paths
    let again = try StateStore<Accounts>.repair(directory: directory, fileSystem: disk, now: clock.now)
    check(again.damages.isEmpty && again.replaced.isEmpty, "repaired again: \(again)")
    check(disk.paths == paths, "a second repair left other files")
    for file in report.replaced {
      if let kept = file.keptAs { check(disk["\(directory)/\(kept)"] != nil, "\(kept) is not there") }
      check((disk["\(directory)/\(file.file)"] == nil) == file.isGone, "\(file)")
    }
    check(!paths.contains { $0.contains(".new") }, "unfinished files: \(paths)")

    let store: StateStore<Accounts>
    do { store = try disk.store(clock: clock) } catch { return problems + ["cannot be opened: \(error)"] }
    var numbers: [Int] = []
    try store.forEachRecord { record in
      numbers.append(record.number)
      if record.number <= DamagedBooks.last {
        check(
          record.entry == .topUp(account: "a", amount: 1 << record.number),
          "entry \(record.number) is another")
      }
    }
    let there = Set(numbers)
    check(numbers == there.sorted(), "entries are there twice or out of order: \(numbers)")
    let missing = Set(1...DamagedBooks.last).subtracting(there)
    // Nothing damaged, and no end known: then entries behind the last one leave no trace.
    let mayEndAnywhere = report.damages.isEmpty && !endIsKnown
    if report.damages.isEmpty && endIsKnown {
      check(missing.isEmpty, "\(missing) are missing in what is called sound")
    }

    let lost = Set(report.lost).union(report.lostBefore)
    check(there.isDisjoint(with: lost), "\(report.lost) is there")
    check(
      there.union(lost) == Set(1..<report.lastNumber + 1),
      "there \(numbers), lost \(lost), \(report.lastNumber)")
    check(store.lastNumber == report.lastNumber, "\(store.lastNumber) is the last, not \(report.lastNumber)")
    check(lost == Set(verified.lost), "lost: \(lost), marked: \(verified.lost)")
    check(
      missing.isEmpty || !report.lost.isEmpty || report.doubt != nil || mayEndAnywhere,
      "\(missing) are lost without a word")
    check(
      missing.allSatisfy { $0 > report.lastNumber || lost.contains($0) },
      "\(missing) are lost, said is \(lost)")
    check(
      missing.allSatisfy { $0 <= report.lastNumber } || report.doubt != nil || mayEndAnywhere,
      "no doubt about \(missing)")
    // A transaction whose end was never there counts for nothing.
    let cut = survivors.subtracting(there)
    check(
      cut.isEmpty
        || (cut.isSubset(of: [10, 11]) && report.lastNumber == 9 && (report.doubt != nil || mayEndAnywhere)),
      "\(cut) could have been saved")

    let sum = (1..<report.lastNumber + 1).reduce(0) { $0 + ($1 <= DamagedBooks.last ? 1 << $1 : 0) }
    let lacking = report.lostFromState.reduce(0) { $0 + ($1 <= DamagedBooks.last ? 1 << $1 : 0) }
    check(
      store.state.balances["a", default: 0] == sum - lacking,
      "the balance is \(store.state.balances), lacking \(report.lostFromState)")
    check(
      Set(report.lostFromState).isSubset(of: lost), "lost from the state: \(report.lostFromState) of \(lost)")
    check(store.losses.numbers == report.lostFromState, "\(store.losses)")
    check(
      (store.losses.perhapsAfter == nil) == (report.doubt == nil), "\(store.losses), \(report.doubt ?? "")")
    if hasSnapshot { check(report.lostFromState.isEmpty, "the snapshot has \(report.lostFromState)") }

    // Life goes on, over months too.
    for date in ["2026-12-21T00:00:00Z", "2027-06-01T00:00:00Z", "2027-07-01T00:00:00Z"] {
      store.close()
      let later = try disk.store(clock: WallClock(date))
      let number = later.lastNumber
      try later.appendAndWait(.topUp(account: "b", amount: 1))
      check(later.lastNumber == number + 1, "\(date)")
      later.close()
    }
    let found = try StateStore<Accounts>.verify(directory: directory, fileSystem: disk)
    check(found.isSound, "later: \(found.damages)")
    return problems
  }

  @Test(arguments: DamagedBooks.End.allCases) func everyPairOfDamages(end: DamagedBooks.End) throws {
    let books = try DamagedBooks(end)
    let damages = books.damages()
    // All pairs take minutes: usually each damage alone, and with some others.
    let share = FaultTests.isSlow ? 1 : 211
    var failures: [String] = []
    for (first, one) in damages.enumerated() {
      for (second, other) in damages.enumerated().dropFirst(first) {
        guard first == second || (first * 7 + second) % share == 0 else { continue }
        let disk = books.disk.copy()
        one.happen(disk)
        if first != second { other.happen(disk) }
        let sound = end == .orderly ? books.disk["\(directory)/state.json"] : nil
        do {
          let problems = try Self.problems(of: disk, books, soundSnapshot: sound)
          if !problems.isEmpty { failures.append("\(one.name), \(other.name): \(problems)") }
        } catch {
          failures.append("\(one.name), \(other.name): \(error)")
        }
      }
    }
    #expect(failures.isEmpty, "\(failures.count): \(failures.prefix(10).joined(separator: "\n"))")
  }
}
