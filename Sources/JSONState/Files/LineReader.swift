/// Reads a file line by line in pieces, so that memory does not grow with the file.
struct LineReader {
  struct Line {
    /// The line's number in the file, from 1 (or from where the reader was told to begin).
    let number: Int
    /// Where the line begins, in bytes from the file's start.
    let start: Int
    /// The content without the line end.
    let content: ArraySlice<UInt8>
    /// Whether a line end follows. Only the last line can be without.
    let isTerminated: Bool

    /// Where the next line begins.
    var end: Int { start + content.count + (isTerminated ? 1 : 0) }
  }

  private static let pieceSize = 256 << 10

  private let fileSystem: any FileSystem
  private let file: Int32
  private let limit: Int
  private var buffer: ArraySlice<UInt8> = []
  private var offset: Int
  private var lineNumber: Int

  /// Reads from `offset`, where line `lineNumber` begins, up to `limit` bytes from the file's start.
  init(_ fileSystem: any FileSystem, _ file: Int32, offset: Int = 0, lineNumber: Int = 1, limit: Int = .max) {
    self.fileSystem = fileSystem
    self.file = file
    self.limit = limit
    self.offset = offset
    self.lineNumber = lineNumber
  }

  /// The next line; `nil` at the end of the file. A line longer than ``SealedLine/longest`` comes in parts,
  /// each of which counts as a line that is not as it was written.
  mutating func next() throws(FileSystemError) -> Line? {
    var searched = buffer.startIndex
    while true {
      if let index = buffer[searched...].firstIndex(of: lineEnd) {
        return take(buffer[..<index], terminated: true)
      }
      if buffer.count > SealedLine.longest { return take(buffer, terminated: true, swallowing: 0) }
      let count = min(Self.pieceSize, limit - offset - buffer.count)
      let piece =
        count > 0 ? try fileSystem.read(file, count: count, at: offset + buffer.count) : []
      if piece.isEmpty { return buffer.isEmpty ? nil : take(buffer, terminated: false) }
      let before = buffer.count
      if buffer.isEmpty { buffer = piece[...] } else { buffer.append(contentsOf: piece) }
      searched = buffer.startIndex + before
    }
  }

  private mutating func take(_ content: ArraySlice<UInt8>, terminated: Bool, swallowing: Int = 1) -> Line {
    let line = Line(number: lineNumber, start: offset, content: content, isTerminated: terminated)
    let length = content.count + (terminated ? swallowing : 0)
    buffer = buffer.dropFirst(length)
    offset += length
    lineNumber += 1
    return line
  }
}
