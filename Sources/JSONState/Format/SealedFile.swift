import Foundation

/// The form of a file that is replaced as a whole: one JSON object, indented to be read, whose first member
/// is the checksum of all bytes after it.
enum SealedFile {
  static let brokenSeal = FormatProblem.damaged("it is not as it was written: its checksum does not match")

  private static let opening = Array("{\n  \"crc\" : \"".utf8)
  /// Where the bytes under the checksum begin: after the checksum's last digit.
  private static let sealed = opening.count + 8

  /// - Parameter content: something that becomes a JSON object with one member or more.
  static func content(of content: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var rest = Array("\",".utf8)
    rest.append(contentsOf: try encoder.encode(content).dropFirst())
    rest.append(lineEnd)
    var bytes = opening
    bytes.append(contentsOf: Hex.text(CRC32C.checksum(rest)).utf8)
    bytes.append(contentsOf: rest)
    return bytes
  }

  /// Whether these first bytes of a file are those of a sealed one.
  static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: opening) }

  static func isSealed(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > sealed, bytes.starts(with: opening),
      let checksum = Hex.parse(bytes[opening.count..<sealed])
    else { return false }
    return CRC32C.checksum(bytes[sealed...]) == checksum
  }

  /// The bytes as they were written, where one damaged byte explains what is wrong with them.
  static func corrected(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count > sealed else { return nil }
    var bytes = bytes
    // The opening is known.
    let wrong = zip(bytes, opening).count { $0 != $1 }
    if wrong == 1 { bytes.replaceSubrange(0..<opening.count, with: opening) }
    if wrong > 1 { return nil }
    if isSealed(bytes) { return bytes }
    guard wrong == 0 else { return nil }
    let digits = Array(Hex.text(CRC32C.checksum(bytes[sealed...])).utf8)
    if zip(digits, bytes[opening.count..<sealed]).count(where: { $0 != $1 }) == 1 {
      bytes.replaceSubrange(opening.count..<sealed, with: digits)
      return bytes
    }
    guard let checksum = Hex.parse(bytes[opening.count..<sealed]),
      let (offset, mask) = CRC32C.damagedByte(bytes[sealed...], checksum: checksum)
    else { return nil }
    bytes[sealed + offset] ^= mask
    return bytes
  }

  /// Reads the JSON, sealed or not. What the content's own decoding throws as ``FormatProblem`` stays that.
  static func decode<Content: Decodable>(
    _ type: Content.Type, from bytes: [UInt8]
  ) throws(FormatProblem) -> Content {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let problem as FormatProblem {
      throw problem
    } catch {
      throw .damaged("its content cannot be read by this program: \(error)")
    }
  }
}

/// Why a file's content cannot be used.
enum FormatProblem: Error {
  case damaged(String)
  /// It is of this version, which the program does not know yet.
  case newer(Int)
}
