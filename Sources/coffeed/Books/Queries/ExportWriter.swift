import DaemonKit

/// A value in an exported row.
enum ExportCell: Equatable, Sendable {
  case none
  case text(String)
  case number(Int)
  case flag(Bool)
  case time(WallTime)
  /// In the currency's smallest unit.
  case amount(Int64, decimals: Int)

  static func optional(_ text: String?) -> ExportCell { text.map { .text($0) } ?? .none }
}

/// Writes rows as CSV or JSON.
///
/// In CSV a text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe before it:
/// spreadsheets would take it for a formula and carry it out, and whoever may choose a name could have it do
/// things. So a phone number `+41 44 …` comes out as `'+41 44 …`. Numbers, amounts and times are never texts.
/// True and false are 1 and 0.
struct ExportWriter {
  private(set) var bytes: [UInt8] = []
  private let format: ExportFormat
  private let columns: [String]
  private let keys: [[UInt8]]
  private var isFirst = true

  init(_ format: ExportFormat, columns: [String]) {
    self.format = format
    self.columns = columns
    keys = columns.map { Array(#""\#($0)":"#.utf8) }
  }

  mutating func takeBytes() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  mutating func begin() {
    switch format {
    case .csv: append(columns.map { ExportCell.text($0) })
    case .json: bytes.append(UInt8(ascii: "["))
    }
  }

  mutating func end() {
    if format == .json { bytes.append(contentsOf: isFirst ? "]\n".utf8 : "\n]\n".utf8) }
  }

  mutating func append(_ row: [ExportCell]) {
    switch format {
    case .csv:
      for (index, cell) in row.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        appendCSV(cell)
      }
      bytes.append(contentsOf: "\r\n".utf8)
    case .json:
      bytes.append(contentsOf: isFirst ? "\n{".utf8 : ",\n{".utf8)
      isFirst = false
      for (index, cell) in row.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: keys[index])
        appendJSON(cell)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func appendCSV(_ cell: ExportCell) {
    switch cell {
    case .none: break
    case .number(let number): bytes.append(contentsOf: String(number).utf8)
    case .flag(let flag): bytes.append(UInt8(ascii: flag ? "1" : "0"))
    case .time(let time): append(time)
    case .amount(let units, let decimals): append(units, decimals: decimals)
    case .text(let text):
      var text = text
      if let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) { text = "'" + text }
      guard text.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else {
        bytes.append(contentsOf: text.utf8)
        return
      }
      bytes.append(UInt8(ascii: "\""))
      for byte in text.utf8 {
        if byte == UInt8(ascii: "\"") { bytes.append(byte) }
        bytes.append(byte)
      }
      bytes.append(UInt8(ascii: "\""))
    }
  }

  private mutating func appendJSON(_ cell: ExportCell) {
    switch cell {
    case .none: bytes.append(contentsOf: "null".utf8)
    case .number(let number): bytes.append(contentsOf: String(number).utf8)
    case .flag(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    case .amount(let units, _): bytes.append(contentsOf: String(units).utf8)
    case .time(let time):
      bytes.append(UInt8(ascii: "\""))
      append(time)
      bytes.append(UInt8(ascii: "\""))
    case .text(let text):
      bytes.append(UInt8(ascii: "\""))
      for byte in text.utf8 { appendEscaped(byte) }
      bytes.append(UInt8(ascii: "\""))
    }
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
    case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
    case UInt8(ascii: "\n"): bytes.append(contentsOf: #"\n"#.utf8)
    case UInt8(ascii: "\r"): bytes.append(contentsOf: #"\r"#.utf8)
    case UInt8(ascii: "\t"): bytes.append(contentsOf: #"\t"#.utf8)
    case 0..<32:
      let digits = String(byte, radix: 16)
      bytes.append(contentsOf: (#"\u00"# + (digits.utf8.count < 2 ? "0" : "") + digits).utf8)
    default: bytes.append(byte)
    }
  }

  /// As `WallTime.description`, by hand: a formatter costs more than the rest of a row.
  private mutating func append(_ time: WallTime) {
    let date = CivilDate(utc: time)
    let (year, month, day) = date.components
    guard (0...9999).contains(year) else {
      bytes.append(contentsOf: time.description.utf8)
      return
    }
    let inDay = Int(time.milliseconds - date.startInUTC.milliseconds)
    digits(year, 4, then: "-")
    digits(month, 2, then: "-")
    digits(day, 2, then: "T")
    digits(inDay / 3_600_000, 2, then: ":")
    digits(inDay / 60_000 % 60, 2, then: ":")
    digits(inDay / 1000 % 60, 2, then: ".")
    digits(inDay % 1000, 3, then: "Z")
  }

  private mutating func digits(_ value: Int, _ count: Int, then separator: Unicode.Scalar) {
    var power = 1
    for _ in 1..<count { power *= 10 }
    while power > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / power % 10))
      power /= 10
    }
    bytes.append(UInt8(ascii: separator))
  }

  private mutating func append(_ units: Int64, decimals: Int) {
    var digits = String(units.magnitude)
    if decimals > 0 {
      digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
    }
    bytes.append(contentsOf: ((units < 0 ? "-" : "") + digits).utf8)
  }
}
