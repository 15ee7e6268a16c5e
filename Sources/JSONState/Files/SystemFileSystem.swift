#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The kernel's file system.
public struct SystemFileSystem: FileSystem {
  public init() {}

  public func open(_ path: String, _ mode: OpenMode) throws(FileSystemError) -> Int32 {
    switch mode {
    case .directory: return try open(path, O_RDONLY | O_DIRECTORY)
    case .read: return try ordinary(path, O_RDONLY)
    case .append: return try ordinary(path, O_RDWR | O_APPEND)
    case .create, .createPrivate: return try create(path, mode == .createPrivate ? 0o600 : 0o640)
    case .lock:
      for _ in 1...10 {
        do throws(FileSystemError) {
          let file = try ordinary(path, O_RDWR | O_APPEND)
          guard try status(file).st_nlink < 2 else {
            close(file)
            throw FileSystemError(call: "open", path: path, code: EMLINK)
          }
          return file
        } catch {
          guard error.code == ENOENT else { throw error }
        }
        do throws(FileSystemError) {
          return try made(path, 0o640)
        } catch {
          // Another process may have made it meanwhile.
          guard error.code == EEXIST else { throw error }
        }
      }
      throw FileSystemError(call: "open", path: path, code: EEXIST)
    }
  }

  private func open(_ path: String, _ flags: Int32, _ permissions: mode_t = 0) throws(FileSystemError)
    -> Int32
  {
    try check("open", path) { systemOpen(path, flags | O_CLOEXEC, permissions) }
  }

  /// Opens an existing file; what is none fails, and does not keep the caller waiting as a pipe would.
  private func ordinary(_ path: String, _ flags: Int32) throws(FileSystemError) -> Int32 {
    let file = try open(path, flags | O_NOFOLLOW | O_NONBLOCK)
    do throws(FileSystemError) {
      let type = try status(file).st_mode & S_IFMT
      if type == S_IFREG { return file }
      throw FileSystemError(call: "open", path: path, code: type == S_IFDIR ? EISDIR : EINVAL)
    } catch {
      close(file)
      throw error
    }
  }

  private func create(_ path: String, _ permissions: mode_t) throws(FileSystemError) -> Int32 {
    do throws(FileSystemError) {
      return try made(path, permissions)
    } catch {
      guard error.code == EEXIST else { throw error }
    }
    try unlink(path)
    return try made(path, permissions)
  }

  /// Makes a file that was not there. Root makes it for the directory's owner: the daemon has to open it too.
  private func made(_ path: String, _ permissions: mode_t) throws(FileSystemError) -> Int32 {
    let file = try open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, permissions)
    do throws(FileSystemError) {
      if geteuid() == 0 {
        let folder = try open(folder(of: path), O_RDONLY | O_DIRECTORY)
        defer { close(folder) }
        let owner = try status(folder)
        try check("fchown", path) { fchown(file, owner.st_uid, owner.st_gid) }
      }
      return file
    } catch {
      close(file)
      throw error
    }
  }

  private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private func status(_ file: Int32) throws(FileSystemError) -> stat {
    var status = stat()
    try check("fstat", file) { fstat(file, &status) }
    return status
  }

  public func close(_ file: Int32) { systemClose(file) }

  public func read(_ file: Int32, count: Int, at offset: Int) throws(FileSystemError) -> [UInt8] {
    var failure: FileSystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, let base = buffer.baseAddress {
        let taken = pread(file, base + filled, count - filled, off_t(offset + filled))
        if taken < 0 && errno == EINTR { continue }
        if taken < 0 { failure = FileSystemError(call: "read", path: path(of: file), code: errno) }
        if taken <= 0 { break }
        filled += taken
      }
    }
    if let failure { throw failure }
    return bytes
  }

  public func write(_ file: Int32, _ bytes: ArraySlice<UInt8>) throws(FileSystemError) -> Int {
    while true {
      let taken = bytes.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
      if taken >= 0 { return taken }
      if errno != EINTR { throw FileSystemError(call: "write", path: path(of: file), code: errno) }
    }
  }

  public func synchronize(_ file: Int32) throws(FileSystemError) {
    try check("fsync", file) { fullSync(file) }
  }

  public func synchronizeData(_ file: Int32) throws(FileSystemError) {
    #if canImport(Darwin)
      try check("fdatasync", file) { fullSync(file) }
    #else
      try check("fdatasync", file) { fdatasync(file) }
    #endif
  }

  public func truncate(_ file: Int32, to length: Int) throws(FileSystemError) {
    try check("ftruncate", file) { ftruncate(file, off_t(length)) }
  }

  public func length(_ file: Int32) throws(FileSystemError) -> Int {
    Int(try status(file).st_size)
  }

  public func tryLock(_ file: Int32) throws(FileSystemError) -> Bool {
    do {
      try check("flock", file) { flock(file, LOCK_EX | LOCK_NB) }
      return true
    } catch {
      if error.code == EWOULDBLOCK { return false }
      throw error
    }
  }

  public func unlock(_ file: Int32) {
    flock(file, LOCK_UN)
    close(file)
  }

  public func rename(_ from: String, to: String) throws(FileSystemError) {
    giveOwner(ofFile: to, to: from)
    try check("rename", to) { systemRename(from, to) }
  }

  /// Gives a file that replaces another one its owner and group. Not root's, in a directory of another owner: that one
  /// got the file when it was made, and a daemon that runs as this owner could not open what is root's.
  ///
  /// Only root may give a file away, and a group only to those that it is in. So a failure does not count: the
  /// directory's owner, whom the file got, can open it as well.
  private func giveOwner(ofFile replaced: String, to path: String) {
    var old = stat()
    guard lstat(replaced, &old) == 0, let file = try? ordinary(path, O_RDONLY) else { return }
    defer { close(file) }
    guard let new = try? status(file), old.st_uid != new.st_uid || old.st_gid != new.st_gid else { return }
    var directory = stat()
    if old.st_uid == 0, stat(folder(of: replaced), &directory) == 0, directory.st_uid != 0 { return }
    _ = fchown(file, old.st_uid, old.st_gid)
  }

  public func link(_ existing: String, to: String) throws(FileSystemError) {
    try check("link", to) { systemLink(existing, to) }
  }

  public func unlink(_ path: String) throws(FileSystemError) {
    try check("unlink", path) { systemUnlink(path) }
  }

  public func makeDirectory(_ path: String) throws(FileSystemError) {
    try check("mkdir", path) { mkdir(path, 0o750) }
    guard geteuid() == 0 else { return }
    var parent = stat()
    try check("stat", path) { stat(folder(of: path), &parent) }
    try check("chown", path) { lchown(path, parent.st_uid, parent.st_gid) }
  }

  public func objection(toDirectory path: String) -> String? {
    var found = stat()
    guard stat(path, &found) == 0 else { return nil }
    if found.st_mode & S_IWOTH != 0 {
      return "everybody may write in it: allow that to its owner only (chmod 0750 \(path))"
    }
    let user = geteuid()
    if user != 0, found.st_uid != 0, found.st_uid != user {
      return
        "it belongs to user \(found.st_uid) and this program runs as user \(user): run it as that user, or give "
        + "the directory to this one (chown)"
    }
    let archive = path + "/" + StateFiles.archive
    guard lstat(archive, &found) == 0 else { return nil }
    if found.st_mode & S_IFMT == S_IFLNK {
      return "\(archive) is a symbolic link, which is not followed: put the directory itself there"
    }
    return found.st_mode & S_IWOTH == 0
      ? nil : "everybody may write in \(archive): allow that to its owner only (chmod 0750 \(archive))"
  }

  public func names(inDirectory path: String) throws(FileSystemError) -> [String] {
    guard let directory = opendir(path) else {
      throw FileSystemError(call: "opendir", path: path, code: errno)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else {
        if errno != 0 { throw FileSystemError(call: "readdir", path: path, code: errno) }
        return names
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
  }
}

// The kernel's calls, where a method of the same name would hide them.
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
private func systemClose(_ file: Int32) { _ = close(file) }
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, bytes, count)
}
private func systemRename(_ from: String, _ to: String) -> Int32 { rename(from, to) }
private func systemLink(_ from: String, _ to: String) -> Int32 { link(from, to) }
private func systemUnlink(_ path: String) -> Int32 { unlink(path) }

/// `fsync`, and on Apple's systems the one that reaches the medium.
private func fullSync(_ file: Int32) -> Int32 {
  #if canImport(Darwin)
    fcntl(file, F_FULLFSYNC)
  #else
    fsync(file)
  #endif
}

@discardableResult
private func check(_ call: String, _ path: String, _ body: () -> Int32) throws(FileSystemError) -> Int32 {
  while true {
    let result = body()
    if result >= 0 { return result }
    if errno != EINTR { throw FileSystemError(call: call, path: path, code: errno) }
  }
}

@discardableResult
private func check(_ call: String, _ file: Int32, _ body: () -> Int32) throws(FileSystemError) -> Int32 {
  while true {
    let result = body()
    if result >= 0 { return result }
    let code = errno
    if code != EINTR { throw FileSystemError(call: call, path: path(of: file), code: code) }
  }
}

/// The path behind a file number, for messages; the number itself where the system does not say.
private func path(of file: Int32) -> String {
  let code = errno
  defer { errno = code }
  #if os(Linux)
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/fd/\(file)", &buffer, buffer.count)
    if count > 0 { return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) }
  #endif
  return "file \(file)"
}
