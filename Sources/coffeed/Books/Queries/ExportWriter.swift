import DaemonKit

/// A value in an exported row.
enum ExportCell: Equatable, Sendable {
  case none
  case text(String)
  case number(Int)
  case flag(Bool)
  case time(WallTime)
  /// In the currency's smallest unit.
  case amount(Int64, decimals: Int, currency: String)

  static func optional(_ text: String?) -> ExportCell { text.map { .text($0) } ?? .none }
}

/// Writes rows as CSV or JSON.
///
/// CSV is for spreadsheets. It begins with a byte order mark, without which they take UTF-8 for something else. Times are
/// those of the clock on the wall, to the second, and a last column names its zone; amounts have the decimal mark of the
/// reader's language. JSON is for programs: exact times in UTC, amounts in the smallest unit.
///
/// In CSV a text that a spreadsheet would take for a formula and carry out gets an apostrophe before it, for whoever may
/// choose a name could have it do things: one that begins with `=`, `+`, `-` or `@`, in whatever width, also after what a
/// spreadsheet passes over. So a phone number `+41 44 …` comes out as `'+41 44 …`. Numbers, amounts and times are never
/// texts. True and false are 1 and 0.
struct ExportWriter {
  private(set) var bytes: [UInt8] = []
  private let format: ExportFormat
  private let style: CSVStyle
  private let columns: [String]
  private let keys: [[UInt8]]
  /// In each row of a CSV that has times.
  private let zone: String?
  private var clock: LocalClock
  private var isFirst = true

  /// - Parameter hasTimes: whether there are times in the rows.
  init(
    _ format: ExportFormat, columns: [String], hasTimes: Bool = false, style: CSVStyle = CSVStyle(),
    calendar: LocalCalendar = .system
  ) {
    self.format = format
    self.style = style
    self.columns = columns
    keys = columns.map { Array(#""\#($0)":"#.utf8) }
    zone = hasTimes ? calendar.name : nil
    clock = LocalClock(calendar)
  }

  mutating func takeBytes() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  mutating func begin() {
    switch format {
    case .csv:
      bytes.append(contentsOf: [0xEF, 0xBB, 0xBF])
      appendCSV(columns.map { .text($0) } + (zone == nil ? [] : [.text("time_zone")]))
    case .json: bytes.append(UInt8(ascii: "["))
    }
  }

  mutating func end() {
    if format == .json { bytes.append(contentsOf: isFirst ? "]\n".utf8 : "\n]\n".utf8) }
  }

  mutating func append(_ row: [ExportCell]) {
    switch format {
    case .csv: appendCSV(zone.map { row + [.text($0)] } ?? row)
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

  private mutating func appendCSV(_ row: [ExportCell]) {
    for (index, cell) in row.enumerated() {
      if index > 0 { bytes.append(style.separator.byte) }
      appendCSV(cell)
    }
    bytes.append(contentsOf: "\r\n".utf8)
  }

  private mutating func appendCSV(_ cell: ExportCell) {
    switch cell {
    case .none: break
    case .number(let number): bytes.append(contentsOf: String(number).utf8)
    case .flag(let flag): bytes.append(UInt8(ascii: flag ? "1" : "0"))
    case .time(let time): appendLocal(time)
    case .amount(let units, let decimals, let currency):
      let mark = style.decimalMark(of: currency)
      appendQuoted(decimalText(units, decimals: decimals).replacing(".", with: mark))
    case .text(let text): appendQuoted(Self.isFormula(text) ? "'" + text : text)
    }
  }

  /// In quotation marks where it holds what may separate cells, of this file or of another reading of it.
  private mutating func appendQuoted(_ text: String) {
    guard text.utf8.contains(where: { "\",;\t\r\n".utf8.contains($0) }) else {
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

  /// Whether a spreadsheet may take a text for a formula. It passes over blanks of any kind, line breaks, and characters
  /// that show nothing.
  private static func isFormula(_ text: String) -> Bool {
    for (index, scalar) in text.unicodeScalars.enumerated() {
      let properties = scalar.properties
      let isUnseen =
        properties.isWhitespace || properties.isDefaultIgnorableCodePoint
        || [.control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse].contains(
          properties.generalCategory)
      // Some take these for the beginning of a formula.
      if index == 0, "\t\r\n".unicodeScalars.contains(scalar) { return true }
      if !isUnseen { return formulaMarks.contains(scalar) }
    }
    return false
  }

  /// With those of East Asian width, and the small ones.
  private static let formulaMarks = Set("=+-@＝＋－＠﹦﹢﹣﹫".unicodeScalars)

  private mutating func appendJSON(_ cell: ExportCell) {
    switch cell {
    case .none: bytes.append(contentsOf: "null".utf8)
    case .number(let number): bytes.append(contentsOf: String(number).utf8)
    case .flag(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    case .amount(let units, _, _): bytes.append(contentsOf: String(units).utf8)
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

  private mutating func digits(_ value: Int, _ count: Int, then separator: Unicode.Scalar?) {
    var power = 1
    for _ in 1..<count { power *= 10 }
    while power > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / power % 10))
      power /= 10
    }
    if let separator { bytes.append(UInt8(ascii: separator)) }
  }

  /// `2026-11-25 09:12:00`, which spreadsheets take for a time.
  private mutating func appendLocal(_ time: WallTime) {
    let (day, second) = clock.local(time.milliseconds)
    let (year, month, dayOfMonth) = CivilDate(number: Int(clamping: day)).components
    guard (0...9999).contains(year) else {
      bytes.append(contentsOf: time.description.utf8)
      return
    }
    digits(year, 4, then: "-")
    digits(month, 2, then: "-")
    digits(dayOfMonth, 2, then: " ")
    digits(second / 3600, 2, then: ":")
    digits(second / 60 % 60, 2, then: ":")
    digits(second % 60, 2, then: nil)
  }
}
