import DaemonKit
import Foundation
import Hummingbird

/// The parameters in an address. The first of those with the same name counts.
struct PageQuery: Sendable {
  /// In their order: there are few, and most pages ask for one or two.
  private let fields: [(name: String, value: String)]

  init(_ request: Request) {
    self.init(
      (request.uri.query ?? "").utf8.split(separator: UInt8(ascii: "&")).map { field in
        let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        return (Self.decoded(Substring(parts[0])), parts.count > 1 ? Self.decoded(Substring(parts[1])) : "")
      })
  }

  /// As a browser encodes a form: a blank is a plus sign.
  private static func decoded(_ text: Substring) -> String {
    // Most need no decoding, and Foundation takes its time over it.
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "%") }) else {
      return String(text)
    }
    let text = String(text.replacing("+", with: " "))
    return text.removingPercentEncoding ?? text
  }

  init(_ fields: [(String, String)]) { self.fields = fields }

  /// A text without blanks around it; empty when it was not given.
  func text(_ name: String) -> String { trimmed(fields.first { $0.name == name }?.value ?? "") }

  /// A whole number from 1 on, or `fallback`.
  func number(_ name: String, default fallback: Int, upTo limit: Int) -> Int {
    guard let value = Int(text(name)), value >= 1 else { return fallback }
    return min(value, limit)
  }

  /// A day; nil when none was given.
  func date(_ name: String) throws(PageQueryError) -> CivilDate? {
    let text = text(name)
    guard !text.isEmpty else { return nil }
    guard let date = CivilDate(text) else { throw PageQueryError() }
    return date
  }

  /// The second of a day; nil when none was given.
  func secondOfDay(_ name: String) throws(PageQueryError) -> Int? {
    let text = text(name)
    guard !text.isEmpty else { return nil }
    guard let second = CivilTime.secondOfDay(text) else { throw PageQueryError() }
    return second
  }
}

/// A parameter cannot be read. As with the predecessor, such a page shows nothing and is no error.
struct PageQueryError: Error {}

/// `text` without blanks around it.
func trimmed(_ text: String) -> String {
  var rest = text[...]
  while rest.first?.isWhitespace == true { rest.removeFirst() }
  while rest.last?.isWhitespace == true { rest.removeLast() }
  return String(rest)
}

/// Builds the query of an address; what is empty is left out.
func queryText(_ pairs: [(name: String, value: String)]) -> String {
  var bytes: [UInt8] = []
  for (name, value) in pairs where !value.isEmpty {
    bytes.append(UInt8(ascii: bytes.isEmpty ? "?" : "&"))
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: "="))
    bytes.append(contentsOf: value.percentEncoded.utf8)
  }
  return String(decoding: bytes, as: UTF8.self)
}
