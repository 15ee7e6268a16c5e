import Synchronization

/// One value in a JSON file of its own that survives a power cut, for what must be erasable.
///
/// The journal of a ``StateStore`` keeps everything for ever. What somebody may ask to have erased (names,
/// addresses) or what must not outlive its use (passwords, sessions) stands in a document beside it: each
/// change replaces the whole file, and nothing of the former content is left in it.
///
/// ```swift
/// let people = try JSONDocument(path: "/var/lib/coffeed/people.json", initial: [String: Person]())
/// try await people.update { $0["04a1"] = Person(name: "Ada") }
/// let name = people.read { $0["04a1"]?.name }
/// ```
///
/// **Durability.** A change is in ``value`` only when it is on the disk. A power cut leaves the old file or
/// the new one, whole. The form of the file is described in `docs/state-format.md`.
///
/// **Threads.** All members may be called from any thread. Members that are not `async` and may wait for the
/// disk say so: never call those on Swift's cooperative pool.
///
/// **One process.** A document takes no lock. In a state directory the lock of the open ``StateStore``
/// protects it; elsewhere the program has to see to it that no other one writes the file.
public final class JSONDocument<Value: Codable & Equatable & Sendable>: Sendable {
  private let file: DocumentFile<Value>
  private let access: DocumentAccess
  private let current: Mutex<Value>
  /// Held while a change is made.
  private let written: Mutex<Written>

  private struct Written {
    var hasFile: Bool
    /// After a failed attempt the file's content is unknown.
    var isUncertain = false
  }

  /// Whether there was no file when this was opened. There is none until the first ``update(_:)``.
  public let isNew: Bool

  /// Reads the document, if there is one. Waits for the disk.
  ///
  /// - Parameters:
  ///   - path: the file, for example `/var/lib/coffeed/people.json`.
  ///   - version: the version of the value's JSON, from 1 up. Raise it when that changes: a file of a newer
  ///     version is refused. Values of older versions must stay decodable.
  ///   - access: who may read the file.
  ///   - fileSystem: the kernel's, or a simulated one in tests.
  ///   - initial: the value where there is no file yet.
  /// - Throws: ``JSONStateError``; a damaged file is left as it is.
  public init(
    path: String, version: Int = 1, access: DocumentAccess = .group,
    fileSystem: any FileSystem = SystemFileSystem(), initial: Value
  ) throws(JSONStateError) {
    file = DocumentFile(path: path, version: version, fileSystem: fileSystem)
    self.access = access
    let found = try file.read()
    isNew = found == nil
    written = Mutex(Written(hasFile: found != nil))
    current = Mutex(found ?? initial)
  }

  /// Reads the document on a thread of its own: ``init(path:version:access:fileSystem:initial:)`` for `async`
  /// code.
  public static func open(
    path: String, version: Int = 1, access: DocumentAccess = .group,
    fileSystem: any FileSystem = SystemFileSystem(), initial: Value
  ) async throws(JSONStateError) -> JSONDocument {
    try await onOwnThread { () throws(JSONStateError) in
      try JSONDocument(path: path, version: version, access: access, fileSystem: fileSystem, initial: initial)
    }
  }

  // MARK: Reading

  /// The file.
  public var path: String { file.path }

  /// Reads the newest durable value. Cheap; keep `body` short.
  public func read<Answer>(_ body: (Value) throws -> Answer) rethrows -> Answer {
    try current.withLock { try body($0) }
  }

  /// A copy of the newest durable value.
  public var value: Value { read { $0 } }

  // MARK: Changing

  /// Changes the newest value in one step: no other change comes between. Returns when the new value is
  /// durable. If `change` leaves the value as it was, nothing is written: so a refusal is a result like any
  /// other.
  ///
  /// When this throws, ``value`` is the old one. The file then has the old content, or the new one where only
  /// the last step failed; the next `update` writes it in any case.
  ///
  /// - Parameter change: runs on another thread, once; it must be quick and must not call this document.
  public func update<Answer: Sendable>(
    _ change: @escaping @Sendable (inout Value) -> Answer
  ) async throws(JSONStateError) -> Answer {
    try await onOwnThread { () throws(JSONStateError) in try self.updateAndWait(change) }
  }

  /// The same for a command line or a thread of one's own. Waits for the disk.
  public func updateAndWait<Answer: Sendable>(
    _ change: (inout Value) -> Answer
  ) throws(JSONStateError) -> Answer {
    let outcome: Result<Answer, JSONStateError> = written.withLock { written in
      let old = value
      var new = old
      let result = change(&new)
      if new == old && !written.isUncertain { return .success(result) }
      do throws(JSONStateError) {
        written.isUncertain = true
        try file.write(new, access)
        written = Written(hasFile: true)
      } catch {
        return .failure(error)
      }
      current.withLock { $0 = new }
      return .success(result)
    }
    return try outcome.get()
  }

  // MARK: Verify and repair

  /// Reads the file and says what is wrong with it; `nil` if nothing is. Waits for the disk.
  public func verify() throws(JSONStateError) -> Damage? {
    let outcome: Result<Damage?, JSONStateError> = written.withLock { written in
      do throws(JSONStateError) {
        var found: Value?
        if let damage = try file.damage(reading: &found) { return .success(damage) }
        if written.isUncertain || found == value || (found == nil && !written.hasFile) {
          return .success(nil)
        }
        return .success(
          Damage(
            file: file.name,
            problem: found == nil ? "it is missing" : "somebody else has replaced it since it was written"))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  /// The same for a document that is not open. A missing file is no damage.
  public static func verify(
    path: String, version: Int = 1, fileSystem: any FileSystem = SystemFileSystem()
  ) throws(JSONStateError) -> Damage? {
    var found: Value?
    return try DocumentFile<Value>(path: path, version: version, fileSystem: fileSystem)
      .damage(reading: &found)
  }

  /// Makes a damaged file fit to be opened. The damaged one is kept beside it as `….damaged-1` and so on:
  /// delete it when it is no longer needed, for what it contains is not erased by any change. Does nothing
  /// where nothing is damaged. Waits for the disk.
  ///
  /// No process may have the document open.
  ///
  /// - Parameter inParts: whether a part of the value is better than none.
  public static func repair(
    path: String, version: Int = 1, access: DocumentAccess = .group, inParts: Bool = false,
    fileSystem: any FileSystem = SystemFileSystem()
  ) throws(JSONStateError) -> DocumentRepair {
    try DocumentFile<Value>(path: path, version: version, fileSystem: fileSystem).repair(
      access, inParts: inParts)
  }
}

/// Who may read a document.
public enum DocumentAccess: Sendable {
  /// The program's user, and its group (mode 0640).
  case group
  /// The program's user alone (mode 0600).
  case owner

  var mode: OpenMode { self == .owner ? .createPrivate : .create }
}

/// What a repair of a document did.
public enum DocumentRepair: Sendable, Equatable {
  /// Nothing was damaged.
  case wasSound
  /// One byte was damaged. The content is again as it was written.
  case restored(damaged: String)
  /// The content can be read although its checksum does not match, as after editing by hand. It was taken
  /// over: look whether it is right.
  case kept(damaged: String)
  /// Parts of the content cannot be read. The others were taken over: look whether they are right. `lost` names the
  /// places of those that were not, such as `value.persons.5`.
  case keptPartly(damaged: String, lost: [String])
  /// The content cannot be read. The document begins anew.
  case setAside(damaged: String)
}
