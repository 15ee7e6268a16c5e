/// How a file is opened; each case stands for one set of `open(2)` flags.
///
/// In each case but ``directory`` only an ordinary file is opened, never one behind a symbolic link: a state directory
/// may belong to a user whom the opening program, run by root, should not obey.
public enum OpenMode: Sendable {
  /// An existing file, for reading.
  case read
  /// An existing file, for reading and for appending at its end.
  case append
  /// A new file (mode 0640), for appending; what had the name before loses it.
  case create
  /// The same, which only the owner can read (mode 0600).
  case createPrivate
  /// The lock file (mode 0640), made if it is missing, never emptied. It has no second name.
  case lock
  /// A directory, to synchronise its entries.
  case directory
}

/// A system call that failed: which, on what path, and the kernel's error number.
public struct FileSystemError: Error, Equatable, Sendable {
  /// The call's name in the manual, for example `fdatasync`.
  public var call: String
  /// The path it was for.
  public var path: String
  /// `errno` as the call left it.
  public var code: Int32

  public init(call: String, path: String, code: Int32) {
    self.call = call
    self.path = path
    self.code = code
  }
}

/// Every system call that a ``StateStore`` makes, one method each.
///
/// This is the seam at which a test makes the n-th call fail or the power go: see `SimulatedDisk` in
/// `JSONStateTesting`. Programs use ``SystemFileSystem``, which is the default. All methods block, and may
/// be called from any thread; a file number is used by one thread at a time.
public protocol FileSystem: Sendable {
  /// Opens `path`; the file number is closed by ``close(_:)`` and not inherited by child processes.
  func open(_ path: String, _ mode: OpenMode) throws(FileSystemError) -> Int32
  /// Closes a file number. An error here is of no use: what had to be durable was synchronised before.
  func close(_ file: Int32)
  /// Reads up to `count` bytes at `offset`; fewer only at the end of the file.
  func read(_ file: Int32, count: Int, at offset: Int) throws(FileSystemError) -> [UInt8]
  /// Appends `bytes` at the end and returns how many were taken, which may be fewer than given.
  func write(_ file: Int32, _ bytes: ArraySlice<UInt8>) throws(FileSystemError) -> Int
  /// Makes a file's content, or a directory's entries, durable (`fsync`).
  func synchronize(_ file: Int32) throws(FileSystemError)
  /// Makes a file's content and length durable, not its times (`fdatasync`).
  func synchronizeData(_ file: Int32) throws(FileSystemError)
  /// Cuts the file to `length` bytes.
  func truncate(_ file: Int32, to length: Int) throws(FileSystemError)
  /// The file's length in bytes.
  func length(_ file: Int32) throws(FileSystemError) -> Int
  /// Takes the exclusive lock of the open file without waiting; `false` if another holds it.
  func tryLock(_ file: Int32) throws(FileSystemError) -> Bool
  /// Gives up the lock and closes the file. Closing alone would not do: a process that is being started by
  /// another thread holds a copy of the descriptor for a moment.
  func unlock(_ file: Int32)
  /// Gives `from` the name `to`, replacing what has it, in one step. Owner and group stay those of the replaced
  /// file, where the caller may set them.
  func rename(_ from: String, to: String) throws(FileSystemError)
  /// Gives a file a second name; fails with `EEXIST` if the name is taken.
  func link(_ existing: String, to: String) throws(FileSystemError)
  /// Takes a name away.
  func unlink(_ path: String) throws(FileSystemError)
  /// Makes one directory (mode 0750); fails with `EEXIST` if the name is taken.
  func makeDirectory(_ path: String) throws(FileSystemError)
  /// The names in a directory, in no order, without `.` and `..`.
  func names(inDirectory path: String) throws(FileSystemError) -> [String]
  /// Why a state should not be kept in a directory, for example because anybody may write there; `nil` where nothing
  /// speaks against it.
  func objection(toDirectory path: String) -> String?
}

extension FileSystem {
  public func objection(toDirectory path: String) -> String? { nil }
}
