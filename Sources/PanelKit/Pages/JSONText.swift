import Foundation

/// JSON as the pages send and receive it.
public enum JSONText {
  /// A string with its quotation marks, escaped.
  public static func string(_ text: String) -> String {
    (try? encode(text)) ?? #""""#
  }

  /// `value` on one line, its keys in order, so that equal values make equal text.
  public static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
