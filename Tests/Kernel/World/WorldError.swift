import Glibc

/// What stops the world, as a sentence for whoever runs a test.
struct WorldError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// A system call that failed on `place`.
  static func system(_ place: String, errorNumber: Int32 = errno) -> WorldError {
    WorldError("\(place): \(String(cString: strerror(errorNumber)))")
  }
}
