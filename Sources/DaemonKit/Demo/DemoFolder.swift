import ArgumentParser
import Foundation

/// The folder of a demo's books. It is emptied at each start, so it must never be one with real books in it.
struct DemoFolder {
  let path: String
  let daemon: String

  /// What says that the folder is a demo's.
  private var mark: String { path + "/demo.txt" }

  /// Empties the folder, or makes it.
  /// - Parameter isStandard: whether it is the one that every demo takes, and nothing else.
  /// - Throws: `ValidationError` when it is not a demo's, or when a demo is using it.
  func empty(isStandard: Bool) throws {
    var status = stat()
    if lstat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
        throw ValidationError("\(path) is not a folder of this user's: give another one as --state")
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      guard isStandard || names.isEmpty || names.contains("demo.txt") else {
        throw ValidationError(
          "\(path) holds files that are not a demo's: give --keep to go on with them, or another folder as --state"
        )
      }
      let lock = open(path + "/lock", O_RDONLY | O_NOFOLLOW)
      defer { if lock >= 0 { close(lock) } }
      guard lock < 0 || flock(lock, LOCK_EX | LOCK_NB) == 0 else {
        throw ValidationError("another demo uses \(path): end it, or give another folder as --state")
      }
      for name in names { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }
    } else {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
    }
    try Data("The books of `\(daemon) demo`. Its next start empties this folder.\n".utf8)
      .write(to: URL(fileURLWithPath: mark))
  }
}
