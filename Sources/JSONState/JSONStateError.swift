#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What can go wrong with a state directory: what, where, and what to do.
public enum JSONStateError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Another process (its number, where it could be read) has the directory open.
  case locked(directory: String, process: Int?)
  /// A system call failed.
  case system(FileSystemError)
  /// Files are not as they were written. Nothing was changed.
  case damaged(directory: String, [Damage])
  /// The directory is no place for a state, because others could change it. Nothing was changed.
  case unsafe(directory: String, problem: String)
  /// A file was written by a newer version of the program.
  case newerFormat(file: String, found: Int, supported: Int)
  /// A write or a synchronisation failed earlier, so nothing more is recorded until the directory is opened
  /// again. Reading goes on.
  indirect case readOnly(because: JSONStateError)
  /// The store was closed.
  case closed
  /// An entry cannot be written as JSON, or is larger than 16 MiB.
  case unencodable(entry: Int, reason: String)
  /// What a ``JSONDocument`` should contain cannot be written as JSON.
  case unencodableDocument(file: String, reason: String)

  public var description: String {
    switch self {
    case .locked(let directory, let process):
      let holder = process.map { "process \($0)" } ?? "another process"
      return "\(directory) is in use by \(holder): stop it first, or ask it to do this"
    case .system(let error):
      return error.description
    case .damaged(let directory, let damages):
      let shown = damages.prefix(5).map(\.description).joined(separator: "; ")
      let more = damages.count > 5 ? "; and \(damages.count - 5) more" : ""
      return
        "\(directory) is damaged: \(shown)\(more). Nothing was changed. Copy the directory, then restore "
        + "it from a backup, or run the repair command, which sets the damaged files aside and keeps what is sound"
    case .unsafe(let directory, let problem):
      return "\(directory) is not safe: \(problem)"
    case .newerFormat(let file, let found, let supported):
      return "\(file) has format version \(found), this program knows up to \(supported): "
        + "install the newer version again"
    case .readOnly(let error):
      return
        "nothing is recorded since this failed: \(error.description). Recording goes on once that is mended"
    case .closed:
      return "the state was closed"
    case .unencodable(let entry, let reason):
      return "entry \(entry) cannot be written as JSON: \(reason)"
    case .unencodableDocument(let file, let reason):
      return "\(file) was left as it is, for its new content cannot be written as JSON: \(reason)"
    }
  }
}

/// A place where a file is not as it was written.
public struct Damage: Sendable, Equatable, CustomStringConvertible {
  /// The file's name within the state directory.
  public var file: String
  /// The line, from 1; `nil` where the damage is of the file as a whole.
  public var line: Int?
  /// What is wrong there.
  public var problem: String

  public init(file: String, line: Int? = nil, problem: String) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  public var description: String { file + (line.map { ", line \($0)" } ?? "") + ": " + problem }
}

extension FileSystemError: CustomStringConvertible {
  public var description: String {
    let reason = String(cString: strerror(code))
    return "\(reason) in \(path) (\(call)): \(remedy)"
  }

  var isMissingFile: Bool { code == ENOENT }

  private var remedy: String {
    switch code {
    case ENOSPC, EDQUOT: "free some space"
    case EACCES, EPERM: "give the program's user access to it (chown, chmod; directories 0750, files 0640)"
    case ELOOP: "it is a symbolic link, which is not followed; put the file itself there"
    case EMLINK: "the file has a second name elsewhere; delete this one, it is made again"
    case EINVAL where call == "open": "it is no ordinary file; move it away"
    case EROFS:
      "the file system is mounted read-only; look for errors in dmesg, check it, and mount it writable"
    case ENOENT: "make it, or correct the path"
    case ENOTDIR, EEXIST, EISDIR: "something else has that name; move it away, or correct the path"
    case EIO: "the disk or SD card fails; look in dmesg, copy the directory away and replace the card"
    case EMFILE, ENFILE: "too many files are open; raise the limit (LimitNOFILE)"
    default: "look in dmesg and at the path"
    }
  }
}
