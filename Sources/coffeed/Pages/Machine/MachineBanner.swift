import PanelKit
import Synchronization

/// The machine's line in the header of every page, which its script keeps up to date. It says the same for
/// seconds or hours, so it is not drawn for each page.
final class MachineBanner: Sendable {
  /// What the template `machine` reads.
  private struct Content: Hashable {
    var phase: String
    var text: String
    var name: String
    var lost: String
    var version: String
    var events: String
  }

  private let drawn = Mutex(RecentlyUsed<Content, String>(capacity: 16 << 10))

  /// - Parameter isFull: whether the line says what only some may read: their pages listen at an address of their own,
  ///   for all pages of a browser with the same address share what comes from it.
  func html(_ line: MachineLine, language: Language, isFull: Bool) -> String {
    let words = CommonWords.in(language)
    let content = Content(
      phase: line.phase, text: line.text, name: words.machine, lost: words.connectionLost,
      version: CoffeeFrame.version, events: "/events?lang=\(language.rawValue)" + (isFull ? "&full" : ""))
    if let known = drawn.withLock({ $0.value(content) }) { return known }
    let html = PageParts.shared.html(content, template: "machine")
    drawn.withLock { $0.insert(html, for: content, size: html.utf8.count) }
    return html
  }
}
