import Hummingbird
import PanelKit

/// The board page as a document.
enum BoardPage {
  static let assets = StaticAssets([
    StaticAsset(name: "board.css", mediaType: "text/css", bytes: PackageResources.board_css),
    StaticAsset(name: "board.js", mediaType: "text/javascript", bytes: PackageResources.board_js),
  ])

  /// Changes with every file that makes the page.
  static let version = StaticAssets.version(
    [StaticAssets.shared.version, assets.version], template: PackageResources.board_mustache)

  private static let library: PageLibrary = {
    do {
      return try PageLibrary(["board": String(decoding: PackageResources.board_mustache, as: UTF8.self)])
    } catch {
      preconditionFailure("The board's template does not parse: \(error)")
    }
  }()

  /// What the template reads.
  private struct Content {
    var language: String
    var title: String
    var version: String
    var style: String
    var live: String
    var script: String
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
      language: language.rawValue, title: words.title, version: version,
      style: assets.path(of: "board.css"), live: StaticAssets.shared.path(of: "live.js"),
      script: assets.path(of: "board.js"), words: words,
      wordsText: (try? JSONText.encode(words)) ?? "{}", snapshot: (try? JSONText.encode(snapshot)) ?? "null",
      faults: ReaderFault.allCases.map { Fault(value: $0.rawValue, label: words.label(of: $0)) })
    return library.response(content, template: "board")
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
