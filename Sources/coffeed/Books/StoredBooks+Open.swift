import DaemonKit
import Foundation
import JSONState
import PiHAL

extension StoredBooks {
  /// The file, in the state directory, in which the persons stand.
  static let peopleFile = "people.json"

  /// Opens the books in a state directory, making it if it is missing, and finishes what the last end
  /// interrupted.
  ///
  /// - Parameters:
  ///   - boot: this boot's id.
  ///   - clock: the clock that counts since boot.
  ///   - now: the wall clock that entries are dated by.
  ///   - changed: see `init`.
  static func open(
    directory: String, boot: String, policy: SnapshotPolicy = SnapshotPolicy(),
    fileSystem: any FileSystem = SystemFileSystem(), clock: any MonotonicClock = SystemClock(),
    now: @escaping @Sendable () -> Date = { Date() },
    changed: @escaping @Sendable (BooksChange) -> Void = { _ in }
  ) async throws -> StoredBooks {
    let store = try await StateStore<BooksState>.open(
      directory: directory, policy: policy, fileSystem: fileSystem, now: now)
    let people: JSONDocument<People>
    do {
      // The store's lock protects it.
      people = try await JSONDocument.open(
        path: directory + "/" + peopleFile, fileSystem: fileSystem, initial: People())
    } catch {
      await store.inBackground { $0.close() }
      throw error
    }
    let books = StoredBooks(store: store, people: people, boot: boot, clock: clock, changed: changed)
    await books.finishErasures()
    return books
  }

  /// Gives new books the language of the configuration.
  /// - Parameter language: its tag, such as `en`.
  func startLanguage(_ language: String) async throws {
    let state = store.state
    guard state == BooksState(), state.settings.language != language else { return }
    var random = SystemRandomNumberGenerator()
    _ = try await carryOut(
      .changeSettings(SettingsChange(language: language)), id: CommandID(using: &random))
  }

  /// Ends recording and gives up the directory's lock.
  func close() async { await store.inBackground { $0.close() } }

  /// Reads every byte of books that nobody has open. They need not be fit to be opened.
  /// - Parameter look: is shown what the entries add up to, if nothing was wrong with them.
  static func verificationReport(
    of directory: String, showing look: @escaping @Sendable (BooksState) -> Void = { _ in }
  ) async throws -> VerificationReport {
    let path = directory + "/" + peopleFile
    var report = try await StateStore<BooksState>.verificationReport(of: directory) {
      (state) throws(JSONStateError) in
      look(state)
      guard try JSONDocument<People>.verify(path: path) == nil else { return [] }
      let people = try JSONDocument(path: path, initial: People()).value
      return [people.damage(knowing: state.personRevisions)].compactMap(\.self)
    }
    // Also where the books themselves are damaged.
    if let damage = try await onOwnThread({ () throws(JSONStateError) in
      try JSONDocument<People>.verify(path: path)
    }) {
      report.damages.append(damage.description)
    }
    return report
  }

  /// What is wrong when the file of the persons does not know users of the books; nil when it knows all. Nobody may
  /// have the books open but the caller.
  static func missingPersons(
    in directory: String, knowing revisions: [Int: Int]
  ) throws(JSONStateError) -> Damage? {
    try JSONDocument(path: directory + "/" + peopleFile, initial: People()).value.damage(knowing: revisions)
  }

  /// Makes a damaged file of the persons fit to be opened. Nobody may have the books open but the caller.
  static func repairPeople(in directory: String) throws(JSONStateError) -> DocumentRepair {
    try JSONDocument<People>.repair(path: directory + "/" + peopleFile, inParts: true)
  }
}
