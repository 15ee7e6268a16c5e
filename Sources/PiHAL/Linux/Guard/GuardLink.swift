#if os(Linux)
  import CLinuxIO
  import Glibc

  /// A guard process and the socket to it.
  struct GuardLink {
    let socket: PacketSocket
    let process: Int32

    /// How long a guard may take to start and to request its lines.
    static let startTimeout = Duration.seconds(5)
    /// How long a guard may take to end once its socket is closed.
    static let endTimeout = Duration.seconds(1)

    /// Starts a guard and waits until it holds the lines.
    init(program: String, orders: GuardOrders) throws(PiHALError) {
      let place = orders.lines.place
      // A guard that does not serve would start itself, and that one itself, without an end.
      guard CommandLine.arguments.dropFirst().first != OutputGuard.argument else {
        throw PiHALError(
          .invalidRequest, place: place, problem: "was asked for by a process that is itself to be a guard",
          remedy: Self.remedy)
      }
      let ends: (mine: PacketSocket, its: PacketSocket)
      do {
        ends = try PacketSocket.pair()
      } catch {
        throw Self.startFailure(place, error.number)
      }
      var process: Int32 = 0
      let name = CommandLine.arguments.first ?? program
      // The lines are for whoever reads `ps`: a program may have several guards.
      let result = clinuxio_spawn(
        program, name, OutputGuard.argument, place, ends.its.descriptor, &process)
      ends.its.close()
      guard result == 0 else {
        ends.mine.close()
        throw Self.startFailure(place, result)
      }
      socket = ends.mine
      self.process = process
      socket.send(GuardRequest.start(orders).encoded())
      var report: GuardReport?
      if socket.wait(until: SystemClock().now.advanced(by: Self.startTimeout)),
        case .packet(let packet) = socket.receive()
      {
        report = GuardReport(decoding: packet)
      }
      switch report {
      case .ready?: return
      case .refused(let error)?:
        close()
        throw error
      default:
        close()
        throw PiHALError(
          .timedOut, place: place, problem: "did not get its guard",
          remedy: Self.remedy)
      }
    }

    private static let remedy = "the program's main must call OutputGuard.serveIfAsked() first"

    /// Closes the socket, upon which the guard makes its lines safe and ends; one that does not is killed.
    func close() {
      socket.close()
      let clock = SystemClock()
      let deadline = clock.now.advanced(by: Self.endTimeout)
      while clock.now < deadline {
        // Anything but "still running" is an end, also that another part of the program has reaped it.
        if waitpid(process, nil, WNOHANG) != 0 { return }
        clock.sleep(for: .milliseconds(2))
      }
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }

    private static func startFailure(_ place: String, _ error: Int32) -> PiHALError {
      PiHALError(
        .unsupported, place: place, problem: "could not get a guard process (\(ErrorText.name(error)))",
        remedy: "raise the limits of processes and open files", errorNumber: error)
    }
  }
#endif
