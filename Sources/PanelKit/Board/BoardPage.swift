import Hummingbird

/// The page of a virtual board as a document: the frame, the cards and the reader are the same for every daemon; the
/// rest is its own.
///
/// A daemon's template stands in the frame `layout` and begins its body with the part `board-start`; the parts
/// `board-cards` and `board-pins` are sections. It reads `own` (what the routes were given) and `board.words`. Its
/// script comes after the shared one and calls `board.start(…)`.
public struct BoardPage: Sendable {
  let page: LivePage
  /// The daemon's name.
  private let daemon: String

  public init(daemon: String, style: [UInt8], script: [UInt8], template: [UInt8]) {
    self.daemon = daemon
    page = LivePage(
      name: "board", style: PackageResources.board_css + style, script: PackageResources.board_js + script,
      template: template)
  }

  /// What the template reads.
  private struct Content {
    var board: Board
    var own: Any
  }
  private struct Board {
    var words: BoardWords
    var wordsText: String
    var snapshot: String
    var faults: [Fault]
  }
  private struct Fault {
    var value: String
    var label: String
  }

  func response(_ snapshot: some BoardSnapshot, own: Any, language: Language) -> Response {
    var words = BoardWords.in(language)
    words.daemonRuns.replace("{daemon}", with: daemon)
    words.daemonDown.replace("{daemon}", with: daemon)
    let board = Board(
      words: words, wordsText: (try? JSONText.encode(words)) ?? "{}",
      snapshot: (try? JSONText.encode(snapshot)) ?? "null",
      faults: ReaderFault.allCases.map { Fault(value: $0.rawValue, label: words.label(of: $0)) })
    return page.response(Content(board: board, own: own), title: words.title, language: language)
  }
}
