/// The content of `state.json`: the state after an entry, and where in the journal the next one follows.
///
/// The file has the form of a ``SealedFile``.
struct Snapshot<State: JournaledState>: Codable {
  var format = JournalHeader.currentFormat
  var stateVersion = State.formatVersion
  /// The number of the newest entry that is contained, and its checksum.
  var lastEntry: Int
  var lastChecksum: String
  var position: Position
  var state: State

  /// Where in the journal the newest contained entry stands, so that opening need not read what is before.
  struct Position: Codable, Equatable {
    /// ``JournalHeader/after`` of the journal that is meant; a later one begins after this snapshot.
    var journalAfter: Int
    /// Where the entry's line begins and where it ends, in bytes from the journal's start; both the header's
    /// end when the journal held no entry yet.
    var lineStart: Int
    var lineEnd: Int
  }

  enum Content {
    case current(Snapshot)
    /// Sound, but of an older ``JournaledState/formatVersion``: its state has to be added up anew.
    case older(version: Int)
  }

  func fileContent() throws -> [UInt8] { try SealedFile.content(of: self) }

  static func read(_ bytes: [UInt8]) throws(FormatProblem) -> Content {
    guard SealedFile.isSealed(bytes) else { throw SealedFile.brokenSeal }
    return try SealedFile.decode(Content.self, from: bytes)
  }
}

extension Snapshot.Content: Decodable {
  private enum CodingKeys: CodingKey { case format, stateVersion }

  /// Looks at the versions before the state, which may be of another one.
  init(from decoder: any Decoder) throws {
    let versions = try decoder.container(keyedBy: CodingKeys.self)
    let format = try versions.decode(Int.self, forKey: .format)
    let stateVersion = try versions.decode(Int.self, forKey: .stateVersion)
    if format > JournalHeader.currentFormat { throw FormatProblem.newer(format) }
    if stateVersion > State.formatVersion { throw FormatProblem.newer(stateVersion) }
    self =
      stateVersion < State.formatVersion
      ? .older(version: stateVersion) : .current(try Snapshot(from: decoder))
  }
}
