#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The lock of a state directory, held.
///
/// While it is held for recording, its file contains the process's number, for those who come later. After an orderly
/// end it says which entry was the newest: `closed 13 1a2b3c4d`. So a repair knows whether the journal's end is still
/// there; after a crash nobody can tell.
struct DirectoryLock: Sendable {
  let file: Int32
  /// What it contained before.
  let content: [UInt8]

  /// The newest entry at an orderly end.
  struct Ending: Sendable, Equatable {
    var number: Int
    var checksum: UInt32

    var content: [UInt8] { Array("closed \(number) \(Hex.text(checksum))\n".utf8) }

    init(number: Int, checksum: UInt32) {
      self.number = number
      self.checksum = checksum
    }

    /// What is wrong where the files end before it.
    func missing(after last: Int) -> String {
      "the last orderly end was after entry \(number), and the files end with entry \(last)"
    }

    /// What is wrong where entry ``number`` has another checksum.
    var contradiction: String {
      "the last orderly end was after an entry \(number) with another checksum: this is another history"
    }

    /// What is wrong where the files end with an entry; `nil` where nothing is.
    func problem(withLast last: Int, _ lastChecksum: UInt32) -> String? {
      if last < number { return missing(after: last) }
      return last == number && lastChecksum != checksum ? contradiction : nil
    }

    init?(_ content: [UInt8]) {
      let words = String(decoding: content, as: UTF8.self).split(
        separator: " ", omittingEmptySubsequences: false)
      guard words.count == 3, words[0] == "closed", let number = Int(words[1]), words[2].last == "\n",
        (0...JournalLine.largestNumber).contains(number),
        let checksum = Hex.parse(Array(words[2].dropLast().utf8))
      else { return nil }
      self.init(number: number, checksum: checksum)
    }
  }
}

extension StateFiles {
  /// Takes the lock, and leaves this process's number in its file.
  func takeLock() throws(JSONStateError) -> DirectoryLock {
    try takeLock(try system { () throws(FileSystemError) in try fileSystem.open(path(Self.lock), .lock) })
  }

  /// Takes the lock to read, also where nothing can be written; `nil` where nobody ever took it.
  func takeLockForReading() throws(JSONStateError) -> DirectoryLock? {
    let path = path(Self.lock)
    let file: Int32
    do throws(FileSystemError) {
      file = try fileSystem.open(path, .lock)
    } catch {
      guard [EROFS, EACCES, EPERM].contains(error.code) else { throw .system(error) }
      do throws(FileSystemError) {
        file = try fileSystem.open(path, .read)
      } catch {
        if error.isMissingFile { return nil }
        throw .system(error)
      }
    }
    return try takeLock(file)
  }

  private func takeLock(_ file: Int32) throws(JSONStateError) -> DirectoryLock {
    do {
      if try fileSystem.tryLock(file) {
        let content = try? fileSystem.read(file, count: 64, at: 0)
        write(Array("\(getpid())\n".utf8), intoLock: file)
        return DirectoryLock(file: file, content: content ?? [])
      }
    } catch {
      fileSystem.close(file)
      throw .system(error)
    }
    let holder = try? fileSystem.read(file, count: 20, at: 0)
    fileSystem.close(file)
    let text = String(decoding: (holder ?? []).prefix { $0 != lineEnd }, as: UTF8.self)
    throw .locked(directory: directory, process: Int(text))
  }

  /// Gives the lock up.
  /// - Parameter content: what its file is to contain.
  func release(_ lock: DirectoryLock, leaving content: [UInt8]) {
    write(content, intoLock: lock.file)
    fileSystem.unlock(lock.file)
  }

  /// A full disk is no reason to refuse: what matters is that the file does not say any more that all ended well,
  /// and to make it empty takes no space.
  private func write(_ content: [UInt8], intoLock file: Int32) {
    try? fileSystem.truncate(file, to: 0)
    try? write(content, to: file)
    try? fileSystem.synchronize(file)
  }
}
