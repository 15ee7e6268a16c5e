import Hummingbird
import PanelKit

/// The board page as a document.
enum BoardPage {
  static let page = LivePage(
    name: "board", style: PackageResources.board_css, script: PackageResources.board_js,
    template: PackageResources.board_mustache)

  /// What the template reads.
  private struct Content {
    var words: BoardWords
    var wordsText: String
    var snapshot: String
    var faults: [Fault]
  }
  private struct Fault {
    var value: String
    var label: String
  }

  static func response(_ snapshot: BoardSnapshot, language: Language) -> Response {
    let words = BoardWords.in(language)
    let content = Content(
      words: words,
      wordsText: (try? JSONText.encode(words)) ?? "{}", snapshot: (try? JSONText.encode(snapshot)) ?? "null",
      faults: ReaderFault.allCases.map { Fault(value: $0.rawValue, label: words.label(of: $0)) })
    return page.response(content, title: words.title, language: language)
  }
}

extension BoardWords {
  fileprivate func label(of fault: ReaderFault) -> String {
    switch fault {
    case .none: faultNone
    case .deaf: faultDeaf
    case .frozen: faultFrozen
    case .disconnected: faultDisconnected
    }
  }
}
