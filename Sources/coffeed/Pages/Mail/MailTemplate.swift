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
  /// Names with one brace only, as they stand: `{total_price`, `total_price}`.
  private let halves: [String]
  /// Names in double braces, which are text.
  private let doubled: [String]

  /// The longest text that a template makes, in bytes.
  static let longest = 16_384

  init(_ source: String) {
    var parts: [Part] = []
    var (halves, doubled): ([String], [String]) = ([], [])
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
        if scalar == "{" { doubled.append(String(rest.prefix(while: Self.isOfName))) }
        text.unicodeScalars.append(scalar)
        continue
      }
      guard scalar == "{", let end = rest.firstIndex(of: "}"), !rest[..<end].contains("{") else {
        let name =
          scalar == "{"
          ? String(rest.prefix(while: Self.isOfName))
          : String(
            String.UnicodeScalarView(text.unicodeScalars.reversed().prefix(while: Self.isOfName).reversed()))
        if !name.isEmpty { halves.append(scalar == "{" ? "{" + name : name + "}") }
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
    self.halves = halves
    self.doubled = doubled
  }

  private static func isOfName(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic
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

  /// What looks like a gap and is never filled, as it stands: most likely misspelt.
  func suspects(among names: some Collection<String>) -> [String] {
    var suspects: [String] = []
    for case .gap(let name, let source) in parts where !names.contains(name) { suspects.append(source) }
    suspects += halves
    for name in doubled where names.contains(name) { suspects.append("{{\(name)}}") }
    var known: Set<String> = []
    return suspects.filter { known.insert($0).inserted }
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
