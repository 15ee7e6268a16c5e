import DaemonKit
import Foundation
import JSONState
import JSONStateTesting
import PiHAL
import Synchronization
import Testing

@testable import coffeed

@Suite struct StoredBooksTests {
  private static let directory = "/var/lib/coffeed"
  private let disk = SimulatedDisk()

  private func open(
    changed: @escaping @Sendable (BooksChange) -> Void = { _ in }
  ) async throws -> StoredBooks {
    try await StoredBooks.open(
      directory: Self.directory, boot: "boot", fileSystem: disk, clock: ManualClock(), changed: changed)
  }

  private func text(_ name: String) -> String {
    String(decoding: disk[Self.directory + "/" + name] ?? [], as: UTF8.self)
  }

  @Test func whatWasRecordedIsThereAfterwards() async throws {
    var books = try await open()
    try await books.add(.ada, "Ada")
    #expect(await books.show(.ada) == .granted(usage: 1, userName: "ada"))
    try await books.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 70, chargesDrinks: true)))
    let before = books.reading
    await books.close()
    books = try await open()
    #expect(books.reading.users() == before.users())
    #expect(books.reading.usages() == before.usages())
    #expect(books.lockSettings.chargesDrinks && books.lockMemory == before.state.lock)
    #expect(books.reading.state == before.state)
    try books.store.snapshot()
    #expect(text("state.json").contains(#""users" : "1""#))
    await books.close()
    #expect(try await open().reading.state == before.state)
  }

  @Test func whoIsErasedIsInNoFile() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "books-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let books = try await StoredBooks.open(
      directory: directory, boot: "boot", policy: SnapshotPolicy(entries: 3))
    let person = UserChange(
      userName: "lovelace", name: "Augusta", emailAddress: "ada@example.org", phoneNumber: "0441234567",
      nickname: "Countess")
    let words = ["lovelace", "Augusta", "ada@example.org", "0441234567", "Countess", "Byron"]
    func found() throws -> [String] {
      let bytes = try FileManager.default.subpathsOfDirectory(atPath: directory)
        .compactMap { FileManager.default.contents(atPath: directory + "/" + $0) }.joined()
      return words.filter { Array(bytes).firstRange(of: Array($0.utf8)) != nil }
    }
    try await books.carryOut(.addUser(.ada, UserChange(userName: "lovelace", name: "Byron")))
    #expect(try found() == ["lovelace", "Byron"])
    try await books.carryOut(.changeUser(.ada, person))
    // The former name is not kept either.
    #expect(try found() == words.filter { $0 != "Byron" })
    try await books.add(.bob, "Bob")
    _ = await books.show(.ada)
    try await books.carryOut(.createBatch(until: nil))
    try await books.carryOut(.eraseUser(.ada))
    #expect(try found().isEmpty)
    #expect(books.reading.users().map(\.person.name) == ["Bob", "Erased"])
    await books.close()
    #expect(try found().isEmpty)
  }

  @Test func everyChangeIsToldOnceItIsDurable() async throws {
    let told = Mutex<[BooksChange]>([])
    let disk = disk
    let books = try await open { change in
      #expect(disk.count(of: "fdatasync") > 0)
      told.withLock { $0.append(change) }
    }
    func generations() -> [UInt64] { told.withLock { $0.map(\.generation) } }
    let first = books.generation
    try await books.carryOut(.setScanMode(true))
    #expect(generations() == [first + 1] && books.generation == first + 1)
    #expect(told.withLock { $0.last?.lockSettings.isScanMode } == true)
    _ = await books.show(.stranger, id: "one")
    #expect(generations().count == 2)
    // Neither a repetition nor a refusal of a command is a change.
    _ = await books.show(.stranger, id: "one")
    await #expect(throws: BooksError.self) { try await books.carryOut(.setInvoicePaid(9, true)) }
    #expect(generations().count == 2)
    #expect(books.reading.generation == books.generation)
  }

  @Test func requestsAreAnsweredOneByOneInTheirOrder() async throws {
    let books = try await open()
    try await books.add(.ada, "Ada")
    let answers = Mutex<[LockAnswer]>([])
    await withCheckedContinuation { continuation in
      for number in 1...100 {
        books.submit(.present(.of(.ada, "\(number)"))) { answer in
          let count = answers.withLock { answers in
            answers.append(answer)
            return answers.count
          }
          if count == 100 { continuation.resume() }
        }
      }
    }
    #expect(answers.withLock { $0 } == (1...100).map { .granted(usage: $0, userName: "ada") })
  }

  @Test func aReadingDoesNotChange() async throws {
    let books = try await open()
    try await books.add(.ada, "Ada")
    let before = books.reading
    _ = await books.show(.ada)
    #expect(before.usages().total == 0 && books.reading.usages().total == 1)
  }

  @Test func aDirectoryInUseIsNamed() async throws {
    let books = try await open()
    let error = await #expect(throws: JSONStateError.self) { _ = try await open() }
    #expect("\(error as Any)".contains(Self.directory))
    await books.close()
  }

  @Test func aDamagedPeopleFileIsNamedAndTheLockGivenUp() async throws {
    let books = try await open()
    try await books.add(.ada, "Ada")
    await books.close()
    let sound = disk[Self.directory + "/people.json"]
    disk[Self.directory + "/people.json"] = Array("{}".utf8)
    let error = await #expect(throws: JSONStateError.self) { _ = try await open() }
    #expect("\(error as Any)".contains("people.json"))
    disk[Self.directory + "/people.json"] = sound
    #expect(try await open().reading.user(.ada)?.person.name == "Ada")
  }
}

final class ManualClock: MonotonicClock {
  private let instant = Mutex(MonotonicInstant(nanoseconds: 1_000_000_000))

  var now: MonotonicInstant { instant.withLock { $0 } }
  func sleep(for duration: Duration) { instant.withLock { $0 = $0.advanced(by: duration) } }
}

extension Presentation {
  static func of(_ token: Token, _ id: String) -> Presentation {
    Presentation(
      id: ActivationID(id), token: token, milliseconds: 30_000,
      at: BootInstant(boot: "boot", instant: MonotonicInstant(nanoseconds: 5)))
  }
}

extension StoredBooks {
  func ask(_ request: LockRequest) async -> LockAnswer {
    await withCheckedContinuation { continuation in submit(request) { continuation.resume(returning: $0) } }
  }

  func show(_ token: Token, id: String = "\(UUID())") async -> LockAnswer {
    await ask(.present(.of(token, id)))
  }

  @discardableResult
  func carryOut(_ command: BooksCommand) async throws -> BooksOutcome {
    try await carryOut(command, id: CommandID("\(UUID())"))
  }

  func add(_ token: Token, _ name: String) async throws {
    try await carryOut(.addUser(token, UserChange(userName: name.lowercased(), name: name)))
  }
}
