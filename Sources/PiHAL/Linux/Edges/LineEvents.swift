#if os(Linux)
  import CLinuxIO
  import Glibc

  /// The edge events of one line, read by the kernel's own interface (uAPI v2, Linux 5.10): libgpiod 1.6 has
  /// neither sequence numbers nor a longer queue.
  struct LineEvents: Sendable {
    let lines: InputLines
    let kernel: Kernel
    let descriptor: Int32

    /// The most that the kernel keeps for one request (GPIO_V2_LINES_MAX × 16).
    static let queueSize: UInt32 = 1024

    init(_ lines: InputLines, edge: Edge, kernel: Kernel) throws(PiHALError) {
      try lines.chip.check(lines.offsets)
      self.lines = lines
      self.kernel = kernel
      do {
        descriptor = try kernel.requestEdges(lines, edge, Self.queueSize)
      } catch {
        throw kernel.requestFailure(lines.offsets, of: lines.chip, error)
      }
    }

    /// Hands over all events in the queue, oldest first, without waiting.
    func drain(_ handle: (gpio_v2_line_event) -> Void) throws(PiHALError) {
      let size = MemoryLayout<gpio_v2_line_event>.stride
      var events = [gpio_v2_line_event](repeating: gpio_v2_line_event(), count: 64)
      while true {
        let result = events.withUnsafeMutableBytes { buffer in
          Result { () throws(SystemError) in try kernel.read(descriptor, buffer) }
        }
        switch result {
        case .success(let bytes):
          for event in events[..<(bytes / size)] { handle(event) }
          if bytes < size * events.count { return }
        case .failure(let error) where error.number == EAGAIN:
          return
        case .failure(let error):
          throw PiHALError(
            .disconnected, place: lines.place,
            problem: "no longer reports edges (\(ErrorText.name(error.number)))",
            remedy: "check that its GPIO chip is still there", errorNumber: error.number)
        }
      }
    }

    /// The line's level at this moment.
    func isActive() throws(PiHALError) -> Bool {
      do {
        return try kernel.readEdgeLine(descriptor)
      } catch {
        throw kernel.requestFailure(lines.offsets, of: lines.chip, error)
      }
    }

    func close() { kernel.close(descriptor) }
  }
#endif
