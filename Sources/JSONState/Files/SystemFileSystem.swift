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
    let flags: Int32 =
      switch mode {
      case .read: O_RDONLY
      case .append: O_RDWR | O_APPEND
      case .create, .createPrivate: O_RDWR | O_APPEND | O_CREAT | O_TRUNC
      case .lock: O_RDWR | O_APPEND | O_CREAT
      case .directory: O_RDONLY | O_DIRECTORY
      }
    let permissions: mode_t = mode == .createPrivate ? 0o600 : 0o640
    let file = try check("open", path) { systemOpen(path, flags | O_CLOEXEC, permissions) }
    if mode == .createPrivate {
      do {
        try check("fchmod", path) { fchmod(file, permissions) }
      } catch {
        close(file)
        throw error
      }
    }
    return file
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
    var status = stat()
    try check("fstat", file) { fstat(file, &status) }
    return Int(status.st_size)
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
    try check("rename", to) { systemRename(from, to) }
  }

  public func link(_ existing: String, to: String) throws(FileSystemError) {
    try check("link", to) { systemLink(existing, to) }
  }

  public func unlink(_ path: String) throws(FileSystemError) {
    try check("unlink", path) { systemUnlink(path) }
  }

  public func makeDirectory(_ path: String) throws(FileSystemError) {
    try check("mkdir", path) { mkdir(path, 0o750) }
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
