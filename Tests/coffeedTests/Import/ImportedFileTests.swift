import DaemonKit
import DaemonTesting
import Foundation
import GRDB
import RC522
import Testing

@testable import coffeed

/// Files as they come from a Raspberry Pi whose power was cut, whose card wears out, on which the predecessor runs.
@Suite(.ownThreads) struct ImportedFileTests {
  private static let ada = UID("04a1b2c3")!.legacyIdentifier

  private func office(_ count: Int = 300) throws -> OldDatabase {
    let database = try OldDatabase()
    try database.run("CREATE INDEX idx_usage_token ON usage_log(token_id)")
    try database.user(Self.ada, "Ada")
    try database.coffees(count, of: [Self.ada])
    try database.invoice(
      Self.ada, Array(1...10), until: "2024-03-01 10:00:00", created: "2024-03-01 09:00:00")
    try database.setting("price_per_coffee", "0.5")
    return database
  }

  private func read(_ path: String, patience: Duration = .seconds(5)) throws -> PredecessorBooks {
    try PredecessorDatabase.read(path: path, timeZone: .gmt, patience: patience)
  }

  /// A directory for copies, with what stands in it.
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "import-files-\(UUID())").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  /// The predecessor is killed while it writes: the file is half new, and the journal has the old pages.
  @Test func anInterruptedWriteIsTakenBackInACopy() throws {
    let database = try office(20_000)
    try withDirectory { directory in
      let copy = directory + "/coffee_manager.db"
      try database.run("PRAGMA cache_size = 5; PRAGMA cache_spill = 1")
      try database.inTransaction { sql in
        try sql("UPDATE usage_log SET token_id = 'ffffffff', timestamp = 'half'")
        try FileManager.default.copyItem(atPath: database.path, toPath: copy)
        try FileManager.default.copyItem(atPath: database.path + "-journal", toPath: copy + "-journal")
      }
      try #require(
        try Data(contentsOf: URL(filePath: copy)) != Data(contentsOf: URL(filePath: database.path)))
      let before = try ["", "-journal"].map { try Data(contentsOf: URL(filePath: copy + $0)) }
      let books = try read(copy)
      #expect(books.usages.ids.count == 20_000 && books.refused.list.isEmpty)
      #expect(books.counts.usages == [Self.ada: 20_000])
      #expect(books.notes.list.contains { $0.problem.contains("interrupted") })
      // The files are as they were.
      #expect(try ["", "-journal"].map { try Data(contentsOf: URL(filePath: copy + $0)) } == before)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 2)
    }
  }

  @Test func aWriteAheadLogIsReadWithIt() throws {
    let database = try office()
    try withDirectory { directory in
      let copy = directory + "/coffee_manager.db"
      var configuration = Configuration()
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
      try FileManager.default.copyItem(atPath: database.path, toPath: copy)
      let writer = try DatabasePool(path: copy, configuration: configuration)
      try writer.write {
        try $0.execute(sql: "INSERT INTO usage_log (token_id) VALUES (?)", arguments: [Self.ada])
      }
      #expect(try read(copy).usages.ids.count == 301, "while the predecessor runs")
      // Its end without an orderly one, and a card that can only be read.
      let dead = directory + "/dead.db"
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(atPath: copy + suffix, toPath: dead + suffix)
      }
      #expect(try read(dead).usages.ids.count == 301)
      try writer.close()
    }
  }

  @Test func aLockIsWaitedForAndThenNamed() async throws {
    let database = try office()
    let path = database.path
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let writer = try DatabaseQueue(path: path, configuration: configuration)
    try await writer.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
    let error = #expect(throws: ImportError.self) { try read(path, patience: .zero) }
    #expect(error?.problem.hasPrefix("is locked by another program") == true)
    async let books = onThread { try PredecessorDatabase.read(path: path, timeZone: .gmt) }
    try await Task.sleep(for: .milliseconds(200))
    try await writer.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
    #expect(try await books.usages.ids.count == 300)
  }

  private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
  {
    try await withCheckedThrowingContinuation { continuation in
      Thread { continuation.resume(with: Result(catching: body)) }.start()
    }
  }

  @Test func nothingIsLeftBehind() throws {
    let database = try office()
    func copies() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: FileManager.default.temporaryDirectory.path)
        .filter { $0.hasPrefix("coffeed-import-") }
    }
    let before = Set(try copies())
    _ = try read(database.path)
    #expect(throws: ImportError.self) { try read(database.path + ".nowhere") }
    // Other tests make and remove some at the same time: none stays.
    let mine = Set(try copies()).subtracting(before)
    #expect(mine.count < 20)
    #expect(!FileManager.default.fileExists(atPath: database.path + "-journal"))
  }

  /// An index that does not say what the table says: counting by it gives other numbers than reading.
  @Test func aDamagedIndexIsNoticed() throws {
    let database = try office()
    try database.run(
      """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_master SET sql = 'CREATE INDEX idx_usage_token ON usage_log(timestamp)'
        WHERE name = 'idx_usage_token';
      PRAGMA writable_schema = OFF
      """)
    let error = #expect(throws: ImportError.self) { try read(database.path) }
    #expect(error?.problem.contains("is damaged") == true, "\(error as Any)")
  }

  /// Whatever stands in the file, it is refused with words, or what is stored adds up.
  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func aSpoiltFileIsRefusedOrAddsUp(seed: UInt64) throws {
    let database = try office()
    let whole = try Data(contentsOf: URL(filePath: database.path))
    try withDirectory { directory in
      var dice = Dice(seed: seed)
      var bytes = [UInt8](whole)
      let place = Int.random(in: 0..<bytes.count, using: &dice)
      switch seed % 4 {
      case 0: bytes.removeSubrange(place...)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
      case 2:
        let page = place / 4096 * 4096
        bytes.replaceSubrange(
          page..<min(page + 4096, bytes.count), with: repeatElement(0, count: min(4096, bytes.count - page)))
      default:
        let end = min(place + 64, bytes.count)
        for index in place..<end { bytes[index] = UInt8.random(in: 0...255, using: &dice) }
      }
      let path = directory + "/spoilt.db"
      try Data(bytes).write(to: URL(filePath: path))
      let books: PredecessorBooks
      do {
        books = try read(path)
      } catch {
        #expect(error is ImportError && "\(error)".hasPrefix(path), "\(error)")
        return
      }
      var desk = Desk()
      let plan = ImportPlan.make(of: books, into: desk.state, desk.people, at: desk.time)
      desk.take(plan)
      #expect(plan.outcome.isStored || desk.entries.isEmpty)
      #expect(plan.outcome.agrees || desk.entries.isEmpty)
      #expect(desk.replayed == desk.state && (try? coded(desk.state)) == desk.state)
      let again = ImportPlan.make(of: books, into: desk.state, desk.people, at: desk.time)
      #expect(again.entries.isEmpty, "a second time there is nothing new")
    }
  }
}
