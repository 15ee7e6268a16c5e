import Glibc

/// The Unix socket through which a test gives commands: one line in, the answer out, closed.
///
/// The answer's first line is `ok` or `error`; the rest is to be printed. `Tests/Kernel/tools/world.c` is the
/// other end.
enum CommandSocket {
  static var path: String { getenv("PI_WORLD_SOCKET").map { String(cString: $0) } ?? "/run/pi-world.sock" }

  /// Takes commands for ever, one after the other. Owns the calling thread.
  static func serve(_ listener: Int32, _ perform: (String) throws(WorldError) -> String) -> Never {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { continue }
      defer { close(connection) }
      let line = readAll(connection)
      do throws(WorldError) {
        writeAll(connection, "ok\n" + (try perform(line)))
      } catch {
        writeAll(connection, "error\n\(error)")
      }
    }
  }

  static func listen() throws(WorldError) -> Int32 {
    unlink(path)
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard listener >= 0, withAddress({ bind(listener, $0, $1) }) == 0, Glibc.listen(listener, 8) == 0 else {
      throw .system(path)
    }
    return listener
  }

  private static func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { field in
      // Zero-terminated: the field starts as zeros.
      for (index, byte) in path.utf8.prefix(field.count - 1).enumerated() { field[index] = byte }
    }
    return withUnsafeBytes(of: &address) { bytes in
      // The bytes are those of a sockaddr_un, which starts as every sockaddr does.
      let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      return body(pointer, socklen_t(bytes.count))
    }
  }

  private static func readAll(_ connection: Int32) -> String {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(connection, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      text += buffer[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func writeAll(_ connection: Int32, _ text: String) {
    var rest = ArraySlice(text.utf8)
    while !rest.isEmpty {
      let bytes = Array(rest)
      let count = Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
