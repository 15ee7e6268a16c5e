/// Goes through the entry lines of a journal or archive file and judges each one.
///
/// Opening, verifying and repairing all read through this, so that they cannot disagree on what is sound.
struct JournalScanner {
  struct Item {
    let line: LineReader.Line
    /// The entry, where the line is as it was written.
    let entry: JournalLine?
    /// What is wrong with the line or with its place.
    let problem: String?
    /// An incomplete last line, as an interrupted write leaves it.
    let isTorn: Bool
  }

  private var reader: LineReader
  /// The number the next entry should have.
  private(set) var expectedNumber: Int
  /// How many lines of the present transaction have yet to come.
  private(set) var outstanding = 0
  private var afterDamage = false

  /// - Parameter reader: stands at the first entry line.
  init(_ reader: LineReader, expectedNumber: Int) {
    self.reader = reader
    self.expectedNumber = expectedNumber
  }

  mutating func next() throws(FileSystemError) -> Item? {
    guard let line = try reader.next() else { return nil }
    let entry = JournalLine(line.content)
    guard let entry else {
      defer { afterDamage = true }
      if line.isTerminated { return item(line, problem: "it is not as it was written") }
      // An interrupted write leaves the beginning of a line. A whole line with one byte behind it is no
      // beginning of anything: its line end was damaged, and it may have been acknowledged.
      if JournalLine(line.content.dropLast()) != nil { return item(line, problem: "its line end is damaged") }
      return Item(line: line, entry: nil, problem: nil, isTorn: true)
    }
    var problem: String?
    // The mark of a lost entry ends whatever transaction it was in.
    if entry.number != expectedNumber && !(afterDamage && entry.number > expectedNumber) {
      problem = "it has number \(entry.number) where \(expectedNumber) should be"
    } else if case .entry = entry.content, !afterDamage, outstanding > 0, entry.more != outstanding - 1 {
      problem = "it does not continue the transaction before it"
    }
    afterDamage = false
    outstanding = entry.more
    expectedNumber = max(expectedNumber, entry.last + 1)
    return Item(line: line, entry: entry, problem: problem, isTorn: false)
  }

  private func item(_ line: LineReader.Line, problem: String) -> Item {
    Item(line: line, entry: nil, problem: problem, isTorn: false)
  }
}
