/// Writes HTML fast: for the tables whose rows are too many for a template.
struct HTMLText: Sendable {
  private(set) var bytes: [UInt8] = []

  init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// Markup, as it stands.
  mutating func markup(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Text of any origin: what means something in HTML is escaped.
  ///
  /// Byte by byte, not character by character: a quotation mark with a combining accent is one character that
  /// equals no quotation mark, but a browser sees the quotation mark.
  mutating func text(_ text: String) {
    var text = text
    text.withUTF8 { source in
      for byte in source {
        switch byte {
        case UInt8(ascii: "&"): markup("&amp;")
        case UInt8(ascii: "<"): markup("&lt;")
        case UInt8(ascii: ">"): markup("&gt;")
        case UInt8(ascii: "\""): markup("&quot;")
        case UInt8(ascii: "'"): markup("&#39;")
        default: bytes.append(byte)
        }
      }
    }
  }

  mutating func number(_ value: Int) { bytes.append(contentsOf: String(value).utf8) }

  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// `text` as HTML.
  static func escaped(_ text: String) -> String {
    var writer = HTMLText(reserving: text.utf8.count + 16)
    writer.text(text)
    return writer.string
  }
}
