import Foundation

/// The form that every line of a journal or archive file has:
/// `{"crc":"xxxxxxxx",` and the rest of one JSON object, the checksum being of all bytes after its own.
enum SealedLine {
  /// Longer lines are neither written nor read, so that a file without line ends cannot fill the memory.
  static let longest = 16 << 20

  private static let opening = Array(#"{"crc":""#.utf8)
  /// Where the bytes under the checksum begin: after the checksum's last digit.
  private static let sealed = opening.count + 8

  /// Appends `{"crc":"…`, what `appendRest` appends, and a line end. The rest goes from the quote after the checksum to
  /// the last brace.
  static func append(to bytes: inout [UInt8], rest appendRest: (inout [UInt8]) -> Void) -> UInt32 {
    bytes.append(contentsOf: opening)
    let digits = bytes.count..<(bytes.count + 8)
    bytes.append(contentsOf: repeatElement(0, count: digits.count))
    appendRest(&bytes)
    let checksum = CRC32C.checksum(bytes[digits.endIndex...])
    Hex.write(checksum, to: &bytes[digits])
    bytes.append(lineEnd)
    return checksum
  }

  /// The parts of a damaged line that begin as lines do: a damaged line end joins two lines into one. All but
  /// the last still have that byte at their end.
  static func pieces(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start = line.startIndex
    for index in line.indices.dropFirst()
    where line[index] == opening[0] && line[index...].starts(with: opening) {
      pieces.append(line[start..<index])
      start = index
    }
    pieces.append(line[start...])
    return pieces
  }

  /// The checksum and what it seals, if they agree.
  static func open(_ line: ArraySlice<UInt8>) -> (checksum: UInt32, rest: ArraySlice<UInt8>)? {
    guard line.count > sealed, line.starts(with: opening) else { return nil }
    let rest = line.dropFirst(sealed)
    guard let checksum = Hex.parse(line.dropFirst(opening.count).prefix(8)),
      CRC32C.checksum(rest) == checksum
    else { return nil }
    return (checksum, rest)
  }
}

let lineEnd = UInt8(ascii: "\n")

/// A line that holds one entry:
/// `{"crc":"9f01c2d4","n":17,"at":"2026-10-31T20:15:00.250Z","entry":{…}}`.
///
/// `"more":2` before `"entry"` says that the two next lines belong to the same transaction. Where an entry
/// was lost and the file repaired, `"lost":"why"` stands in place of `"entry"`.
struct JournalLine {
  enum Content {
    case entry(ArraySlice<UInt8>)
    case lost(String)
  }

  let number: Int
  let timestamp: Timestamp
  /// How many lines of the same transaction follow.
  let more: Int
  let content: Content
  let checksum: UInt32

  static func append(
    entry: some Collection<UInt8>, number: Int, timestamp: Timestamp, more: Int, to bytes: inout [UInt8]
  ) -> UInt32 {
    SealedLine.append(to: &bytes) { bytes in
      appendHead(number, timestamp, more, to: &bytes)
      bytes.append(contentsOf: #"entry":"#.utf8)
      bytes.append(contentsOf: entry)
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// `reason` is plain text without quotes or backslashes.
  static func append(
    lost reason: String, number: Int, timestamp: Timestamp, more: Int, to bytes: inout [UInt8]
  ) -> UInt32 {
    SealedLine.append(to: &bytes) { bytes in
      appendHead(number, timestamp, more, to: &bytes)
      bytes.append(contentsOf: #"lost":"\#(reason)"}"#.utf8)
    }
  }

  /// Up to the quote before the last name.
  private static func appendHead(
    _ number: Int, _ timestamp: Timestamp, _ more: Int, to bytes: inout [UInt8]
  ) {
    bytes.append(contentsOf: #"","n":"#.utf8)
    bytes.append(contentsOf: String(number).utf8)
    bytes.append(contentsOf: #","at":""#.utf8)
    timestamp.append(to: &bytes)
    bytes.append(contentsOf: #"",""#.utf8)
    guard more > 0 else { return }
    bytes.append(contentsOf: #"more":"#.utf8)
    bytes.append(contentsOf: String(more).utf8)
    bytes.append(contentsOf: #",""#.utf8)
  }

  /// Reads a line without its line end; `nil` unless every byte is as it was written.
  init?(_ line: ArraySlice<UInt8>) {
    guard let (checksum, rest) = SealedLine.open(line) else { return nil }
    var scanner = Scanner(rest)
    guard scanner.skip(#"","n":"#), let number = scanner.integer(), number > 0,
      scanner.skip(#","at":""#), let timestamp = Timestamp(scanner.take(24)), scanner.skip("\"")
    else { return nil }
    var more = 0
    if scanner.skip(#","more":"#) {
      guard let count = scanner.integer(), count > 0 else { return nil }
      more = count
    }
    if scanner.skip(#","entry":"#), scanner.rest.last == UInt8(ascii: "}") {
      content = .entry(scanner.rest.dropLast())
    } else if scanner.skip(#","lost":""#), scanner.rest.suffix(2).elementsEqual(#""}"#.utf8) {
      content = .lost(String(decoding: scanner.rest.dropLast(2), as: UTF8.self))
    } else {
      return nil
    }
    self.number = number
    self.timestamp = timestamp
    self.more = more
    self.checksum = checksum
  }

  private struct Scanner {
    var rest: ArraySlice<UInt8>
    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func skip(_ text: StaticString) -> Bool {
      text.withUTF8Buffer { expected in
        guard rest.starts(with: expected) else { return false }
        rest.removeFirst(expected.count)
        return true
      }
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }

    mutating func integer() -> Int? {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard (1...18).contains(digits.count) else { return nil }
      rest = rest[digits.endIndex...]
      return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
  }
}

/// The first line of a journal or archive file.
struct JournalHeader: Codable, Equatable {
  /// The version of the file format that this program writes and reads.
  static let currentFormat = 1

  var format = currentFormat
  /// The domain's ``JournaledState/formatVersion`` when the file was begun.
  var stateVersion: Int
  /// The month whose entries the file holds.
  var month: String
  /// The number of the entry before the first one in this file.
  var after: Int
  /// That entry's checksum, so that files of different histories are not taken for one.
  var afterChecksum: String

  func line() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let members = try encoder.encode(self).dropFirst()
    var line: [UInt8] = []
    _ = SealedLine.append(to: &line) { line in
      line.append(contentsOf: "\",".utf8)
      line.append(contentsOf: members)
    }
    return line
  }

  /// Reads a header line without its line end.
  init(line: ArraySlice<UInt8>, stateVersion supported: Int) throws(FormatProblem) {
    struct Version: Decodable { var format: Int }
    guard let (_, rest) = SealedLine.open(line) else { throw .damaged("the header is not as it was written") }
    let json = Data([UInt8(ascii: "{")] + rest.dropFirst(2))
    if let version = try? JSONDecoder().decode(Version.self, from: json), version.format > Self.currentFormat
    {
      throw .newer(version.format)
    }
    guard let header = try? JSONDecoder().decode(Self.self, from: json), header.format == Self.currentFormat,
      header.after >= 0, Hex.parse(header.afterChecksum.utf8.map { $0 }) != nil, Month(header.month) != nil
    else { throw .damaged("the header is not one of a journal") }
    if header.stateVersion > supported { throw .newer(header.stateVersion) }
    self = header
  }

  init(stateVersion: Int, month: Month, after: Int, afterChecksum: UInt32) {
    self.stateVersion = stateVersion
    self.month = month.description
    self.after = after
    self.afterChecksum = Hex.text(afterChecksum)
  }
}
