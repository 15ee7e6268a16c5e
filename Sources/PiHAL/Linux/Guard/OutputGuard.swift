#if os(Linux)
  import CLinuxIO
  import Glibc

  /// The process that holds dangerous lines.
  ///
  /// It is the same program, started by ``GuardedOutput``; it holds the lines of one request and does nothing
  /// else. Its holder's death closes their socket, and its holder's hanging lets the lease run out: either way
  /// the lines go to their safe level at once.
  public enum OutputGuard {
    /// The first argument that makes the program a guard.
    static let argument = "output-guard"
    /// Where `clinuxio_spawn` puts the guard's socket.
    static let socketDescriptor: Int32 = 3
    /// What the kernel shows as the holder of guarded lines.
    public static let consumer = "pi-dispense guard"

    /// Serves as a guard, and does not return, if this process was started as one.
    ///
    /// Call it before anything else in `main`, in every program that uses ``GuardedOutput``.
    public static func serveIfAsked() {
      serveIfAsked { (lines: OutputLines) throws(PiHALError) in try LinuxDigitalOutput(lines) }
    }

    /// The same with other lines than a GPIO chip's, for tests.
    package static func serveIfAsked(
      makeOutput: (OutputLines) throws(PiHALError) -> any DigitalOutput
    ) {
      guard CommandLine.arguments.dropFirst().first == argument else { return }
      guard PacketSocket.isPacketSocket(socketDescriptor) else {
        let message = "\(argument) is started by the program itself and has nothing to do here.\n"
        write(STDERR_FILENO, message, message.utf8.count)
        exit(EX_USAGE)
      }
      let signals = settleIn()
      serve(PacketSocket(descriptor: socketDescriptor), stop: signals, makeOutput: makeOutput)
      exit(EX_OK)
    }

    /// Makes this process one that is still there when others are gone. Nothing here is needed, so what is not
    /// permitted is left out.
    /// - Returns: a descriptor that becomes readable on SIGTERM or SIGHUP.
    private static func settleIn() -> Int32 {
      signal(SIGINT, SIG_IGN)
      signal(SIGPIPE, SIG_IGN)
      var endings = sigset_t()
      sigemptyset(&endings)
      sigaddset(&endings, SIGTERM)
      sigaddset(&endings, SIGHUP)
      pthread_sigmask(SIG_BLOCK, &endings, nil)
      writeFile("/proc/self/oom_score_adj", "-1000")
      // The name in `ps`, which would otherwise be that of the link the program was started by.
      writeFile("/proc/self/comm", argument)
      mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)
      setRealTimePriority()
      return signalfd(-1, &endings, Int32(SFD_CLOEXEC))
    }

    private static func writeFile(_ path: String, _ text: String) {
      let file = open(path, O_WRONLY | O_CLOEXEC)
      guard file >= 0 else { return }
      write(file, text, text.utf8.count)
      close(file)
    }

    /// Serves a holder until it is gone, or `stop` becomes readable, or it talks nonsense; then the lines are
    /// safe and released.
    static func serve(
      _ socket: PacketSocket, stop: Int32, makeOutput: (OutputLines) throws(PiHALError) -> any DigitalOutput
    ) {
      let clock = SystemClock()
      guard socket.wait(until: clock.now.advanced(by: .seconds(5))),
        case .packet(let packet) = socket.receive(),
        case .start(let orders)? = GuardRequest(decoding: packet)
      else { return }
      let output: any DigitalOutput
      do {
        output = try makeOutput(orders.lines)
      } catch {
        socket.send(GuardReport.refused(error).encoded())
        return
      }
      socket.send(GuardReport.ready.encoded())
      var session = GuardSession(socket: socket, output: output, lease: GuardLease(orders, at: clock.now))
      session.run(stop: stop, clock: clock)
    }
  }

  /// A guard with its lines and its holder.
  private struct GuardSession {
    let socket: PacketSocket
    let output: any DigitalOutput
    var lease: GuardLease

    mutating func run(stop: Int32, clock: SystemClock) {
      while true {
        var waits = [
          pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0),
          pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        ]
        let rest = lease.deadline.map { clock.now.duration(to: $0).pollMilliseconds } ?? -1
        poll(&waits, 2, rest)
        // Time first: a renewal that was found too late is too late. The end before what was sent before it: a
        // dead holder's last order must not open a valve for a moment.
        if let reason = lease.pass(to: clock.now), !apply(reason) { return }
        if waits[1].revents != 0 { return end(.terminated) }
        if Int32(waits[0].revents) & (POLLHUP | POLLERR | POLLNVAL) != 0 { return end(nil) }
        switch socket.receive() {
        case .nothing: continue
        case .end: return end(nil)
        case .packet(let packet):
          guard let request = GuardRequest(decoding: packet) else { return end(.protocolError) }
          if case .end(let reason) = answer(request, at: clock.now) { return end(reason) }
        }
      }
    }

    private enum Next {
      case goOn
      case end(SafeReason?)
    }

    private mutating func answer(_ request: GuardRequest, at now: MonotonicInstant) -> Next {
      switch request {
      case .start:
        return .end(.protocolError)
      case .renew(let number):
        lease.renew(at: now)
        socket.send(GuardReport.renewed(number: number).encoded())
      case .set(let number, let epoch, let active, let longest):
        switch lease.set(active, epoch: epoch, longest: longest, at: now) {
        case .malformed: return .end(.protocolError)
        case .stale: socket.send(GuardReport.stale(number: number).encoded())
        case .accepted:
          do {
            try output.set(active: active)
            socket.send(GuardReport.done(number: number).encoded())
          } catch {
            // Lines that fail once are gone. The holder learns why, and may start a guard that asks anew.
            socket.send(GuardReport.failed(number: number, error).encoded())
            return .end(nil)
          }
        }
      }
      return .goOn
    }

    /// Drives what the lease decided and says so.
    /// - Returns: false when the lines cannot be driven; then letting go of them is all that is left.
    private func apply(_ reason: SafeReason) -> Bool {
      guard (try? output.set(active: lease.active)) != nil else { return false }
      socket.send(GuardReport.wentSafe(epoch: lease.epoch, reason: reason, active: lease.active).encoded())
      return true
    }

    private mutating func end(_ reason: SafeReason?) {
      lease.makeSafe()
      try? output.set(active: lease.active)
      if let reason {
        socket.send(GuardReport.wentSafe(epoch: lease.epoch, reason: reason, active: lease.active).encoded())
      }
    }
  }
#endif
