import DaemonKit

/// What a reader asks the transactions page for, by the predecessor's names.
struct TransactionsQuery: Hashable, Sendable {
  /// The texts as they were given, by their names: they stand in the form again.
  let texts: [String: String]
  let page: Int
  let rows: Int
  let filter: UsageFilter

  static let textNames = ["token_id", "user_name", "name", "email_address"]
  static let dateNames = ["start_date", "end_date", "start_time", "end_time"]
  static let defaultRows = 100
  /// As many as the predecessor shows.
  static let mostRows = 500
  /// No field of a user is longer.
  private static let longestText = 200

  /// - Parameter isFull: whether tokens and mail addresses may be asked for. Else they do not restrict, so
  ///   that nobody finds them out by trying.
  init(_ query: PageQuery, isFull: Bool, calendar: LocalCalendar) {
    let names = (isFull ? Self.textNames : ["name"]) + Self.dateNames
    var texts: [String: String] = [:]
    for name in names {
      let text = query.text(name)
      if !text.isEmpty { texts[name] = text }
    }
    self.texts = texts
    page = query.number("page", default: 1, upTo: 1_000_000)
    rows = query.number("rows", default: Self.defaultRows, upTo: Self.mostRows)

    var filter = UsageFilter(
      token: texts["token_id"].map(Self.token), userName: texts["user_name"], name: texts["name"],
      emailAddress: texts["email_address"])
    do throws(PageQueryError) {
      filter.from = try query.date("start_date").map { calendar.start(of: $0) }
      filter.until = try query.date("end_date").map { calendar.start(of: $0.adding(days: 1)) }
      filter.fromSecondOfDay = try query.secondOfDay("start_time")
      filter.untilSecondOfDay = try query.secondOfDay("end_time")
    } catch {
      filter.isNothing = true
    }
    if texts.values.contains(where: { $0.utf8.count > Self.longestText }) { filter.isNothing = true }
    self.filter = filter
  }

  /// The address's query of another page of the same.
  func address(page: Int) -> String {
    var pairs = (Self.textNames + Self.dateNames).map { ($0, texts[$0] ?? "") }
    if rows != Self.defaultRows { pairs.append(("rows", String(rows))) }
    if page > 1 { pairs.append(("page", String(page))) }
    return "/transactions" + queryText(pairs.map { (name: $0.0, value: $0.1) })
  }

  /// The address of a file with all of the same.
  var exportAddress: String {
    "/export/usages.csv"
      + queryText((Self.textNames + Self.dateNames).map { (name: $0, value: texts[$0] ?? "") })
  }

  /// A token may be typed as it is printed on a card.
  private static func token(_ text: String) -> String {
    text.filter { !":- ".contains($0) }.lowercased()
  }
}
