import Foundation

/// Texts as people look for them and expect them in a list: without regard to case and to marks above, below or through
/// a letter, so that `özlem`, `Özlem` and `ozlem` are alike, however they were typed.
enum SearchText {
  /// What is alike has the same bytes.
  static func bytes(_ text: String) -> [UInt8] {
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
      return text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 + 32 : $0 }
    }
    var key: [UInt8] = []
    for scalar in text.lowercased().decomposedStringWithCompatibilityMapping.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark: continue
      default: break
      }
      key.append(contentsOf: (undivided[scalar] ?? String(scalar)).utf8)
    }
    return key
  }

  /// The bytes that a text must have to be found by this one. What is nothing but marks is looked for as it is.
  static func wanted(_ text: String) -> [UInt8] {
    let key = bytes(text)
    return key.isEmpty ? Array(text.utf8) : key
  }

  /// Letters that are not made of one and a mark.
  private static let undivided: [Unicode.Scalar: String] = [
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "þ": "th",
    "ς": "σ", "’": "'",
  ]

  /// The place of a text in a list. What differs only in case and marks has an order too, so that a list is always the
  /// same.
  struct Sorting: Comparable {
    private let key: [UInt8]
    private let text: String

    init(_ text: String) {
      key = SearchText.bytes(text)
      self.text = text
    }

    static func < (left: Self, right: Self) -> Bool {
      left.key == right.key
        ? left.text < right.text : left.key.lexicographicallyPrecedes(right.key)
    }
  }
}
