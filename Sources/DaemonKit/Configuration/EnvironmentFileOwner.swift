#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whether a `.env` file that nobody named is one to go by: its settings say where a command takes its password to.
enum EnvironmentFileOwner: Equatable {
  case trusted
  case workingDirectoryOfRoot
  /// With the reason, and what to do.
  case stranger(String)

  init(of path: String, user: uid_t = geteuid()) {
    let isInWorkingDirectory = !path.hasPrefix("/")
    if isInWorkingDirectory && user == 0 {
      self = .workingDirectoryOfRoot
      return
    }
    var (name, file) = (stat(), stat())
    guard lstat(path, &name) == 0, stat(path, &file) == 0 else {
      // What cannot be looked at cannot be read either, and reading says why.
      self = .trusted
      return
    }
    if let owner = [name.st_uid, file.st_uid].first(where: { $0 != 0 && $0 != user }) {
      self = .stranger(
        "\(path) belongs to user \(owner) and is not read: delete it, or go to another directory, or name it with "
          + "--env-file")
    } else if file.st_mode & S_IWOTH != 0 {
      self = .stranger("\(path) can be changed by everybody and is not read: chmod o-w \(path)")
    } else {
      self = .trusted
    }
  }
}
