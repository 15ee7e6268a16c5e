import Foundation

/// Text from people or cards as a terminal may show it: what would move the cursor, start a command of the terminal or
/// turn the order of letters round is written as its number.
public func terminalText(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: \.isHarmfulInTerminals) else { return text }
  return text.unicodeScalars.reduce(into: "") { shown, scalar in
    if scalar.isHarmfulInTerminals {
      shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    } else {
      shown.unicodeScalars.append(scalar)
    }
  }
}

/// Prints a line with text from people or cards in it.
public func printLine(_ text: String) { print(terminalText(text)) }

/// A time as people read it: by the clocks where the machine stands.
public func localText(_ time: WallTime, _ calendar: LocalCalendar = .system) -> String {
  calendar.civil(time).description
}

extension Unicode.Scalar {
  /// Control characters (C0, DEL, C1), line and paragraph separators, and what sets the direction of writing (UAX 9).
  var isHarmfulInTerminals: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}
