#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The names in a state directory, and the few ways in which files there are read and replaced.
struct StateFiles: Sendable {
  static let journal = "journal.jsonl"
  static let snapshot = "state.json"
  static let archive = "archive"
  static let lock = "lock"
  /// What a file is called until it is complete and durable.
  static let unfinished = ".new"

  let fileSystem: any FileSystem
  let directory: String

  func path(_ name: String) -> String { directory + "/" + name }

  static func archived(_ month: Month) -> String { "\(archive)/\(month).jsonl" }

  // MARK: Directory and lock

  /// Makes the directory and those above it where they are missing.
  func makeDirectories() throws(JSONStateError) {
    try makeDirectory(directory)
    if let objection = fileSystem.objection(toDirectory: directory) {
      throw .unsafe(directory: directory, problem: objection)
    }
    try makeDirectory(path(Self.archive))
  }

  func makeDirectory(_ path: String) throws(JSONStateError) {
    do {
      _ = try fileSystem.names(inDirectory: path)
      return
    } catch {
      if error.code != ENOENT { throw .system(error) }
    }
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      let parent = String(path[..<slash])
      try makeDirectory(parent)
      try makeNewDirectory(path)
      try synchronizeDirectory(parent)
    } else {
      try makeNewDirectory(path)
    }
  }

  private func makeNewDirectory(_ path: String) throws(JSONStateError) {
    do {
      try fileSystem.makeDirectory(path)
    } catch {
      // Another process may have made it meanwhile; something else under that name shows when it is read.
      guard error.code == EEXIST, (try? fileSystem.names(inDirectory: path)) != nil else {
        throw .system(error)
      }
    }
  }

  // MARK: Files

  func names(in folder: String? = nil) throws(JSONStateError) -> Set<String> {
    try system { () throws(FileSystemError) in
      Set(try fileSystem.names(inDirectory: folder.map(path) ?? directory))
    }
  }

  /// The archive's files, oldest first.
  func archivedMonths() throws(JSONStateError) -> [Month] {
    try names(in: Self.archive).compactMap { name in
      name.hasSuffix(".jsonl") ? Month(name.dropLast(6)) : nil
    }.sorted()
  }

  func open(_ name: String, _ mode: OpenMode) throws(JSONStateError) -> Int32 {
    try system { () throws(FileSystemError) in try fileSystem.open(path(name), mode) }
  }

  func contents(_ name: String) throws(JSONStateError) -> [UInt8] {
    try withFile(name, .read) { file throws(FileSystemError) in
      try fileSystem.read(file, count: try fileSystem.length(file), at: 0)
    }
  }

  func withFile<Value>(
    _ name: String, _ mode: OpenMode, _ body: (Int32) throws(FileSystemError) -> Value
  ) throws(JSONStateError) -> Value {
    let file = try open(name, mode)
    defer { fileSystem.close(file) }
    return try system { () throws(FileSystemError) in try body(file) }
  }

  /// Appends all of `bytes`, however many calls that takes.
  func write(_ bytes: [UInt8], to file: Int32) throws(FileSystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      rest = rest.dropFirst(try fileSystem.write(file, rest))
    }
  }

  /// Makes a durable file of that content, replacing what has the name in one step.
  func replace(
    _ name: String, with bytes: [UInt8], as mode: OpenMode = .create
  ) throws(JSONStateError) {
    try replace(name, as: mode) { file throws(FileSystemError) in try write(bytes, to: file) }
  }

  func replace(
    _ name: String, as mode: OpenMode = .create, writing body: (Int32) throws(FileSystemError) -> Void
  ) throws(JSONStateError) {
    let unfinished = name + Self.unfinished
    do {
      try withFile(unfinished, mode) { file throws(FileSystemError) in
        try body(file)
        try fileSystem.synchronize(file)
      }
      try system { () throws(FileSystemError) in try fileSystem.rename(path(unfinished), to: path(name)) }
    } catch {
      try? fileSystem.unlink(path(unfinished))
      throw error
    }
    try synchronizeDirectory(folder(of: name))
  }

  /// Gives a file a second name under which it stays.
  func keep(_ name: String) throws(JSONStateError) -> String {
    let kept = try freeName(name + ".damaged-")
    try system { () throws(FileSystemError) in try fileSystem.link(path(name), to: path(kept)) }
    try synchronizeDirectory(folder(of: name))
    return kept
  }

  func synchronizeDirectory(_ path: String) throws(JSONStateError) {
    try system { () throws(FileSystemError) in
      let file = try fileSystem.open(path, .directory)
      defer { fileSystem.close(file) }
      try fileSystem.synchronize(file)
    }
  }

  /// `prefix` with the first number behind it that no file has yet.
  func freeName(_ prefix: String) throws(JSONStateError) -> String {
    let slash = prefix.lastIndex(of: "/")
    let names = try names(in: slash.map { String(prefix[..<$0]) })
    let name = slash.map { prefix[prefix.index(after: $0)...] } ?? prefix[...]
    var number = 1
    while names.contains("\(name)\(number)") { number += 1 }
    return "\(prefix)\(number)"
  }

  func system<Value>(_ body: () throws(FileSystemError) -> Value) throws(JSONStateError) -> Value {
    do { return try body() } catch { throw .system(error) }
  }
}

extension StateFiles {
  /// The path of the folder that a name is in.
  func folder(of name: String) -> String {
    name.lastIndex(of: "/").map { path(String(name[..<$0])) } ?? directory
  }

  /// A directory's path without slashes at its end.
  static func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    return path
  }
}
