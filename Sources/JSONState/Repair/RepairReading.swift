/// One file that holds entries, as far as it can be read.
struct RepairSource {
  /// A line that is as it was written.
  struct Line {
    let number: Int
    let last: Int
    let start: Int
    let milliseconds: Int64
    let checksum: UInt32
    let length: Int32
    let more: Int32
  }

  let name: String
  let file: Int32
  /// What a repair that was interrupted left: nobody has trusted it yet.
  let isLeftover: Bool
  var header: JournalHeader?
  /// By rising number, each once.
  var entries: [Line] = []
  /// Lines that say that entries were lost, likewise.
  var marks: [Line] = []
  /// Whether the file is nothing but a header and sound lines with rising numbers.
  var isSound = true
  /// How many damaged lines stand behind the last sound one.
  var damagedAtEnd = 0
  /// Whether something incomplete or damaged stands at the end.
  var hasDoubtfulEnd = false

  /// The month whose file it is: what the header says, or else the latest month of an entry in it.
  var month: Month?
}

/// All that a repair goes by: the files with entries, and the snapshot.
struct RepairReading<State: JournaledState> {
  private let files: StateFiles
  /// All names that matter, those in the archive with its name before them.
  private(set) var names: Set<String> = []
  /// The journal, the archive and what an interrupted repair left of either, by name.
  private(set) var sources: [RepairSource] = []
  private(set) var snapshot: Snapshot<State>?
  /// What a sound snapshot of an older version says that may be lost; nothing else in it can be read.
  private(set) var olderPerhapsAfter: Int?

  init(_ files: StateFiles) throws(JSONStateError) {
    self.files = files
    names = try files.names()
    for name in try files.names(in: StateFiles.archive) { names.insert("\(StateFiles.archive)/\(name)") }
    do throws(JSONStateError) {
      for name in names.sorted() {
        guard name.hasPrefix(StateFiles.journal) || name.hasPrefix("\(StateFiles.archive)/") else { continue }
        if name.hasSuffix(".jsonl") { try read(name, false) }
        if name.contains(".jsonl" + StateFiles.unfinished) { try read(name, true) }
      }
      try readSnapshot()
    } catch {
      close()
      throw error
    }
  }

  func close() {
    for source in sources { files.fileSystem.close(source.file) }
  }

  /// What the snapshot says about the entries.
  var witness: RepairPlan.Witness? {
    snapshot.flatMap { snapshot in
      Hex.parse(Array(snapshot.lastChecksum.utf8)).map {
        .init(lastEntry: snapshot.lastEntry, checksum: $0)
      }
    }
  }

  private mutating func readSnapshot() throws(JSONStateError) {
    guard names.contains(StateFiles.snapshot) else { return }
    let bytes = try files.snapshotContents()
    switch try? Snapshot<State>.read(bytes) {
    case .current(let found)?: snapshot = found
    case .older(_, let losses)?: olderPerhapsAfter = losses?.perhapsAfter
    case nil: break
    }
  }

  private mutating func read(_ name: String, _ isLeftover: Bool) throws(JSONStateError) {
    let file = try files.open(name, .read)
    var source = RepairSource(name: name, file: file, isLeftover: isLeftover)
    do throws(JSONStateError) {
      do throws(JSONStateError) {
        source.header = try files.readHeader(file, name, stateVersion: State.formatVersion).header
      } catch {
        guard case .damaged = error else { throw error }
        source.isSound = false
        source.hasDoubtfulEnd = true
      }
      try readLines(of: &source)
    } catch {
      files.fileSystem.close(file)
      throw error
    }
    sources.append(source)
  }

  private func readLines(of source: inout RepairSource) throws(JSONStateError) {
    var reader = LineReader(files.fileSystem, source.file)
    if source.header != nil { _ = try files.system { () throws(FileSystemError) in try reader.next() } }
    var number = source.header?.after ?? 0
    while let line = try files.system({ () throws(FileSystemError) in try reader.next() }) {
      source.isSound = source.isSound && line.isTerminated
      var start = line.start
      for piece in SealedLine.pieces(of: line.content) {
        defer { start += piece.count }
        // A damaged line end leaves one byte behind a line that is joined to the next, or is the last.
        guard let found = JournalLine(piece) ?? JournalLine(piece.dropLast()) else {
          source.isSound = false
          source.hasDoubtfulEnd = true
          if line.isTerminated && SealedLine.resembles(piece) { source.damagedAtEnd += 1 }
          continue
        }
        let length = JournalLine(piece) == nil ? piece.count - 1 : piece.count
        source.isSound = source.isSound && length == line.content.count && found.number == number + 1
        number = found.last
        source.damagedAtEnd = 0
        source.hasDoubtfulEnd = false
        let place = RepairSource.Line(
          number: found.number, last: found.last, start: start, milliseconds: found.timestamp.milliseconds,
          checksum: found.checksum, length: Int32(length), more: Int32(clamping: found.more))
        if case .lost = found.content { source.marks.append(place) } else { source.entries.append(place) }
      }
    }
    // A whole line without its end is what an interrupted write leaves, and is kept.
    source.entries = Self.sorted(source.entries)
    source.marks = Self.sorted(source.marks)
    let newest = (source.entries + source.marks).lazy.map(\.milliseconds).max()
    source.month =
      source.header.flatMap { Month($0.month) } ?? newest.map { Timestamp(milliseconds: $0).month }
  }

  /// By rising number, each once: of lines with the same number the first.
  private static func sorted(_ lines: [RepairSource.Line]) -> [RepairSource.Line] {
    if zip(lines, lines.dropFirst()).allSatisfy({ $0.number < $1.number }) { return lines }
    var sorted: [RepairSource.Line] = []
    let inOrder = lines.enumerated().sorted {
      ($0.element.number, $0.offset) < ($1.element.number, $1.offset)
    }
    for (_, line) in inOrder where sorted.last?.number != line.number { sorted.append(line) }
    return sorted
  }
}

extension SealedLine {
  /// Whether damaged bytes still show what an entry's line has: of four marks two or more.
  static func resembles(_ piece: ArraySlice<UInt8>) -> Bool {
    let text = piece.prefix(200)
    func has(_ mark: StaticString) -> Bool {
      mark.withUTF8Buffer { mark in
        text.indices.contains { text[$0] == mark[0] && text[$0...].starts(with: mark) }
      }
    }
    let marks = [has(#"{"crc":""#), has(#","n":"#), has(#","at":""#), has(#""entry":"#) || has(#""lost":""#)]
    return marks.count { $0 } >= 2
  }
}
