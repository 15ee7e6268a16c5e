import Foundation

extension StateFiles {
  func damaged(_ file: String, _ problem: String) -> JSONStateError {
    .damaged(directory: directory, [Damage(file: file, problem: problem)])
  }

  func error(_ problem: FormatProblem, in file: String, supported: Int) -> JSONStateError {
    switch problem {
    case .damaged(let what): damaged(file, what)
    case .newer(let found): .newerFormat(file: path(file), found: found, supported: supported)
    }
  }

  /// The header of an open journal or archive file, and where the first entry's line begins.
  func readHeader(
    _ file: Int32, _ name: String, stateVersion: Int
  ) throws(JSONStateError) -> (header: JournalHeader, end: Int) {
    var reader = LineReader(fileSystem, file)
    guard let line = try system({ () throws(FileSystemError) in try reader.next() }), line.isTerminated else {
      throw .damaged(
        directory: directory, [Damage(file: name, line: 1, problem: "the header is missing or incomplete")])
    }
    do {
      return (try JournalHeader(line: line.content, stateVersion: stateVersion), line.end)
    } catch {
      if case .damaged(let problem) = error {
        throw .damaged(directory: directory, [Damage(file: name, line: 1, problem: problem)])
      }
      throw self.error(error, in: name, supported: stateVersion)
    }
  }
}

extension StateFiles {
  /// Reads the entries `first` to `last`, wherever they stand. Entries lost to damage are left out.
  ///
  /// The journal may become an archive meanwhile, so the file that holds the next entry is looked for anew
  /// after each file; `last` must be durable.
  func forEachLine(
    from first: Int, to last: Int, stateVersion: Int,
    _ body: (JournalLine, ArraySlice<UInt8>) throws -> Void
  ) throws {
    var wanted = max(1, first)
    while wanted <= last {
      let (name, file, header, end) = try holder(of: wanted, stateVersion: stateVersion)
      defer { fileSystem.close(file) }
      var scanner = JournalScanner(
        LineReader(fileSystem, file, offset: end, lineNumber: 2), expectedNumber: header.after + 1)
      let before = wanted
      while wanted <= last, let item = try system({ () throws(FileSystemError) in try scanner.next() }) {
        guard let line = item.entry, item.problem == nil else {
          throw JSONStateError.damaged(
            directory: directory,
            [Damage(file: name, line: item.line.number, problem: item.problem ?? "it is incomplete")])
        }
        if line.last < wanted { continue }
        if case .entry(let json) = line.content { try body(line, json) }
        wanted = line.last + 1
      }
      if wanted == before { throw damaged(name, "entry \(wanted) is missing at its end") }
    }
  }

  /// Opens the newest file that begins at or before entry `number`.
  private func holder(
    of number: Int, stateVersion: Int
  ) throws(JSONStateError) -> (name: String, file: Int32, header: JournalHeader, end: Int) {
    if let found = try open(Self.journal, ifBefore: number, stateVersion) { return found }
    // Looked at after the journal: should that have become an archive meanwhile, it is found here.
    for month in try archivedMonths().reversed() {
      if let found = try open(Self.archived(month), ifBefore: number, stateVersion) { return found }
    }
    throw damaged(Self.archive, "no file holds entry \(number)")
  }

  private func open(
    _ name: String, ifBefore number: Int, _ stateVersion: Int
  ) throws(JSONStateError) -> (name: String, file: Int32, header: JournalHeader, end: Int)? {
    let file = try open(name, .read)
    do throws(JSONStateError) {
      let (header, end) = try readHeader(file, name, stateVersion: stateVersion)
      if header.after < number { return (name, file, header, end) }
    } catch {
      fileSystem.close(file)
      throw error
    }
    fileSystem.close(file)
    return nil
  }
}

extension Engine {
  /// Adds up all entries of the archive, for a snapshot that cannot be used.
  static func addUpArchive(
    _ files: StateFiles, _ months: [Month], before header: JournalHeader, headerEnd: Int
  ) throws(JSONStateError) -> LoadedState<State> {
    var loaded = LoadedState<State>(
      position: .init(journalAfter: header.after, lineStart: headerEnd, lineEnd: headerEnd))
    let decoder = JSONDecoder()
    let journalMonth = Month(header.month)
    for month in months where journalMonth.map({ month < $0 }) ?? false {
      let name = StateFiles.archived(month)
      let file = try files.open(name, .read)
      defer { files.fileSystem.close(file) }
      let (fileHeader, end) = try files.readHeader(file, name, stateVersion: State.formatVersion)
      guard fileHeader.after == loaded.lastNumber, fileHeader.afterChecksum == Hex.text(loaded.lastChecksum)
      else { throw files.damaged(name, "it does not continue the file before it") }
      var scanner = JournalScanner(
        LineReader(files.fileSystem, file, offset: end, lineNumber: 2), expectedNumber: fileHeader.after + 1)
      while let item = try files.system({ () throws(FileSystemError) in try scanner.next() }) {
        guard let line = item.entry, item.problem == nil, item.line.isTerminated else {
          throw .damaged(
            directory: files.directory,
            [Damage(file: name, line: item.line.number, problem: item.problem ?? "it is incomplete")])
        }
        switch line.content {
        case .lost: loaded.losses.numbers.insert(line.number...line.last)
        case .entry(let json):
          do {
            let entry = try decoder.decode(State.Entry.self, from: Data(json))
            loaded.state.apply(
              JournalRecord(number: line.number, date: line.timestamp.date, entry: entry))
          } catch {
            throw .damaged(
              directory: files.directory,
              [Damage(file: name, line: item.line.number, problem: "its entry cannot be read: \(error)")])
          }
        }
        loaded.lastNumber = line.last
        loaded.lastChecksum = line.checksum
      }
    }
    guard loaded.lastNumber == header.after, Hex.text(loaded.lastChecksum) == header.afterChecksum else {
      throw files.damaged(
        StateFiles.archive,
        "its entries end with \(loaded.lastNumber), and journal.jsonl begins after \(header.after)")
    }
    return loaded
  }
}
