#if os(Linux)
  import Glibc

  /// One end of a pair of connected SOCK_SEQPACKET sockets: whole packets, and an end when the other side dies.
  struct PacketSocket {
    let descriptor: Int32

    /// A connected pair; neither end survives an exec.
    static func pair() throws(SystemError) -> (PacketSocket, PacketSocket) {
      var ends: [Int32] = [-1, -1]
      let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError(number: errno) }
      return (PacketSocket(descriptor: ends[0]), PacketSocket(descriptor: ends[1]))
    }

    /// Whether a descriptor is such a socket.
    static func isPacketSocket(_ descriptor: Int32) -> Bool {
      var type: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0
        && type == Int32(SOCK_SEQPACKET.rawValue)
    }

    enum Received: Equatable {
      case packet([UInt8])
      case nothing
      case end
    }

    /// Takes the next packet, without waiting.
    func receive() -> Received {
      var bytes = [UInt8](repeating: 0, count: 8192)
      while true {
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        if count > 0 { return .packet(Array(bytes[..<count])) }
        if count == 0 { return .end }
        switch errno {
        // Comes once, before what the other side sent last, when that side left something unread.
        case EINTR, ECONNRESET: continue
        case EAGAIN: return .nothing
        default: return .end
        }
      }
    }

    /// Sends a packet without waiting.
    /// - Returns: 0, or the system's error number; EAGAIN when the other side has stopped reading.
    @discardableResult
    func send(_ packet: [UInt8]) -> Int32 {
      while true {
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        if Glibc.send(descriptor, packet, packet.count, flags) >= 0 { return 0 }
        if errno != EINTR { return errno }
      }
    }

    /// Waits for a packet or the end.
    /// - Returns: false when the time ran out.
    func wait(until deadline: MonotonicInstant) -> Bool {
      let clock = SystemClock()
      while true {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&ready, 1, clock.now.duration(to: deadline).pollMilliseconds) > 0 { return true }
        if clock.now >= deadline { return false }
      }
    }

    func close() { Glibc.close(descriptor) }
  }
#endif
