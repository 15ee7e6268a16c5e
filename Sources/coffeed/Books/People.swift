import Crypto
import Foundation
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
    /// How the user's row stood in databases that were imported, by their names: digests, to see whether it has
    /// changed there since. They are here so that they are erased with the person.
    var imported: [String: UInt32]?
  }

  /// Those that the books knew when the file was written.
  private(set) var persons: [Int: Version] = [:]
  /// Those that an entry was about to make count.
  private(set) var staged: [Int: Version] = [:]
  /// Those that count no more and stand on invoices in hand; nil in files that were written before there were any.
  private var former: [Int: [Version]]?
  /// What the digests of commands are made with now; nil until there is a command.
  private(set) var digestKey: DigestKey?

  init(digestKey: DigestKey? = nil) { self.digestKey = digestKey }

  /// The highest number of a user that the books knew when the file was written; 0 for none.
  var highestNumber: Int { persons.keys.max() ?? 0 }

  /// The version that counts according to the books; nil when there is none.
  ///
  /// When that very version is not there (the file is older than the books, or newer, because it is looked at in
  /// the middle of a change), the one that is there will do: it is the same user's.
  func person(ofUser number: Int, revision: Int) -> Person? {
    version(ofUser: number, revision: revision)?.person
  }

  private func version(ofUser number: Int, revision: Int) -> Version? {
    guard revision > 0 else { return nil }
    if let version = staged[number], version.revision == revision { return version }
    return persons[number]
  }

  /// How a user's row stood in a database; nil when that is not known.
  func imported(ofUser number: Int, revision: Int, from source: String) -> UInt32? {
    version(ofUser: number, revision: revision)?.imported?[source]
  }

  /// The version that counted when an invoice was made; nil when it is not there.
  func person(ofUser number: Int, onInvoiceAt revision: Int) -> Person? {
    let versions = [persons[number], staged[number]].compactMap(\.self) + (former?[number] ?? [])
    return versions.first { $0.revision == revision }?.person
  }

  /// What is wrong when users that the books know are not in here; nil when all are.
  /// - Parameter revisions: as in ``keep(_:onInvoices:exceptErased:newKey:)``.
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
  mutating func stage(_ staged: StagedPerson) {
    var imported = persons[staged.user]?.imported ?? [:]
    imported.merge(staged.imported ?? [:]) { $1 }
    self.staged[staged.user] = Version(
      revision: staged.revision, person: staged.person, imported: imported.isEmpty ? nil : imported)
  }

  /// Keeps nothing but what counts, and what stands on invoices. Where somebody is not kept, another key takes the place
  /// of the present one, without which the digests of their names say nothing.
  ///
  /// While entries are lost, the books may not know of persons who are nevertheless users, and of versions that
  /// count: then nobody goes but those whom the books say to be erased.
  /// - Parameters:
  ///   - revisions: by user number; users without a person that counts are not in it.
  ///   - invoiced: the revisions on the invoices in hand, by user number; those of erased users are not in it.
  ///   - erased: the numbers of erased users, where entries are lost; nil where the books are complete.
  ///   - newKey: a key that was never used.
  mutating func keep(
    _ revisions: [Int: Int], onInvoices invoiced: [Int: Set<Int>], exceptErased erased: Set<Int>? = nil,
    newKey: DigestKey
  ) {
    if let erased {
      if digestKey != nil, !erased.isDisjoint(with: Set(persons.keys).union(staged.keys)) {
        digestKey = newKey
      }
      for number in erased {
        persons[number] = nil
        staged[number] = nil
        former?[number] = nil
      }
      for (number, version) in staged where revisions[number] == version.revision {
        if let earlier = persons[number], invoiced[number]?.contains(earlier.revision) == true {
          former = (former ?? [:]).merging([number: [earlier]]) { $0 + $1 }
        }
        persons[number] = version
        staged[number] = nil
      }
      return
    }
    var kept: [Int: Version] = [:]
    var keptFormer: [Int: [Version]] = [:]
    for (number, revision) in revisions {
      if var version = version(ofUser: number, revision: revision) {
        version.revision = revision
        kept[number] = version
      }
    }
    if digestKey != nil, !Set(persons.keys).union(staged.keys).isSubset(of: kept.keys) { digestKey = newKey }
    for (number, revisions) in invoiced {
      let versions = revisions.subtracting([kept[number]?.revision ?? 0]).sorted().compactMap { revision in
        person(ofUser: number, onInvoiceAt: revision).map { Version(revision: revision, person: $0) }
      }
      if !versions.isEmpty { keptFormer[number] = versions }
    }
    persons = kept
    staged = [:]
    former = keptFormer.isEmpty ? nil : keptFormer
  }

  /// Has a key from now on, if it has none yet.
  mutating func need(_ newKey: DigestKey) { digestKey = digestKey ?? newKey }
}

/// A secret that the digests of commands are made with, so that nobody who reads the books can try out names.
struct DigestKey: Codable, Equatable, Sendable {
  /// Tells digests of one key from those of another.
  let name: UInt32
  private let secret: [UInt64]

  init(using random: inout some RandomNumberGenerator) {
    name = random.next()
    secret = (0..<4).map { _ in random.next() }
  }

  /// The first four bytes of the HMAC (RFC 2104) with SHA-256.
  func digest(of data: Data) -> UInt32 {
    let key = SymmetricKey(
      data: secret.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } })
    return HMAC<SHA256>.authenticationCode(for: data, using: key).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }
}
