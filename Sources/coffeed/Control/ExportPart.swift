/// Some rows of an exported table, in UTF-8; the first part of a CSV has the header.
struct ExportPart: Codable, Equatable, Sendable {
  var text: String
  var isLast: Bool
}

/// Puts the parts of a table together.
struct ExportJoin {
  private let format: ExportFormat
  private var hasRows = false

  init(_ format: ExportFormat) { self.format = format }

  var beginning: String { format == .json ? "[" : "" }

  mutating func next(_ part: ExportPart) -> String {
    guard format == .json, !part.text.isEmpty else { return part.text }
    defer { hasRows = true }
    return hasRows ? "," + part.text : part.text
  }

  var end: String { format == .json ? (hasRows ? "\n]\n" : "]\n") : "" }
}
