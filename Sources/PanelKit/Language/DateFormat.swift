/// Writes the labels of a chart's days as a reader of a language expects them. Everywhere else a day is written
/// `2026-11-25`.
///
/// It does without Foundation's formatters: their locale data is most of a small daemon's memory.
public struct DateFormat: Sendable {
  public let language: Language

  public init(_ language: Language) { self.language = language }

  /// A day of a chart, `25 Nov`, `25.11.`, `25/11`, from `2026-11-25`; what is no such text is returned as it
  /// is.
  public func day(_ iso: String) -> String {
    let parts = iso.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, (1...12).contains(parts[1]) else { return iso }
    switch language {
    case .english: return "\(parts[2]) \(Self.englishMonths[parts[1] - 1])"
    case .german: return "\(parts[2]).\(parts[1])."
    case .french: return "\(two(parts[2]))/\(two(parts[1]))"
    }
  }

  // In English the order of day and month differs between countries: so the month is a word.
  private static let englishMonths = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}

private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
