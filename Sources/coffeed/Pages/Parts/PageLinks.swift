import PanelKit

/// The links from one page of a long list to the next; nil where there is only one.
struct PageLinks {
  var previous: String?
  var next: String?
  var position: String
  var previousWord: String
  var nextWord: String

  init?(page: Int, of pages: Int, language: Language, _ address: (Int) -> String) {
    guard pages > 1 else { return nil }
    let words = CommonWords.in(language)
    previous = page > 1 ? address(min(page - 1, pages)) : nil
    next = page < pages ? address(page + 1) : nil
    position = words.page(page, pages)
    (previousWord, nextWord) = (words.previous, words.next)
  }
}
