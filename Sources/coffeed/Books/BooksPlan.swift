/// What a command or an import comes to, before anything is written.
struct BooksPlan<Outcome: Sendable>: Sendable {
  /// Versions of persons that the entries make count; written before them.
  var persons: [StagedPerson] = []
  /// The entries by transactions; none when it is a repetition, or changes nothing.
  var steps: [[BooksEntry]] = []
  var outcome: Outcome

  var entries: [BooksEntry] { Array(steps.joined()) }

  init(persons: [StagedPerson] = [], entries: [BooksEntry] = [], outcome: Outcome) {
    self.init(persons: persons, steps: entries.isEmpty ? [] : [entries], outcome: outcome)
  }

  init(persons: [StagedPerson] = [], steps: [[BooksEntry]], outcome: Outcome) {
    self.persons = persons
    self.steps = steps
    self.outcome = outcome
  }
}

/// A version of a user's person that an entry will make count.
struct StagedPerson: Equatable, Sendable {
  var user: Int
  var revision: Int
  var person: Person
  /// See ``People/Version/imported``; nil leaves it as it is.
  var imported: [String: UInt32]?
}
