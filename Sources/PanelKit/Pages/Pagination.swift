/// The links from one page of a long list to the next. The partial `pagination` draws it:
/// `{{#pagination}}{{> pagination}}{{/pagination}}`.
public struct Pagination {
  let previous: String?
  let next: String?
  /// `3 / 12`.
  let position: String

  /// - Parameters:
  ///   - page: from 1.
  ///   - path: the list's address, without its query.
  ///   - query: what the links keep, such as a filter; the page's number is added to it.
  public init(page: Int, of pages: Int, path: String, query: [(String, String)]) {
    func address(_ number: Int) -> String {
      let fields = query + [("page", "\(number)")]
      return path + "?"
        + fields.map { "\(NextPage.encoded($0))=\(NextPage.encoded($1))" }.joined(separator: "&")
    }
    previous = page > 1 ? address(min(page - 1, pages)) : nil
    next = page < pages ? address(page + 1) : nil
    position = "\(page) / \(max(1, pages))"
  }
}
