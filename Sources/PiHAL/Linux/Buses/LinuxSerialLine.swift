#if os(Linux)
  import CLinuxIO
  import Glibc

  /// A serial port or USB adapter: raw, 8 data bits, no parity, 1 stop bit, no flow control, opened by one
  /// program at a time.
  public final class LinuxSerialLine: SerialLine {
    /// The device's path: `/dev/ttyUSB0`, `/dev/serial0`.
    public let path: String

    private let kernel: Kernel
    private let descriptor: Int32

    /// The rates the kernel knows, in baud, from 1200 to 230400.
    public static let rates: [Int] = baudRates.map(\.baud)

    /// - Throws: ``PiHALError``: `invalidRequest` for another rate than ``rates``, `missing`,
    ///   `permissionDenied`, `busy` when another program has it open.
    public convenience init(path: String, baud: Int) throws(PiHALError) {
      try self.init(path: path, baud: baud, kernel: .system)
    }

    init(path: String, baud: Int, kernel: Kernel) throws(PiHALError) {
      guard Self.rates.contains(baud) else {
        throw PiHALError(
          .invalidRequest, place: path, problem: "cannot run at \(baud) baud",
          remedy: "use one of \(Self.rates.map(String.init).joined(separator: ", "))")
      }
      self.path = path
      self.kernel = kernel
      do {
        // Without O_NONBLOCK the open itself can wait for a modem's carrier.
        descriptor = try kernel.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)
      } catch {
        throw ErrorText.openingDevice(path, error: error.number, group: try? kernel.owningGroup(path))
      }
      do {
        try kernel.configureSerial(descriptor, baud)
      } catch {
        throw PiHALError(
          .invalidRequest, place: path,
          problem: "is not a serial line (\(ErrorText.name(error.number)))",
          remedy: "name a tty, for example /dev/serial0 or /dev/ttyUSB0", errorNumber: error.number)
      }
    }

    deinit { kernel.close(descriptor) }

    public func read(timeout: Duration) throws(PiHALError) -> [UInt8] {
      guard try wait(for: Int16(POLLIN), timeout: timeout) else { return [] }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let result = bytes.withUnsafeMutableBytes { buffer in
        Result { () throws(SystemError) in try kernel.read(descriptor, buffer) }
      }
      switch result {
      // Readable and empty is how an unplugged adapter looks.
      case .success(0): throw gone(EIO)
      case .success(let count): return Array(bytes[..<count])
      case .failure(let error) where error.number == EAGAIN: return []
      case .failure(let error): throw gone(error.number)
      }
    }

    public func write(_ bytes: [UInt8]) throws(PiHALError) {
      var rest = bytes[...]
      while !rest.isEmpty {
        let result = rest.withUnsafeBytes { buffer in
          Result { () throws(SystemError) in try kernel.write(descriptor, buffer) }
        }
        switch result {
        case .success(let count): rest = rest.dropFirst(count)
        case .failure(let error) where error.number == EAGAIN:
          guard try wait(for: Int16(POLLOUT), timeout: .seconds(5)) else {
            throw PiHALError(
              .timedOut, place: path, problem: "took no more bytes for 5 s", remedy: "check the cable")
          }
        case .failure(let error): throw gone(error.number)
        }
      }
    }

    /// Whether the line became ready.
    private func wait(for events: Int16, timeout: Duration) throws(PiHALError) -> Bool {
      let clock = SystemClock()
      let deadline = clock.now.advanced(by: timeout)
      while true {
        let rest = clock.now.duration(to: deadline)
        var ready = pollfd(fd: descriptor, events: events, revents: 0)
        let count = poll(&ready, 1, rest.pollMilliseconds)
        if count > 0 {
          if Int32(ready.revents) & events32(events) == 0 { throw gone(EIO) }
          return true
        }
        if count < 0 && errno != EINTR { throw gone(errno) }
        if clock.now >= deadline { return false }
      }
    }

    private func events32(_ events: Int16) -> Int32 { Int32(events) }

    private func gone(_ error: Int32) -> PiHALError {
      PiHALError(
        .disconnected, place: path, problem: "is gone (\(ErrorText.name(error)))",
        remedy: "plug the adapter in again", errorNumber: error)
    }
  }

  extension Duration {
    /// The duration for `poll`, rounded up so that a wait never ends early and spins; at least 0.
    var pollMilliseconds: Int32 {
      let nanoseconds = wholeNanoseconds
      if nanoseconds <= 0 { return 0 }
      return Int32(clamping: (nanoseconds - 1) / 1_000_000 + 1)
    }
  }

  private let baudRates: [(baud: Int, code: Int32)] = [
    (1200, B1200), (2400, B2400), (4800, B4800), (9600, B9600), (19_200, B19200), (38_400, B38400),
    (57_600, B57600), (115_200, B115200), (230_400, B230400),
  ]

  /// Sets a tty to raw bytes at `baud` and keeps other programs from opening it.
  @Sendable func configureSerialLine(_ descriptor: Int32, baud: Int) throws(SystemError) {
    guard let rate = baudRates.first(where: { $0.baud == baud }) else { throw SystemError(number: EINVAL) }
    var settings = termios()
    guard tcgetattr(descriptor, &settings) == 0 else { throw SystemError(number: errno) }
    cfmakeraw(&settings)
    settings.c_cflag &= ~tcflag_t(CSTOPB | PARENB)
    settings.c_cflag &= ~tcflag_t(CRTSCTS)
    settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
    cfsetspeed(&settings, speed_t(rate.code))
    guard tcsetattr(descriptor, TCSANOW, &settings) == 0, clinuxio_take_terminal(descriptor) == 0 else {
      throw SystemError(number: errno)
    }
    // What came in before the rate was set is noise.
    tcflush(descriptor, TCIOFLUSH)
  }
#endif
