import DaemonKit
import Foundation
import JSONState
import JSONStateTesting
import RC522
import Testing

@testable import coffeed

/// Who was erased cannot be found again by trying names: nothing in the state's files can be computed from a name.
@Suite struct ErasureTests {
  private static let directory = "/var/lib/coffeed"

  private static let change = UserChange(
    userName: "lovelace", name: "Augusta", emailAddress: "ada@example.org", phoneNumber: "0441234567")

  /// All numbers in the state's files.
  private func numbers(_ disk: SimulatedDisk) -> Set<UInt32> {
    var numbers: Set<UInt32> = []
    for path in disk.paths {
      for word in String(decoding: disk[path] ?? [], as: UTF8.self).split(whereSeparator: { !$0.isNumber }) {
        if let number = UInt32(word) { numbers.insert(number) }
      }
    }
    return numbers
  }

  /// What whoever has an address list tries.
  private func guesses(_ id: CommandID, _ command: BooksCommand) throws -> Set<UInt32> {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let json = try encoder.encode(command)
    let person = ["lovelace", "Augusta", "ada@example.org", "0441234567"].joined(separator: "\0")
    return [
      shortDigest(of: Array(id.text.utf8) + json), shortDigest(of: json), shortDigest(of: person.utf8),
    ]
  }

  @Test func aGuessAtAnErasedPersonCannotBeConfirmed() async throws {
    let disk = SimulatedDisk()
    let books = try await StoredBooks.open(
      directory: Self.directory, boot: "boot", policy: SnapshotPolicy(entries: 2), fileSystem: disk)
    let (id, command) = (CommandID("one"), BooksCommand.addUser(.ada, Self.change))
    _ = try await books.carryOut(command, id: id)
    let mark = try #require(books.reading.state.recentCommands.last?.mark)
    let key = try #require(books.reading.people.digestKey)
    #expect(mark.digestKey == key.name && numbers(disk).contains(key.name))
    // Repeated, it is known; another one with its id is not it.
    #expect(try await books.carryOut(command, id: id) == .user(.ada))
    let error = await #expect(throws: BooksError.self) {
      try await books.carryOut(.addUser(.ada, UserChange(userName: "x", name: "y")), id: id)
    }
    #expect(error?.kind == .idReused)

    try await books.carryOut(.eraseUser(.ada))
    #expect(books.reading.people.digestKey != nil && books.reading.people.digestKey != key)
    let secret = try json(key).split(whereSeparator: { !$0.isNumber }).map(String.init).filter {
      $0 != "\(key.name)"
    }
    for path in disk.paths {
      let text = String(decoding: disk[path] ?? [], as: UTF8.self)
      #expect(!secret.contains { $0.count > 9 && text.contains($0) }, "\(path)")
    }
    #expect(try numbers(disk).isDisjoint(with: guesses(id, command)))
    // Where nobody can tell any more, it is taken for the same.
    #expect(try await books.carryOut(command, id: id) == .user(.ada))
    #expect(books.reading.users().count == 1)
  }

  @Test func norIfTheyWereImported() async throws {
    let database = try OldDatabase()
    try database.user(UID("04a1b2c3")!.legacyIdentifier, "Augusta")
    try database.run(
      "UPDATE users SET user_name = 'lovelace', email_address = 'ada@example.org', phone_number = '0441234567'"
    )
    try database.user(UID("aabbccdd")!.legacyIdentifier, "Bob")
    let old = try PredecessorDatabase.read(path: database.path, timeZone: .gmt)
    let disk = SimulatedDisk()
    let books = try await StoredBooks.open(
      directory: Self.directory, boot: "boot", policy: SnapshotPolicy(entries: 2), fileSystem: disk)
    #expect(try await books.take(old).isStored)
    let person = try guesses(CommandID(""), .setScanMode(true))
    #expect(!numbers(disk).isDisjoint(with: person), "people.json has it while she is there")
    let journal = String(decoding: disk[Self.directory + "/journal.jsonl"] ?? [], as: UTF8.self)
    #expect(person.allSatisfy { !journal.contains("\($0)") })
    try await books.carryOut(.eraseUser(.ada))
    #expect(numbers(disk).isDisjoint(with: person))
    // Those who are still there are known as before.
    try database.run("UPDATE users SET name = 'Robert' WHERE user_name = 'bob'")
    _ = try await books.take(try PredecessorDatabase.read(path: database.path, timeZone: .gmt))
    #expect(books.reading.user(.cyd)?.person.name == "Robert")
  }

  /// The journal keeps what older versions have written; no new file gets it.
  @Test func booksWithOldDigestsOpenAndPassThemOnToNoFile() async throws {
    let disk = SimulatedDisk()
    var books = try await StoredBooks.open(directory: Self.directory, boot: "boot", fileSystem: disk)
    let entry = BooksEntry(
      .userAdded(.init(user: 1, token: .ada, active: true, barred: false, hidden: false, revision: 1)),
      command: CommandMark(id: CommandID("one"), digest: 3_141_592_653))
    try await books.store.append(entry)
    try await books.store.append(
      BooksEntry(
        .importDone(
          .init(
            source: "s", invoices: "", invoiceNumbers: "", batches: "", batchNumbers: "",
            users: [
              1: .init(access: .init(active: true, barred: false, pending: false), person: 2_718_281_828)
            ]))))
    await books.close()
    books = try await StoredBooks.open(directory: Self.directory, boot: "boot", fileSystem: disk)
    try books.store.snapshot()
    for (path, isThere) in [("journal.jsonl", true), ("state.json", false)] {
      let text = String(decoding: disk[Self.directory + "/" + path] ?? [], as: UTF8.self)
      #expect(text.contains("3141592653") == isThere && text.contains("2718281828") == isThere, "\(path)")
    }
    #expect(books.reading.state.imports["s"]?.users[1]?.access?.active == true)
    // The id alone tells that it was done.
    let again = BooksCommand.addUser(.ada, Self.change)
    #expect(try await books.carryOut(again, id: CommandID("one")) == .user(.ada))
    #expect(books.reading.users().count == 1)
    #expect(try books.store.verify().isSound)
  }
}
