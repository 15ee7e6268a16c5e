import DaemonKit

/// What was read from a predecessor's database, row by row, in the order of its numbers.
struct PredecessorBooks: Sendable {
  /// Names the database, so that a second import of it takes only what is new.
  var source: String
}

/// What an import took, what it could not take and why, and whether the sums agree.
struct ImportReport: Codable, Equatable, Sendable {
  var source: String
}

enum ImportPlan {
  static func make(
    of books: PredecessorBooks, into state: BooksState, _ people: People, at time: WallTime
  ) -> BooksPlan<ImportReport> {
    BooksPlan(outcome: ImportReport(source: books.source))
  }
}
