import Foundation

/// What must be right on any machine, pins or not. Blocks; run it off the cooperative pool.
public struct SystemChecks {
  private let directory: String
  private let fullDisk: String
  private let wrongClock: String

  /// - Parameters:
  ///   - fullDisk: what comes of a full disk: `no pour can be recorded`.
  ///   - wrongClock: what comes of a wrong date: `validity dates of cards are wrong`.
  public init(stateDirectory: String, fullDisk: String, wrongClock: String) {
    directory = stateDirectory
    self.fullDisk = fullDisk
    self.wrongClock = wrongClock
  }

  public func run() -> [Finding] { [stateDirectory(), freeSpace(), wallClock()] }

  private func stateDirectory() -> Finding {
    let subject = "state directory \(directory)"
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) else {
      let parent = (directory as NSString).deletingLastPathComponent
      return FileManager.default.isWritableFile(atPath: parent)
        ? .good(subject, "is made at the first start")
        : .failed(subject, "is missing and this user cannot make it: sudo install -d -o $USER \(directory)")
    }
    guard isDirectory.boolValue else {
      return .failed(subject, "is a file: name a directory in state.directory")
    }
    return FileManager.default.isWritableFile(atPath: directory)
      ? .good(subject, "is there and can be written")
      : .failed(subject, "cannot be written by this user: sudo chown -R $USER \(directory)")
  }

  private func freeSpace() -> Finding {
    let subject = "free space"
    var path = directory
    while !FileManager.default.fileExists(atPath: path), path != "/" {
      path = (path as NSString).deletingLastPathComponent
    }
    guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path),
      let free = (attributes[.systemFreeSize] as? NSNumber)?.int64Value
    else { return .warning(subject, "cannot be told for \(path)") }
    let megabytes = free / 1_000_000
    if megabytes < 10 { return .failed(subject, "\(megabytes) MB: \(fullDisk); free some space") }
    if megabytes < 200 { return .warning(subject, "\(megabytes) MB: free some space soon") }
    return .good(subject, "\(megabytes) MB")
  }

  private func wallClock() -> Finding {
    // Before this program existed: the clock has not been set since the power came back.
    let earliest = Date(timeIntervalSince1970: 1_780_000_000)
    guard Date() > earliest else {
      return .warning(
        "clock", "shows a date long ago, so \(wrongClock): wait for the network or set it"
      )
    }
    return .good("clock", WallTime(Date()).description)
  }
}
