/// What a command or an import comes to, before anything is written.
struct BooksPlan<Outcome: Sendable>: Sendable {
  /// Versions of persons that the entries make count; written before them.
  var persons: [StagedPerson] = []
  /// None when it is a repetition, or changes nothing.
  var entries: [BooksEntry] = []
  var outcome: Outcome
}

/// A version of a user's person that an entry will make count.
struct StagedPerson: Equatable, Sendable {
  var user: Int
  var revision: Int
  var person: Person
}
