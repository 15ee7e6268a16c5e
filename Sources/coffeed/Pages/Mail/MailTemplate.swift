/// The text of a mail with gaps, such as `{total_price}`.
///
/// A gap is filled only with what is listed for it; one that is not listed stays as it is. What stands after the
/// name (`{total_price:.2f}`) had a meaning for the predecessor and is passed over. `{{` and `}}` are braces.
struct MailTemplate: Sendable {
  private enum Part: Sendable {
    case text(String)
    case gap(name: String, source: String)
  }
  private let parts: [Part]

  /// The longest text that a template makes, in bytes.
  static let longest = 16_384

  init(_ source: String) {
    var parts: [Part] = []
    var text = ""
    var rest = source.unicodeScalars[...]
    func endText() {
      if !text.isEmpty { parts.append(.text(text)) }
      text = ""
    }
    while let scalar = rest.popFirst() {
      guard scalar == "{" || scalar == "}" else {
        text.unicodeScalars.append(scalar)
        continue
      }
      if rest.first == scalar {
        rest.removeFirst()
        text.unicodeScalars.append(scalar)
        continue
      }
      guard scalar == "{", let end = rest.firstIndex(of: "}"), !rest[..<end].contains("{") else {
        text.unicodeScalars.append(scalar)
        continue
      }
      let inside = rest[..<end]
      let name = inside.prefix { $0 != ":" && $0 != "!" }
      endText()
      parts.append(.gap(name: String(name), source: "{\(String(inside))}"))
      rest = rest[rest.index(after: end)...]
    }
    endText()
    self.parts = parts
  }

  /// The text with its gaps filled. What is filled in is not looked at again.
  func filled(_ values: [String: String]) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .text(let part): text += part
      case .gap(let name, let source): text += values[name] ?? source
      }
      if text.utf8.count > Self.longest { return text.prefix(bytes: Self.longest) }
    }
    return text
  }

  /// The names of gaps that are not listed, in their order: most likely misspelt.
  func unknownNames(among names: some Collection<String>) -> [String] {
    var unknown: [String] = []
    for case .gap(let name, _) in parts where !names.contains(name) && !unknown.contains(name) {
      unknown.append(name)
    }
    return unknown
  }
}

extension String {
  /// The longest beginning of whole characters that fits into so many bytes.
  func prefix(bytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var text = ""
    var count = 0
    for character in self {
      count += character.utf8.count
      guard count <= limit else { break }
      text.append(character)
    }
    return text
  }
}
