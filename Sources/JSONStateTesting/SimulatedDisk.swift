import JSONState
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A disk in memory that fails when told to and forgets what was not synchronised when its power goes.
///
/// ```swift
/// let disk = SimulatedDisk()
/// disk.fail(call: 17, with: ENOSPC)
/// let store = try StateStore<Cards>(directory: "/var/lib/tapd", fileSystem: disk)
/// …
/// disk.cutPower(keeping: .onlySynchronized)
/// ```
///
/// Calls are counted from 1, those that change the disk or make it durable and opening files as well; reads,
/// lengths and listings are not counted, nor is closing.
public final class SimulatedDisk: FileSystem {
  /// What the power cut leaves of bytes that were written and not synchronised.
  public enum Survivors: Sendable {
    /// Nothing of them.
    case onlySynchronized
    /// Everything: the kernel was quick.
    case everything
    /// Of each file, the beginning of the appended bytes up to this share, from 0 to 1.
    case share(Double)
  }

  private final class Node {
    var content: [UInt8] = []
    var durable: [UInt8] = []
    var isLockedBy: Int32?
  }

  private struct Disk {
    var names: [String: Node] = [:]
    var durableNames: [String: Node] = [:]
    var directories: Set<String> = ["/", "."]
    var durableDirectories: Set<String> = ["/", "."]
    var open: [Int32: (path: String, node: Node?)] = [:]
    var nextFile: Int32 = 100
    var calls: [String] = []
    var failures: [Int: Int32] = [:]
    var failuresFrom: (call: Int, code: Int32)?
    var powerEndsAt: Int?
    var freeBytes: Int?
    var hasPower = true
    var isReadOnly = false
    var longestWrite = Int.max
    var observer: (@Sendable (_ call: String) -> Void)?
  }

  private let disk = Mutex(Disk())

  public init() {}

  // MARK: What the test does

  /// The names of all counted calls so far, with their paths.
  public var calls: [String] { disk.withLock { $0.calls } }

  /// How many calls of that name were made, for example `fdatasync`.
  public func count(of call: String) -> Int {
    disk.withLock { $0.calls.count { $0.hasPrefix(call + " ") } }
  }

  /// Makes the call with that number fail with that `errno`.
  public func fail(call number: Int, with code: Int32) { disk.withLock { $0.failures[number] = code } }

  /// Makes all calls from that number on fail, until ``heal()``.
  public func fail(fromCall number: Int, with code: Int32) {
    disk.withLock { $0.failuresFrom = (number, code) }
  }

  /// Lets the disk hold only so many more bytes; writes beyond are short, then fail with `ENOSPC`.
  public func fill(leaving freeBytes: Int) { disk.withLock { $0.freeBytes = freeBytes } }

  /// Lets each write take at most so many bytes.
  public func shortenWrites(to count: Int) { disk.withLock { $0.longestWrite = max(1, count) } }

  /// Has `observer` called before each counted call, with the call's name, for example `fdatasync`; it may
  /// block, and may look at the disk.
  public func observe(_ observer: (@Sendable (_ call: String) -> Void)?) {
    disk.withLock { $0.observer = observer }
  }

  /// Mounts the disk read-only, or writable again.
  public func mount(readOnly: Bool) { disk.withLock { $0.isReadOnly = readOnly } }

  /// Ends all failures and makes room.
  public func heal() {
    disk.withLock {
      $0.failures = [:]
      $0.failuresFrom = nil
      $0.freeBytes = nil
      $0.longestWrite = .max
      $0.powerEndsAt = nil
    }
  }

  /// Makes the call with that number, and all later ones, come too late: they fail with `EIO` and do nothing.
  public func endPower(atCall number: Int) { disk.withLock { $0.powerEndsAt = number } }

  /// The power goes and comes back: what was not durable is gone as far as `survivors` says, and all files
  /// are closed and unlocked.
  public func cutPower(keeping survivors: Survivors = .onlySynchronized) {
    disk.withLock { disk in
      if case .everything = survivors {
        disk.durableNames = disk.names
        disk.durableDirectories = disk.directories
      }
      disk.names = disk.durableNames
      disk.directories = disk.durableDirectories
      for node in disk.names.values {
        node.content = Self.survivors(of: node, survivors)
        node.durable = node.content
        node.isLockedBy = nil
      }
      disk.open = [:]
      disk.powerEndsAt = nil
      disk.hasPower = true
    }
  }

  private static func survivors(of node: Node, _ survivors: Survivors) -> [UInt8] {
    switch survivors {
    case .onlySynchronized: return node.durable
    case .everything: return node.content
    case .share(let share):
      guard node.content.starts(with: node.durable) else { return node.durable }
      let pending = node.content.count - node.durable.count
      return Array(node.content.prefix(node.durable.count + Int(Double(pending) * min(max(share, 0), 1))))
    }
  }

  /// The paths of all files.
  public var paths: [String] { disk.withLock { $0.names.keys.sorted() } }

  /// A file's content as a program reads it; setting it makes it durable at once, `nil` removes the file.
  public subscript(path: String) -> [UInt8]? {
    get { disk.withLock { $0.names[path]?.content } }
    set {
      disk.withLock { disk in
        guard let newValue else {
          disk.names[path] = nil
          disk.durableNames[path] = nil
          return
        }
        let node = Node()
        node.content = newValue
        node.durable = newValue
        disk.names[path] = node
        disk.durableNames[path] = node
      }
    }
  }

  /// Another disk with the same files, all of them closed, and without failures. Files with two names keep both.
  ///
  /// - Parameter isDurable: whether everything on the copy is durable, or only what is on this one.
  public func copy(isDurable: Bool = true) -> SimulatedDisk {
    let copy = SimulatedDisk()
    let image = disk.withLock { Image($0, isDurable: isDurable) }
    copy.disk.withLock { image.fill(&$0) }
    return copy
  }

  /// A disk's files as plain values, which can go from one disk to another.
  private struct Image: Sendable {
    var contents: [(content: [UInt8], durable: [UInt8])] = []
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    let directories: Set<String>
    let durableDirectories: Set<String>

    init(_ disk: Disk, isDurable: Bool) {
      directories = disk.directories
      durableDirectories = isDurable ? disk.directories : disk.durableDirectories
      var places: [ObjectIdentifier: Int] = [:]
      for (name, node) in disk.names { names[name] = place(of: node, isDurable, &places) }
      for (name, node) in isDurable ? disk.names : disk.durableNames {
        durableNames[name] = place(of: node, isDurable, &places)
      }
    }

    private mutating func place(
      of node: Node, _ isDurable: Bool, _ places: inout [ObjectIdentifier: Int]
    ) -> Int {
      if let place = places[ObjectIdentifier(node)] { return place }
      contents.append((node.content, isDurable ? node.content : node.durable))
      places[ObjectIdentifier(node)] = contents.count - 1
      return contents.count - 1
    }

    func fill(_ disk: inout Disk) {
      let nodes = contents.map { content, durable in
        let node = Node()
        node.content = content
        node.durable = durable
        return node
      }
      disk.names = names.mapValues { nodes[$0] }
      disk.durableNames = durableNames.mapValues { nodes[$0] }
      disk.directories = directories
      disk.durableDirectories = durableDirectories
    }
  }

  // MARK: What the store does

  /// Counts a call and throws what it was told to throw.
  private static func enter(_ disk: inout Disk, _ call: String, _ path: String) throws(FileSystemError) {
    disk.calls.append("\(call) \(path)")
    let number = disk.calls.count
    if let end = disk.powerEndsAt, number >= end { disk.hasPower = false }
    if !disk.hasPower { throw FileSystemError(call: call, path: path, code: EIO) }
    if let code = disk.failures[number] { throw FileSystemError(call: call, path: path, code: code) }
    if let (from, code) = disk.failuresFrom, number >= from {
      throw FileSystemError(call: call, path: path, code: code)
    }
  }

  /// Refuses what would change a disk that is mounted read-only.
  private static func change(_ disk: Disk, _ call: String, _ path: String) throws(FileSystemError) {
    if disk.isReadOnly { throw FileSystemError(call: call, path: path, code: EROFS) }
  }

  private func perform<Value: Sendable>(
    _ call: String? = nil, _ body: (inout Disk) throws(FileSystemError) -> Value
  ) throws(FileSystemError) -> Value {
    if let call { disk.withLock { $0.observer }?(call) }
    let result: Result<Value, FileSystemError> = disk.withLock { disk in
      do throws(FileSystemError) {
        return .success(try body(&disk))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  public func open(_ path: String, _ mode: OpenMode) throws(FileSystemError) -> Int32 {
    try perform("open") { disk throws(FileSystemError) in
      try Self.enter(&disk, "open", path)
      func fail(_ code: Int32) -> FileSystemError { FileSystemError(call: "open", path: path, code: code) }
      let isMaking = mode == .create || mode == .createPrivate
      var node: Node?
      if mode != .read && mode != .directory { try Self.change(disk, "open", path) }
      if mode == .directory {
        guard disk.directories.contains(path) else { throw fail(ENOENT) }
      } else if let existing = disk.names[path] {
        if isMaking {
          // A new file: what has the name keeps its other names.
          let made = Node()
          disk.names[path] = made
          node = made
        } else {
          node = existing
        }
      } else {
        guard isMaking || mode == .lock else { throw fail(ENOENT) }
        guard disk.directories.contains(Self.parent(path)) else { throw fail(ENOENT) }
        if disk.freeBytes == 0 { throw fail(ENOSPC) }
        let made = Node()
        disk.names[path] = made
        node = made
      }
      defer { disk.nextFile += 1 }
      disk.open[disk.nextFile] = (path, node)
      return disk.nextFile
    }
  }

  public func close(_ file: Int32) {
    disk.withLock { disk in
      let closed = disk.open.removeValue(forKey: file)
      if let node = closed?.node, node.isLockedBy == file { node.isLockedBy = nil }
    }
  }

  private static func node(_ disk: Disk, _ file: Int32) throws(FileSystemError) -> (path: String, node: Node)
  {
    guard let (path, node) = disk.open[file], let node else {
      throw FileSystemError(call: "file", path: "\(file)", code: EBADF)
    }
    return (path, node)
  }

  public func read(_ file: Int32, count: Int, at offset: Int) throws(FileSystemError) -> [UInt8] {
    try perform { disk throws(FileSystemError) in
      Array(try Self.node(disk, file).node.content.dropFirst(offset).prefix(count))
    }
  }

  public func write(_ file: Int32, _ bytes: ArraySlice<UInt8>) throws(FileSystemError) -> Int {
    try perform("write") { disk throws(FileSystemError) in
      let (path, node) = try Self.node(disk, file)
      try Self.enter(&disk, "write", path)
      var count = min(bytes.count, disk.longestWrite)
      if let free = disk.freeBytes {
        if free == 0 && count > 0 { throw FileSystemError(call: "write", path: path, code: ENOSPC) }
        count = min(count, free)
        disk.freeBytes = free - count
      }
      node.content.append(contentsOf: bytes.prefix(count))
      return count
    }
  }

  public func synchronize(_ file: Int32) throws(FileSystemError) {
    try perform("fsync") { disk throws(FileSystemError) in
      guard let (path, node) = disk.open[file] else {
        throw FileSystemError(call: "fsync", path: "\(file)", code: EBADF)
      }
      try Self.enter(&disk, "fsync", path)
      if let node {
        node.durable = node.content
        return
      }
      // A directory: its names, not what stands behind them.
      for (name, node) in disk.names where Self.parent(name) == path { disk.durableNames[name] = node }
      for name in disk.durableNames.keys where Self.parent(name) == path && disk.names[name] == nil {
        disk.durableNames[name] = nil
      }
      for name in disk.directories where Self.parent(name) == path { disk.durableDirectories.insert(name) }
    }
  }

  public func synchronizeData(_ file: Int32) throws(FileSystemError) {
    try perform("fdatasync") { disk throws(FileSystemError) in
      let (path, node) = try Self.node(disk, file)
      try Self.enter(&disk, "fdatasync", path)
      node.durable = node.content
    }
  }

  public func truncate(_ file: Int32, to length: Int) throws(FileSystemError) {
    try perform("ftruncate") { disk throws(FileSystemError) in
      let (path, node) = try Self.node(disk, file)
      try Self.enter(&disk, "ftruncate", path)
      if length < node.content.count { node.content.removeSubrange(length...) }
    }
  }

  public func length(_ file: Int32) throws(FileSystemError) -> Int {
    try perform { disk throws(FileSystemError) in try Self.node(disk, file).node.content.count }
  }

  public func tryLock(_ file: Int32) throws(FileSystemError) -> Bool {
    try perform("flock") { disk throws(FileSystemError) in
      let (path, node) = try Self.node(disk, file)
      try Self.enter(&disk, "flock", path)
      if node.isLockedBy != nil { return false }
      node.isLockedBy = file
      return true
    }
  }

  public func unlock(_ file: Int32) { close(file) }

  public func rename(_ from: String, to: String) throws(FileSystemError) {
    try perform("rename") { disk throws(FileSystemError) in
      try Self.enter(&disk, "rename", to)
      try Self.change(disk, "rename", to)
      guard let node = disk.names.removeValue(forKey: from) else {
        throw FileSystemError(call: "rename", path: to, code: ENOENT)
      }
      disk.names[to] = node
    }
  }

  public func link(_ existing: String, to: String) throws(FileSystemError) {
    try perform("link") { disk throws(FileSystemError) in
      try Self.enter(&disk, "link", to)
      try Self.change(disk, "link", to)
      guard let node = disk.names[existing] else {
        throw FileSystemError(call: "link", path: to, code: ENOENT)
      }
      if disk.names[to] != nil { throw FileSystemError(call: "link", path: to, code: EEXIST) }
      disk.names[to] = node
    }
  }

  public func unlink(_ path: String) throws(FileSystemError) {
    try perform("unlink") { disk throws(FileSystemError) in
      try Self.enter(&disk, "unlink", path)
      try Self.change(disk, "unlink", path)
      if disk.names.removeValue(forKey: path) == nil {
        throw FileSystemError(call: "unlink", path: path, code: ENOENT)
      }
    }
  }

  public func makeDirectory(_ path: String) throws(FileSystemError) {
    try perform("mkdir") { disk throws(FileSystemError) in
      try Self.enter(&disk, "mkdir", path)
      try Self.change(disk, "mkdir", path)
      guard disk.directories.contains(Self.parent(path)) else {
        throw FileSystemError(call: "mkdir", path: path, code: ENOENT)
      }
      if !disk.directories.insert(path).inserted {
        throw FileSystemError(call: "mkdir", path: path, code: EEXIST)
      }
    }
  }

  public func names(inDirectory path: String) throws(FileSystemError) -> [String] {
    try perform { disk throws(FileSystemError) in
      guard disk.directories.contains(path) else {
        throw FileSystemError(call: "opendir", path: path, code: ENOENT)
      }
      let all = Array(disk.names.keys) + disk.directories.filter { $0 != "/" && $0 != "." }
      return all.filter { Self.parent($0) == path }.map { String($0.split(separator: "/").last ?? "") }
    }
  }
}
