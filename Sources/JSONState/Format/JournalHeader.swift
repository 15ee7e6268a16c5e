import Foundation

/// The first line of a journal or archive file.
struct JournalHeader: Codable, Equatable {
  /// The version of the file format that this program writes and reads.
  static let currentFormat = 1

  var format = currentFormat
  /// The domain's ``JournaledState/formatVersion`` when the file was begun.
  var stateVersion: Int
  /// The month whose entries the file holds.
  var month: String
  /// The number of the entry before the first one in this file.
  var after: Int
  /// That entry's checksum, so that files of different histories are not taken for one.
  var afterChecksum: String

  func line() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let members = try encoder.encode(self).dropFirst()
    var line: [UInt8] = []
    _ = SealedLine.append(to: &line) { line in
      line.append(contentsOf: "\",".utf8)
      line.append(contentsOf: members)
    }
    return line
  }

  /// Reads a header line without its line end.
  init(line: ArraySlice<UInt8>, stateVersion supported: Int) throws(FormatProblem) {
    struct Version: Decodable { var format: Int }
    guard let (_, rest) = SealedLine.open(line) else { throw .damaged("the header is not as it was written") }
    let json = Data([UInt8(ascii: "{")] + rest.dropFirst(2))
    if let version = try? JSONDecoder().decode(Version.self, from: json), version.format > Self.currentFormat
    {
      throw .newer(version.format)
    }
    guard let header = try? JSONDecoder().decode(Self.self, from: json), header.format == Self.currentFormat,
      (0...JournalLine.largestNumber).contains(header.after),
      Hex.parse(header.afterChecksum.utf8.map { $0 }) != nil, Month(header.month) != nil
    else { throw .damaged("the header is not one of a journal") }
    if header.stateVersion > supported { throw .newer(header.stateVersion) }
    self = header
  }

  init(stateVersion: Int, month: Month, after: Int, afterChecksum: UInt32) {
    self.stateVersion = stateVersion
    self.month = month.description
    self.after = after
    self.afterChecksum = Hex.text(afterChecksum)
  }
}
