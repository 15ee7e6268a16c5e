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
  /// What the state lacks; absent where nothing was ever lost.
  var losses: StateLosses?

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
    case older(version: Int, losses: StateLosses?)
  }

  func fileContent() throws -> [UInt8] { try SealedFile.content(of: self) }

  static func read(_ bytes: [UInt8]) throws(FormatProblem) -> Content {
    guard SealedFile.isSealed(bytes) else { throw SealedFile.brokenSeal }
    let content = try SealedFile.decode(Content.self, from: bytes)
    if case .current(let snapshot) = content, let problem = snapshot.problem { throw .damaged(problem) }
    return content
  }

  /// Numbers in it that cannot be, in words.
  private var problem: String? {
    if !(0...JournalLine.largestNumber).contains(lastEntry) { return "there can be no entry \(lastEntry)" }
    if Hex.parse(Array(lastChecksum.utf8)) == nil { return "\"\(lastChecksum)\" is no checksum" }
    if !(0...lastEntry).contains(position.journalAfter) {
      return "there can be no journal after entry \(position.journalAfter)"
    }
    let length = position.lineEnd.subtractingReportingOverflow(position.lineStart)
    guard position.lineStart >= 0, !length.overflow, (0...SealedLine.longest).contains(length.partialValue)
    else {
      return "no line of the journal can go from byte \(position.lineStart) to \(position.lineEnd)"
    }
    let unknown = losses?.numbers.after(lastEntry) ?? []
    return unknown.isEmpty ? nil : "entries \(unknown) cannot be missing in it"
  }
}

extension Snapshot.Content: Decodable {
  private enum CodingKeys: CodingKey { case format, stateVersion, losses }

  /// Looks at the versions before the state, which may be of another one.
  init(from decoder: any Decoder) throws {
    let versions = try decoder.container(keyedBy: CodingKeys.self)
    let format = try versions.decode(Int.self, forKey: .format)
    let stateVersion = try versions.decode(Int.self, forKey: .stateVersion)
    if format > JournalHeader.currentFormat { throw FormatProblem.newer(format) }
    if stateVersion > State.formatVersion { throw FormatProblem.newer(stateVersion) }
    self =
      stateVersion < State.formatVersion
      ? .older(
        version: stateVersion, losses: try? versions.decodeIfPresent(StateLosses.self, forKey: .losses))
      : .current(try Snapshot(from: decoder))
  }
}
