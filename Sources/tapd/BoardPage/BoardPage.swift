import PanelKit

extension BoardPage {
  static let tap = BoardPage(
    daemon: "tapd", style: PackageResources.board_css, script: PackageResources.board_js,
    template: PackageResources.board_mustache)
}

/// What the tap's part of the page reads.
struct TapBoardContent {
  var words: TapBoardWords
  var wordsText: String

  init(_ language: Language) {
    words = TapBoardWords.in(language)
    wordsText = (try? JSONText.encode(words)) ?? "{}"
  }
}
