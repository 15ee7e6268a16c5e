import JSONState

/// What is personal about the users, by their numbers: the content of `people.json`.
///
/// The books and this file cannot be written in one step, so each version of a person has a revision, and the
/// books say which one counts. A new version is written beside the old one first; the entry in the books then
/// makes it count. Whatever happens between leaves the user as it was.
struct People: Codable, Equatable, Sendable {
  /// One version of a user's person.
  struct Version: Codable, Equatable, Sendable {
    /// Counts the versions of a user's person, from 1.
    var revision: Int
    var person: Person
  }

  /// Those that the books knew when the file was written.
  private(set) var persons: [Int: Version] = [:]
  /// Those that an entry was about to make count.
  private(set) var staged: [Int: Version] = [:]

  /// The version that counts according to the books; nil when there is none.
  ///
  /// When that very version is not there (the file is older than the books, or newer, because it is looked at in
  /// the middle of a change), the one that is there will do: it is the same user's.
  func person(ofUser number: Int, revision: Int) -> Person? {
    guard revision > 0 else { return nil }
    if let version = staged[number], version.revision == revision { return version.person }
    return persons[number]?.person
  }

  /// What is wrong when users that the books know are not in here; nil when all are.
  /// - Parameter revisions: as in ``keep(_:)``.
  func damage(knowing revisions: [Int: Int]) -> Damage? {
    let missing = revisions.filter { person(ofUser: $0, revision: $1) == nil }.count
    guard missing > 0 else { return nil }
    return Damage(
      file: StoredBooks.peopleFile,
      problem:
        "\(missing) of the books' users are not in it: restore it from a backup, or say who they are with "
        + "`coffeed user change`")
  }

  /// Notes a version that an entry is about to make count.
  mutating func stage(_ person: Person, ofUser number: Int, revision: Int) {
    staged[number] = Version(revision: revision, person: person)
  }

  /// Keeps nothing but what counts.
  /// - Parameter revisions: by user number; users without a person that counts are not in it.
  mutating func keep(_ revisions: [Int: Int]) {
    var kept: [Int: Version] = [:]
    for (number, revision) in revisions {
      if let person = person(ofUser: number, revision: revision) {
        kept[number] = Version(revision: revision, person: person)
      }
    }
    persons = kept
    staged = [:]
  }
}
