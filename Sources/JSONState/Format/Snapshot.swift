import Foundation

/// The content of `state.json`: the state after an entry, and where in the journal the next one follows.
///
/// The file is one JSON object, indented to be read, whose first member is the checksum of all bytes after it.
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

  private static var opening: [UInt8] { Array("{\n  \"crc\" : \"".utf8) }

  func fileContent() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var rest = Array("\",".utf8)
    rest.append(contentsOf: try encoder.encode(self).dropFirst())
    rest.append(lineEnd)
    var bytes = Self.opening
    Hex.append(CRC32C.checksum(rest), to: &bytes)
    bytes.append(contentsOf: rest)
    return bytes
  }

  static func read(_ bytes: [UInt8]) throws(JournalHeader.Problem) -> Content {
    let sealed = opening.count + 8
    guard bytes.count > sealed, bytes.starts(with: opening),
      let checksum = Hex.parse(bytes[opening.count..<sealed]), CRC32C.checksum(bytes[sealed...]) == checksum
    else { throw .damaged("it is not as it was written: its checksum does not match") }
    let json = Data(bytes)
    guard let versions = try? JSONDecoder().decode(SnapshotVersions.self, from: json) else {
      throw .damaged("it is not a snapshot")
    }
    if versions.format > JournalHeader.currentFormat { throw .newer(versions.format) }
    if versions.stateVersion > State.formatVersion { throw .newer(versions.stateVersion) }
    if versions.stateVersion < State.formatVersion { return .older(version: versions.stateVersion) }
    do {
      return .current(try JSONDecoder().decode(Self.self, from: json))
    } catch {
      throw .damaged("its state cannot be read by this program: \(error)")
    }
  }
}

/// What is read of a snapshot before its state, which may be of another version.
private struct SnapshotVersions: Decodable {
  var format: Int
  var stateVersion: Int
}
