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
/// was lost and the file repaired, `"lost":"why"` stands in place of `"entry"`; `"to":20` before it says that
/// the line is of all entries from its number to that one.
struct JournalLine {
  /// No file has a larger number; any file that names one is damaged or forged.
  static let largestNumber = 1_000_000_000_000_000

  enum Content {
    case entry(ArraySlice<UInt8>)
    case lost(String)
  }

  let number: Int
  /// The last number that the line is of; more than ``number`` only where entries were lost.
  let last: Int
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
    lost reason: String, numbers: ClosedRange<Int>, timestamp: Timestamp, to bytes: inout [UInt8]
  ) -> UInt32 {
    SealedLine.append(to: &bytes) { bytes in
      appendHead(numbers.lowerBound, timestamp, 0, to: &bytes)
      if numbers.count > 1 { bytes.append(contentsOf: #"to":\#(numbers.upperBound),""#.utf8) }
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
    guard scanner.skip(#"","n":"#), let number = scanner.integer(), (1...Self.largestNumber).contains(number),
      scanner.skip(#","at":""#), let timestamp = Timestamp(scanner.take(24)), scanner.skip("\"")
    else { return nil }
    var more = 0
    if scanner.skip(#","more":"#) {
      guard let count = scanner.integer(), count > 0 else { return nil }
      more = count
    }
    var last = number
    if scanner.skip(#","to":"#) {
      guard more == 0, let end = scanner.integer(), end > number, end <= Self.largestNumber else {
        return nil
      }
      last = end
    }
    if last == number, scanner.skip(#","entry":"#), scanner.rest.last == UInt8(ascii: "}") {
      content = .entry(scanner.rest.dropLast())
    } else if scanner.skip(#","lost":""#), scanner.rest.suffix(2).elementsEqual(#""}"#.utf8) {
      content = .lost(String(decoding: scanner.rest.dropLast(2), as: UTF8.self))
    } else {
      return nil
    }
    self.number = number
    self.last = last
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
