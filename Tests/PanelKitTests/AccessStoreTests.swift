import Foundation
import JSONState
import JSONStateTesting
import Testing

@testable import PanelKit

@Suite struct AccessStoreTests {
  private static let cheap = ScryptParameters(rounds: 16, blockSize: 1, parallelism: 1)

  private func open(_ disk: SimulatedDisk, _ parameters: ScryptParameters = cheap) async throws -> AccessStore
  {
    try await AccessStore.open(directory: "/state", fileSystem: disk, parameters: parameters)
  }

  @Test func thePasswordIsTheSameAfterARestart() async throws {
    let disk = SimulatedDisk()
    let store = try await open(disk)
    #expect(!store.hasPassword)
    #expect(try await store.verify("anything at all") == nil)
    try await store.setPassword("correct horse")
    disk.cutPower()
    let again = try await open(disk)
    #expect(try await again.verify("correct horse") != nil)
    for wrong in ["", "correct hors", "correct horse ", "Correct horse", String(repeating: "x", count: 2000)]
    {
      #expect(try await again.verify(wrong) == nil)
    }
    let file = String(decoding: try #require(disk["/state/access.json"]), as: UTF8.self)
    #expect(!file.contains("correct"))
  }

  @Test func theSamePasswordIsStoredDifferentlyEachTime() async throws {
    let disk = SimulatedDisk()
    let store = try await open(disk)
    try await store.setPassword("correct horse")
    let first = disk["/state/access.json"]
    try await store.setPassword("correct horse")
    #expect(disk["/state/access.json"] != first)
  }

  @Test(arguments: [
    ("", AccessError.passwordTooShort), ("short", .passwordTooShort), ("123456789", .passwordTooShort),
    (String(repeating: "x", count: 1025), .passwordTooLong),
    (String(repeating: "é", count: 2500), .passwordTooLong),
  ])
  func aPasswordThatIsTooShortOrEndlessIsNotTaken(password: String, error: AccessError) async throws {
    let store = try await open(SimulatedDisk())
    await #expect(throws: error) { try await store.setPassword(password) }
    #expect(!store.hasPassword)
  }

  @Test func theSameLettersAreTheSamePassword() async throws {
    let store = try await open(SimulatedDisk())
    try await store.setPassword("caf\u{E9} au lait")
    #expect(try await store.verify("cafe\u{301} au lait") != nil)
  }

  @Test func theParametersAreRaisedAtTheNextLogin() async throws {
    let disk = SimulatedDisk()
    try await open(disk).setPassword("correct horse")
    let dearer = ScryptParameters(rounds: 32, blockSize: 1, parallelism: 1)
    let store = try await open(disk, dearer)
    let before = disk["/state/access.json"]
    #expect(try await store.verify("wrong horse") == nil)
    #expect(disk["/state/access.json"] == before)
    #expect(try await store.verify("correct horse") != nil)
    #expect(String(decoding: disk["/state/access.json"] ?? [], as: UTF8.self).contains("32"))
    #expect(try await open(disk, dearer).verify("correct horse") != nil)
  }

  @Test func theKnownAnswerOfTheStandard() throws {
    // RFC 7914, section 12: scrypt("password", "NaCl", 1024, 8, 16).
    let password = try #require(Password("password"))
    let hash = try PasswordHash(
      password, salt: Data("NaCl".utf8),
      parameters: ScryptParameters(rounds: 1024, blockSize: 8, parallelism: 16))
    #expect(hex(hash.key) == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")
  }

  @Test(arguments: [
    (0, 8, 1), (3, 8, 1), (1 << 21, 8, 1), (1 << 20, 32, 1), (1 << 14, 0, 1), (1 << 14, 8, 0),
    (1 << 14, 8, 99), (-16, 8, 1),
  ])
  func aFileDoesNotMakeTheDaemonWorkForEver(rounds: Int, blockSize: Int, parallelism: Int) throws {
    let password = try #require(Password("password"))
    let parameters = ScryptParameters(rounds: rounds, blockSize: blockSize, parallelism: parallelism)
    #expect(throws: AccessError.self) {
      try PasswordHash(password, salt: Data("NaCl".utf8), parameters: parameters)
    }
  }

  @Test func onlyOneOfTwoFirstPasswordsIsTaken() async throws {
    let store = try await open(SimulatedDisk())
    let taken = await withTaskGroup(of: String?.self) { group in
      for word in ["the first password", "the other password"] {
        group.addTask { (try? await store.setFirstPassword(word)) == nil ? nil : word }
      }
      return await group.reduce(into: [String]()) { taken, word in word.map { taken.append($0) } }
    }
    #expect(taken.count == 1)
    #expect(try await store.verify(try #require(taken.first)) != nil)
  }

  @Test func whatCannotBeStoredIsNotTaken() async throws {
    let disk = SimulatedDisk()
    let store = try await open(disk)
    try await store.setPassword("correct horse")
    disk.fill(leaving: 0)
    await #expect(throws: AccessError.self) { try await store.setPassword("another horse") }
    await #expect(throws: AccessError.self) {
      _ = try await store.createKey(name: "a", scopes: [.read], at: .distantPast)
    }
    #expect(try await store.verify("correct horse") != nil)
    #expect(store.keys.isEmpty)
  }

  @Test func aDamagedFileIsFoundAndLeadsToANewSetup() async throws {
    let disk = SimulatedDisk()
    try await open(disk).setPassword("correct horse")
    #expect(try AccessStore.verify(directory: "/state", fileSystem: disk) == nil)
    disk["/state/access.json"]?.removeLast(40)
    #expect(try AccessStore.verify(directory: "/state", fileSystem: disk) != nil)
    await #expect(throws: JSONStateError.self) { _ = try await open(disk) }
    guard case .setAside = try AccessStore.repair(directory: "/state", fileSystem: disk) else {
      Issue.record("it was not set aside")
      return
    }
    #expect(try await !open(disk).hasPassword)
  }

  @Test func aKeyIsKnownUntilItIsRevokedAlsoAfterARestart() async throws {
    let disk = SimulatedDisk()
    let store = try await open(disk)
    let new = try await store.createKey(name: " script ", scopes: [.read], at: Date(timeIntervalSince1970: 0))
    #expect(new.key.name == "script")
    let now = Date(timeIntervalSince1970: 7_300)
    #expect(try await open(disk.copy()).key(new.text, at: now)?.scopes == [.read])
    #expect(store.key(new.text + "0", at: now) == nil)
    #expect(store.key("", at: now) == nil)
    #expect(store.keys.first?.lastUsed == nil)
    #expect(store.key(new.text, at: now) != nil)
    #expect(store.keys.first?.lastUsed == Date(timeIntervalSince1970: 7_200))
    try await store.revokeKey(new.key.id)
    #expect(store.key(new.text, at: now) == nil)
    await #expect(throws: AccessError.noSuchKey) { try await store.revokeKey(new.key.id) }
    disk.cutPower()
    #expect(try await open(disk).keys.isEmpty)
  }

  @Test func keysHaveNamesScopesAndABound() async throws {
    let store = try await open(SimulatedDisk())
    let time = Date(timeIntervalSince1970: 0)
    for name in ["", "  ", String(repeating: "x", count: 101)] {
      await #expect(throws: AccessError.badKeyName) {
        _ = try await store.createKey(name: name, scopes: [.read], at: time)
      }
    }
    await #expect(throws: AccessError.noScope) {
      _ = try await store.createKey(name: "a", scopes: [], at: time)
    }
    for number in 0..<AccessStore.maximumKeys {
      _ = try await store.createKey(name: "key \(number)", scopes: [.read], at: time)
    }
    await #expect(throws: AccessError.tooManyKeys) {
      _ = try await store.createKey(name: "one more", scopes: [.read], at: time)
    }
    #expect(Set(store.keys.map(\.digest)).count == AccessStore.maximumKeys)
  }
}
