import JSONState
import JSONStateTesting
import PiHAL
import Testing

@testable import coffeed

/// What damage leaves of the users' names.
@Suite struct LostPersonsTests {
  private static let directory = "/var/lib/coffeed"
  private static let people = directory + "/people.json"
  private let disk = SimulatedDisk()

  private func open() async throws -> StoredBooks {
    try await StoredBooks.open(
      directory: Self.directory, boot: "boot", fileSystem: disk, clock: ManualClock())
  }

  private var text: String { String(decoding: disk[Self.people] ?? [], as: UTF8.self) }

  /// The books may not know of them, and no copy is kept.
  @Test(arguments: [false, true])
  func nobodyIsForgottenWhileEntriesAreLost(withLaterUser: Bool) async throws {
    var books = try await open()
    try await books.add(.ada, "Augusta")
    try await books.add(.bob, "Robert")
    if withLaterUser { try await books.add(.cyd, "Cydonia") }
    await books.close()
    disk[Self.directory + "/state.json"] = nil
    let journal = Self.directory + "/journal.jsonl"
    var lines = (disk[journal] ?? []).split(separator: 10).map(Array.init)
    lines[2][80] ^= 1
    disk[journal] = lines.flatMap { $0 + [10] }
    let report = try StateStore<BooksState>.repair(directory: Self.directory, fileSystem: disk)
    #expect(report.lostFromState == [2])

    books = try await open()
    #expect(books.reading.users().filter { !$0.isErased }.count == (withLaterUser ? 2 : 1))
    try await books.carryOut(.changeUser(.ada, UserChange(name: "Ada")))
    #expect(text.contains("Robert") && text.contains("Ada") && !text.contains("Augusta"))
    // Nor is the number given to somebody else, whose name would take the place of his.
    try await books.add(Token("04ffeedd")!, "Dora")
    #expect(text.contains("Robert") && text.contains("Dora"))
    #expect(books.store.read { $0.users.count } == (withLaterUser ? 4 : 3))
    // Whom the books erase goes all the same.
    try await books.carryOut(.eraseUser(.ada))
    await books.close()
    books = try await open()
    #expect(text.contains("Robert") && !text.contains("Ada"))
    #expect(books.store.losses.numbers == [2])
  }

  @Test func whatCanBeReadOfTheNamesIsKept() async throws {
    let books = try await open()
    let tokens: [Token] = [.ada, .bob, .cyd]
    for (token, name) in zip(tokens, ["Augusta", "Robert", "Cydonia"]) { try await books.add(token, name) }
    await books.close()
    let whole = try #require(disk[Self.people])
    let names = ["Augusta", "Robert", "Cydonia"]
    for index in whole.indices {
      let damaged = disk.copy()
      damaged[Self.people]?[index] ^= 1
      let repair = try JSONDocument<People>.repair(path: Self.people, inParts: true, fileSystem: damaged)
      #expect(repair == .restored(damaged: "people.json.damaged-1") && damaged[Self.people] == whole)
    }
    for name in names {
      let place = try #require(whole.firstRange(of: Array(name.utf8)))
      let damaged = disk.copy()
      for index in place { damaged[Self.people]?[index] = 0 }
      guard
        case .keptPartly = try JSONDocument<People>.repair(
          path: Self.people, inParts: true, fileSystem: damaged)
      else {
        Issue.record("without \(name)")
        continue
      }
      let left = String(decoding: damaged[Self.people] ?? [], as: UTF8.self)
      #expect(names.filter { left.contains($0) } == names.filter { $0 != name })
    }
  }
}
