import Foundation
import Hummingbird
import PageTesting
import Logging
import PanelKit
import Testing

@testable import tapd

/// Every word that the kiosk's page shows or has spoken, in each state and language, stands in `kiosk-words.txt` beside
/// this file: whoever changes a word sees it in the change of that list, and nobody changes one by mistake.
///
/// `KIOSK_WORDS=write swift test --filter KioskWordsTests` writes the list anew.
@Suite struct KioskWordsTests {
  private static let list = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "kiosk-words.txt")

  @Test func everyWordIsOnTheList() async throws {
    let shown = try await Self.lines()
    if ProcessInfo.processInfo.environment["KIOSK_WORDS"] == "write" {
      try (shown.joined(separator: "\n") + "\n").write(to: Self.list, atomically: true, encoding: .utf8)
    }
    let listed = try String(contentsOf: Self.list, encoding: .utf8).split(separator: "\n").map(String.init)
    let advice: Comment = "if it was meant: KIOSK_WORDS=write swift test --filter KioskWordsTests"
    for line in Set(shown).subtracting(listed).sorted() { Issue.record("new: \(line): \(advice)") }
    for line in Set(listed).subtracting(shown).sorted() { Issue.record("gone: \(line): \(advice)") }
    #expect(shown == listed, advice)
  }

  /// What is shown in all states, a line for each text: language, where it is shown first, and the text.
  private static func lines() async throws -> [String] {
    var lines: [String] = []
    for language in Language.allCases {
      // With each notice all that is not shown without one.
      var (plainly, known): (Set<String>, Set<String>) = ([], [])
      func note(_ text: String, in state: String, _ notice: TapScreen.Notice? = nil) {
        let text = plain(text)
        guard text.contains(where: \.isLetter), !text.contains("XTS"), !plainly.contains(text) else { return }
        if notice == nil { plainly.insert(text) }
        guard known.insert("\(notice.map { "\($0)" } ?? "") \(text)").inserted else { return }
        lines.append("\(language.rawValue) \(state): \(text)")
      }
      for (state, screen) in screens {
        for (_, text) in KioskView(screen, language: language).text.sorted(by: { $0.key < $1.key }) {
          note(text, in: state, screen.notice)
        }
      }
      for (_, text) in KioskView.connectionLost(language).text.sorted(by: { $0.key < $1.key }) {
        note(text, in: "lost")
      }
      // What stands in the page itself.
      for phase in TapScreen.Phase.allCases {
        let screen = TapScreen(phase: phase, tap: "", currency: "XTS", currencyDecimals: 2)
        for text in try await pageTexts(screen, language) {
          note(text, in: "\(phase.rawValue), the page itself")
        }
      }
    }
    return lines
  }

  /// Every phase with every notice, with and without what may stand beside it.
  private static var screens: [(state: String, screen: TapScreen)] {
    var screens: [(String, TapScreen)] = []
    for notice in [nil] + TapScreen.Notice.allCases.map(Optional.some) {
      for phase in TapScreen.Phase.allCases {
        let name = phase.rawValue + (notice.map { " \($0)" } ?? "")
        var screen = TapScreen(phase: phase, tap: "", currency: "XTS", currencyDecimals: 2)
        screen.notice = notice
        screens.append((name, screen))
        screen.pricePerLitre = .init(minorUnits: 0)
        screen.balance = .init(minorUnits: 100)
        (screen.kegRemainingMicrolitres, screen.kegCapacityMicrolitres) = (1_000_000, 30_000_000)
        screens.append((name + " with balance", screen))
        for microlitres: Int64 in [0, 100_000] {
          for limit: Int64? in [nil, 200_000] {
            for speed: Int64 in [0, 30_000] {
              screen.pour = TapScreen.Pour(
                microlitres: microlitres, microlitresPerSecond: speed, limitMicrolitres: limit,
                cost: .init(minorUnits: 10), balance: .init(minorUnits: 90))
              screens.append((name + (microlitres == 0 ? " empty" : " poured"), screen))
            }
          }
        }
      }
    }
    return screens
  }

  /// The texts of a page and of its attributes that are spoken.
  private static func pageTexts(_ screen: TapScreen, _ language: Language) async throws -> [String] {
    let server = PanelServer(
      host: "127.0.0.1", port: 0,
      routes: [KioskRoutes(taps: [KioskTap(name: "x", screen: Broadcaster(screen))], language: language)],
      protection: .localOnly, logger: Logger(label: "test"))
    let page = try await server.application.serve { client in
      try await client.execute(uri: "/", method: .get) { String(buffer: $0.body) }
    }
    let spoken = page.matches(of: /(?:aria-label|title|alt|placeholder)="([^"]*)"/).map { String($0.1) }
    let visible = page.replacing(/(?s)<(script|style|head)\b.*?<\/\1>/, with: "")
      .replacing(/(?s)<[^>]*>/, with: "\n")
    return spoken + visible.split(separator: "\n").map(String.init)
  }

  /// Without the signs that stand for others in HTML, and with blanks that can be seen in a list.
  private static func plain(_ text: String) -> String {
    text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
      .replacing("&#39;", with: "'").replacing("&amp;", with: "&").trimmingCharacters(in: .whitespaces)
      .replacing("\u{A0}", with: "⍽").replacing("\u{202F}", with: "⍽").replacing("\u{2011}", with: "‑")
  }
}
