import Foundation

/// The file behind a ``JSONDocument``.
struct DocumentFile<Value: Codable & Equatable & Sendable>: Sendable {
  let name: String
  let version: Int
  private let files: StateFiles

  init(path: String, version: Int, fileSystem: any FileSystem) {
    let slash = path.lastIndex(of: "/")
    name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    files = StateFiles(fileSystem: fileSystem, directory: slash.map { String(path[..<$0]) } ?? ".")
    self.version = version
  }

  var path: String { files.path(name) }

  /// The value that the file contains; `nil` where it is missing.
  func read() throws(JSONStateError) -> Value? {
    guard let bytes = try bytes() else { return nil }
    do throws(FormatProblem) {
      guard SealedFile.isSealed(bytes) else { throw SealedFile.brokenSeal }
      return try decode(bytes)
    } catch {
      throw files.error(error, in: name, supported: version)
    }
  }

  private func bytes() throws(JSONStateError) -> [UInt8]? {
    do {
      return try files.contents(name)
    } catch {
      if case .system(let cause) = error, cause.isMissingFile { return nil }
      throw error
    }
  }

  private func decode(_ bytes: [UInt8]) throws(FormatProblem) -> Value {
    let content = try SealedFile.decode(Content.self, from: bytes)
    if content.format > Content.currentFormat { throw .newer(content.format) }
    if content.version > version { throw .newer(content.version) }
    do {
      return try content.value.get()
    } catch {
      throw .damaged("its value cannot be read by this program: \(error)")
    }
  }

  func write(_ value: Value, _ access: DocumentAccess) throws(JSONStateError) {
    let bytes: [UInt8]
    do {
      bytes = try SealedFile.content(of: Content(version: version, value: .success(value)))
    } catch {
      throw .unencodableDocument(file: path, reason: "\(error)")
    }
    try files.makeDirectory(files.directory)
    try files.replace(name, with: bytes, as: access.mode)
  }

  /// What is wrong; the value where nothing is.
  func damage(reading value: inout Value?) throws(JSONStateError) -> Damage? {
    do {
      value = try read()
      return nil
    } catch {
      guard case .damaged(_, let damages) = error else { throw error }
      return damages.first
    }
  }

  func repair(_ access: DocumentAccess, inParts: Bool) throws(JSONStateError) -> DocumentRepair {
    var found: Value?
    if try damage(reading: &found) == nil { return .wasSound }
    guard let bytes = try bytes() else { return .wasSound }
    let (value, outcome) = try salvage(bytes, inParts: inParts)
    let kept = try files.keep(name)
    if let value {
      try write(value, access)
    } else {
      try files.system { () throws(FileSystemError) in try files.fileSystem.unlink(path) }
      try files.synchronizeDirectory(files.directory)
    }
    return outcome(kept)
  }

  /// What can be had of damaged bytes, and what to call it.
  private func salvage(
    _ bytes: [UInt8], inParts: Bool
  ) throws(JSONStateError) -> (value: Value?, outcome: (String) -> DocumentRepair) {
    do throws(FormatProblem) {
      if let right = SealedFile.corrected(bytes), let value = try? decode(right) {
        return (value, { .restored(damaged: $0) })
      }
      return (try decode(bytes), { .kept(damaged: $0) })
    } catch {
      if case .newer = error { throw files.error(error, in: name, supported: version) }
    }
    guard inParts, let (value, lost) = readable(bytes) else { return (nil, { .setAside(damaged: $0) }) }
    return (value, { .keptPartly(damaged: $0, lost: lost) })
  }

  /// What is left when all is taken out that cannot be read.
  private func readable(_ bytes: [UInt8]) -> (value: Value, lost: [String])? {
    guard var json = SalvagedJSON(bytes) else { return nil }
    json.set("format", to: Content.currentFormat)
    json.set("version", to: version)
    // Each round takes something out.
    while true {
      do {
        let value = try JSONDecoder().decode(Content.self, from: json.json).value.get()
        return (value, json.lost)
      } catch let error as DecodingError {
        guard json.remove(error.place.map { $0.intValue.map(String.init) ?? $0.stringValue }) else {
          return nil
        }
      } catch {
        return nil
      }
    }
  }

  /// The JSON object in the file.
  private struct Content: Codable {
    /// The version of the file format that this program writes and reads.
    static var currentFormat: Int { 1 }

    var format = currentFormat
    var version: Int
    /// Reading fails only when it is asked for, after the versions were looked at.
    var value: Result<Value, any Error>

    private enum CodingKeys: CodingKey { case format, version, value }

    init(version: Int, value: Result<Value, any Error>) {
      self.version = version
      self.value = value
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      format = try container.decode(Int.self, forKey: .format)
      version = try container.decode(Int.self, forKey: .version)
      value = Result { try container.decode(Value.self, forKey: .value) }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(format, forKey: .format)
      try container.encode(version, forKey: .version)
      try container.encode(try value.get(), forKey: .value)
    }
  }
}

extension DecodingError {
  /// What cannot be read, or lacks something.
  fileprivate var place: [any CodingKey] {
    switch self {
    case .keyNotFound(_, let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      context.codingPath
    @unknown default: []
    }
  }
}
