/// The end of opening: what an interrupted write or month change left is brought in order.
extension Engine {
  mutating func settle(
    _ tail: Tail, months: [Month], isStale: Bool, _ report: inout OpeningReport
  ) throws(JSONStateError) {
    do {
      try cutOff(tail, &report)
      if let month = Month(header.month), months.contains(month) {
        try finishBeginningJournal(after: month, tail)
      }
    } catch {
      // A full or failing disk must not keep the state from being read.
      guard case .system = error else { throw error }
      failure = error
      report.notices.append("nothing can be recorded: \(error)")
    }
    if isStale && failure == nil {
      do {
        try writeSnapshot()
      } catch {
        snapshotFailure = error
        report.notices.append("state.json could not be written: \(error)")
      }
    }
    if let problem = newestArchiveProblem(months) { report.notices.append(problem) }
  }

  private mutating func cutOff(_ tail: Tail, _ report: inout OpeningReport) throws(JSONStateError) {
    if !tail.torn.isEmpty {
      let name = try files.freeName("journal.torn-")
      try files.replace(name, with: tail.torn)
      report.tornTail = .init(file: name, bytes: tail.torn.count)
      try files.system { () throws(FileSystemError) in
        try files.fileSystem.truncate(journal, to: journalLength)
      }
    }
    if tail.needsLineEnd {
      try files.system { () throws(FileSystemError) in try files.write([lineEnd], to: journal) }
      journalLength += 1
      report.notices.append("the last line of journal.jsonl was whole but for its line end, which was added")
    }
    // Also where nothing was cut: what is read from the cache may not have reached the disk yet.
    try files.system { () throws(FileSystemError) in try files.fileSystem.synchronize(journal) }
  }

  /// A crash between the two last steps of ``beginJournal(month:)`` left the journal with both its names.
  private mutating func finishBeginningJournal(after month: Month, _ tail: Tail) throws(JSONStateError) {
    try files.withFile(StateFiles.archived(month), .append) { file throws(FileSystemError) in
      // A copy of the journal instead of a second name gets the same end.
      guard try files.fileSystem.length(file) != journalLength else { return }
      try files.fileSystem.truncate(file, to: tail.needsLineEnd ? journalLength - 1 : journalLength)
      if tail.needsLineEnd { try files.write([lineEnd], to: file) }
      try files.fileSystem.synchronize(file)
    }
    if snapshotNumber < lastNumber { try writeSnapshot() }
    try files.synchronizeDirectory(files.path(StateFiles.archive))
    try replaceJournal(month: max(Timestamp(now()).month, month.next))
  }

  /// A cheap look at the archive: whether its newest file ends where the journal begins. Its content does not
  /// matter to the state, so it is no reason to refuse.
  private func newestArchiveProblem(_ months: [Month]) -> String? {
    guard header.after > 0, let current = Month(header.month) else { return nil }
    guard let newest = months.last(where: { $0 < current }) else {
      return "the archive with the entries up to \(header.after) is missing"
    }
    let name = StateFiles.archived(newest)
    let window = 64 << 10
    let tail = try? files.withFile(name, .read) { file throws(FileSystemError) in
      let length = try files.fileSystem.length(file)
      return try files.fileSystem.read(file, count: min(window, length), at: max(0, length - window))
    }
    guard let tail else { return "\(name) cannot be read" }
    let last = tail.dropLast().lastIndex(of: lineEnd).map { tail[($0 + 1)...].dropLast() }
    guard let last, tail.last == lineEnd else {
      return tail.count < window ? "\(name) is damaged at its end; run the verify command" : nil
    }
    guard let line = JournalLine(last), line.last == header.after,
      Hex.text(line.checksum) == header.afterChecksum
    else { return "\(name) does not end with entry \(header.after); run the verify command" }
    return nil
  }
}
