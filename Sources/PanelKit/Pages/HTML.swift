/// Text on its way into HTML.
public enum HTML {
  /// `text` so that it is text wherever it stands: between tags and in the value of an attribute.
  ///
  /// Templates escape by themselves. This is for what is put together by hand, as a table of many rows, which
  /// a template would draw too slowly, and then stands in the template with three braces.
  public static func escape(_ text: some StringProtocol) -> String {
    guard text.utf8.contains(where: { needsEscape($0) }) else { return String(text) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 16)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes += "&amp;".utf8
      case UInt8(ascii: "<"): bytes += "&lt;".utf8
      case UInt8(ascii: ">"): bytes += "&gt;".utf8
      case UInt8(ascii: "\""): bytes += "&quot;".utf8
      case UInt8(ascii: "'"): bytes += "&#39;".utf8
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
      || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }
}
