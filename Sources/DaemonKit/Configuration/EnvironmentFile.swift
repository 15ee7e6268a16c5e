/// A file of variables, as dotenv and systemd's `EnvironmentFile=` read it: `NAME=value` a line, with or without
/// `export` before it, empty lines, and comments.
///
/// A value may stand in single quotes, where all is taken as it is, or in double quotes, where a backslash makes
/// `\"`, `\\`, `\$`, `` \` `` and line breaks; both may go over several lines. Without quotes blanks at the ends do not
/// count, a backslash at the end of the line goes on with the next one, and ` #` begins a comment. Where a name is set
/// twice, the last one counts.
public struct EnvironmentFile: Equatable, Sendable {
  public private(set) var variables: [String: String] = [:]
  /// What cannot be read, each with its line.
  public private(set) var problems: [String] = []

  public init(_ text: String) {
    var reader = Reader(text)
    while reader.skipToNextLine() {
      let line = reader.line
      switch reader.assignment() {
      case .success(let (name, value)): variables[name] = value
      case .failure(let problem):
        problems.append("line \(line) \(problem.words)")
        reader.skipLine()
      }
    }
  }

  private struct Problem: Error { var words: String }

  private struct Reader {
    private var rest: Substring.UnicodeScalarView
    private(set) var line = 1

    init(_ text: String) {
      // Line ends of other systems, and the mark that some editors begin a file with.
      let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
      rest = (lines.hasPrefix("\u{FEFF}") ? lines.dropFirst() : lines[...]).unicodeScalars
    }

    private mutating func next() -> Unicode.Scalar? {
      guard let scalar = rest.popFirst() else { return nil }
      if scalar == "\n" { line += 1 }
      return scalar
    }

    private mutating func skipBlanks() {
      while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    }

    mutating func skipLine() {
      while let scalar = next(), scalar != "\n" {}
    }

    /// Skips empty lines and comments.
    /// - Returns: whether there is more.
    mutating func skipToNextLine() -> Bool {
      while true {
        skipBlanks()
        switch rest.first {
        case nil: return false
        case "\n": _ = next()
        case "#", ";": skipLine()
        default: return true
        }
      }
    }

    mutating func assignment() -> Result<(String, String), Problem> {
      var name = word()
      if name == "export" {
        skipBlanks()
        name = word()
      }
      skipBlanks()
      guard rest.first == "=" else {
        return .failure(Problem(words: "is no NAME=value: write a comment with # before it"))
      }
      rest.removeFirst()
      let digits: ClosedRange<Unicode.Scalar> = "0"..."9"
      guard let first = name.unicodeScalars.first, !digits.contains(first),
        name.unicodeScalars.allSatisfy(Self.isName)
      else {
        return .failure(Problem(words: "has a name that no variable can have: use letters, digits and _"))
      }
      skipBlanks()
      return value().map { (name, $0) }
    }

    private static func isName(_ scalar: Unicode.Scalar) -> Bool {
      ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
        || scalar == "_"
    }

    private mutating func word() -> String {
      var word = String.UnicodeScalarView()
      while let scalar = rest.first, scalar != "=", !scalar.properties.isWhitespace {
        word.append(rest.removeFirst())
      }
      return String(word)
    }

    /// Up to the end of its line.
    private mutating func value() -> Result<String, Problem> {
      var value = String.UnicodeScalarView()
      var isQuoted = false
      var blanks = String.UnicodeScalarView()
      while let scalar = next(), scalar != "\n" {
        switch scalar {
        // Only where a value begins, or goes on behind another quote: don't has none.
        case "'" where blanks.isEmpty && (value.isEmpty || isQuoted),
          "\"" where blanks.isEmpty && (value.isEmpty || isQuoted):
          isQuoted = true
          guard append(upTo: scalar, to: &value) else {
            return .failure(Problem(words: "has a quote that nothing ends"))
          }
        case " ", "\t": blanks.append(scalar)
        case "#" where !blanks.isEmpty || value.isEmpty && !isQuoted:
          skipLine()
          return .success(String(value))
        case "\\" where rest.first == "\n": _ = next()
        default:
          guard !isQuoted else {
            return .failure(Problem(words: "goes on behind the quote: write a comment with #"))
          }
          value.append(contentsOf: blanks)
          blanks = .init()
          value.append(scalar)
        }
      }
      return .success(String(value))
    }

    /// Reads what stands in quotes, and the quote at its end.
    private mutating func append(upTo quote: Unicode.Scalar, to value: inout String.UnicodeScalarView) -> Bool
    {
      while let scalar = next() {
        if scalar == quote { return true }
        guard scalar == "\\", quote == "\"", let escaped = next() else {
          value.append(scalar)
          continue
        }
        switch escaped {
        case "\"", "\\", "$", "`": value.append(escaped)
        case "n": value.append("\n")
        case "r": value.append("\r")
        case "t": value.append("\t")
        case "\n": break
        default:
          value.append(scalar)
          value.append(escaped)
        }
      }
      return false
    }
  }
}
