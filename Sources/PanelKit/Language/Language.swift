/// A language that the pages speak.
public enum Language: String, CaseIterable, Codable, Sendable {
  case english = "en"
  case german = "de"
  case french = "fr"

  /// What it is called by those who speak it.
  public var ownName: String {
    switch self {
    case .english: "English"
    case .german: "Deutsch"
    case .french: "Français"
    }
  }

  /// Reads a language tag as in `fr`, `fr-CH` or `EN_us`; only the primary subtag counts (RFC 5646, 2.2.1).
  public init?(tag: some StringProtocol) {
    let primary = tag.prefix { $0 != "-" && $0 != "_" }.lowercased()
    self.init(rawValue: primary)
  }

  /// The language that a browser likes best, by its `Accept-Language` header (RFC 9110, 12.5.4).
  ///
  /// Entries that cannot be read are passed over; `nil` when none of the languages spoken here is wanted.
  public static func negotiated(acceptLanguage header: String) -> Language? {
    var best: (language: Language, quality: Double)?
    for entry in header.split(separator: ",") {
      let parts = entry.split(separator: ";").map { $0.drop(while: \.isWhitespace) }
      guard let tag = parts.first, let language = Language(tag: tag.prefix { !$0.isWhitespace }) else {
        continue
      }
      var quality = 1.0
      for parameter in parts.dropFirst() where parameter.hasPrefix("q=") {
        guard let value = Double(parameter.dropFirst(2)), (0...1).contains(value) else {
          quality = 0
          continue
        }
        quality = value
      }
      if quality > (best?.quality ?? 0) { best = (language, quality) }
    }
    return best?.language
  }
}

/// A table of words: one value for each language.
///
/// A table is a struct with one member for each text and a constant of it for each language, so that a text
/// or a whole language that is missing does not compile. A new language is a new requirement here.
public protocol Words: Sendable {
  static var english: Self { get }
  static var german: Self { get }
  static var french: Self { get }
}

extension Words {
  /// The table in `language`.
  public static func `in`(_ language: Language) -> Self {
    switch language {
    case .english: english
    case .german: german
    case .french: french
    }
  }
}
