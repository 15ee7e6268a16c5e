import Foundation

/// One call of the command line over the control socket, on a thread of its own.
///
/// The daemon sends a blank before it carries a request out, and one every ``ControlSocket/signInterval`` after that.
/// A caller that has heard nothing for its patience stops receiving and then looks at what has come until then: if
/// that is nothing, the daemon's blank will fail and with it the request. So what was given up is not done later, and
/// where it may be, the caller knows.
struct ControlCall {
  let path: String
  /// The longest silence.
  let patience: Duration

  /// Sends a request and waits for the whole answer. Blocks.
  /// - Returns: nil when no daemon listens.
  func exchange(_ request: Data, longestAnswer: Int) throws(ControlError) -> Data? {
    let socket = socket(AF_UNIX, Self.stream, 0)
    guard socket >= 0 else { throw failed("no socket can be made") }
    defer { close(socket) }
    try limit(socket)
    guard try connect(socket) else { return nil }
    try send(request, through: socket)
    return try receive(from: socket, longestAnswer: longestAnswer)
  }

  private static var stream: Int32 {
    #if canImport(Glibc)
      Int32(SOCK_STREAM.rawValue)
    #else
      SOCK_STREAM
    #endif
  }

  private func limit(_ socket: Int32) throws(ControlError) {
    let (seconds, attoseconds) = patience.components
    var time = timeval()
    time.tv_sec = numericCast(seconds)
    time.tv_usec = numericCast(attoseconds / 1_000_000_000_000)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      guard
        setsockopt(socket, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size)) == 0
      else { throw failed("the socket takes no time limit") }
    }
    #if !os(Linux)
      var on: Int32 = 1
      setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    #endif
  }

  private func connect(_ socket: Int32) throws(ControlError) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw ControlError(problem: "\(path) is too long for a socket: give a shorter state.directory")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        #if canImport(Glibc)
          Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        #else
          Darwin.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        #endif
      }
    }
    guard result != 0 else { return true }
    switch errno {
    case ENOENT, ECONNREFUSED: return false
    case EACCES, EPERM:
      throw ControlError(
        problem: "\(path) may not be written by this user: join the group that owns it, or use sudo")
    case EAGAIN: throw .silent(for: patience, hasBegun: false)
    default: throw failed("\(path) cannot be reached")
    }
  }

  private func send(_ request: Data, through socket: Int32) throws(ControlError) {
    var rest = request[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { bytes in
        #if canImport(Glibc)
          Glibc.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #else
          Darwin.send(socket, bytes.baseAddress, bytes.count, 0)
        #endif
      }
      if count > 0 {
        rest = rest.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      // A request that is not whole is not carried out.
      case EAGAIN: throw .silent(for: patience, hasBegun: false)
      // It may have answered all the same, that the request is too long.
      case EPIPE, ECONNRESET: return
      default: throw failed("the request cannot be sent")
      }
    }
    shutdown(socket, Int32(SHUT_WR))
  }

  private func receive(from socket: Int32, longestAnswer: Int) throws(ControlError) -> Data {
    var answer = Data()
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    var hasGivenUp = false
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count > 0 {
        answer.append(contentsOf: buffer[..<count])
        guard answer.count <= longestAnswer else { throw ControlError(problem: "the message is too long") }
      } else if hasGivenUp {
        throw .silent(for: patience, hasBegun: !answer.isEmpty)
      } else if count == 0 || errno == ECONNRESET {
        return answer
      } else if errno == EAGAIN {
        // From here on the daemon cannot begin any more; has it done so before?
        shutdown(socket, Int32(SHUT_RD))
        hasGivenUp = true
      } else if errno != EINTR {
        throw failed("the answer cannot be read")
      }
    }
  }

  private func failed(_ what: String) -> ControlError {
    ControlError(problem: "\(what): \(String(cString: strerror(errno)))")
  }
}
