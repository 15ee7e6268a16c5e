#if os(Linux)
  import CLinuxIO
  import Glibc

  /// A system call's failure.
  struct SystemError: Error, Equatable {
    let number: Int32

    static let busy = SystemError(number: EBUSY)

    /// What the C library says about the number.
    var text: String { String(cString: strerror(number)) }
  }

  /// Every call that the Linux implementations make to reach a pin or a bus, so that a test can let any of
  /// them fail: `var kernel = Kernel.system; kernel.sendSPI = { … }`.
  struct Kernel: Sendable {
    var listDirectory: @Sendable (_ path: String) throws(SystemError) -> [String]
    /// The whole of a small file, as /proc and /sys hold them.
    var readFile: @Sendable (_ path: String) throws(SystemError) -> [UInt8]
    /// The group that owns a file: its name, or its number where it has none.
    var owningGroup: @Sendable (_ path: String) throws(SystemError) -> String

    /// The number of a device behind a path, as the kernel packs it; 0 where there is no device.
    var deviceNumber: @Sendable (_ path: String) throws(SystemError) -> UInt64

    var readChip: @Sendable (_ path: String) throws(SystemError) -> ChipDescription
    var readLine: @Sendable (_ path: String, _ offset: UInt32) throws(SystemError) -> LineDescription
    var requestOutputs: @Sendable (OutputLines, _ active: [Bool]) throws(SystemError) -> OpaquePointer
    var requestInputs: @Sendable (InputLines) throws(SystemError) -> OpaquePointer
    var setLines: @Sendable (OpaquePointer, [Bool]) throws(SystemError) -> Void
    var getLines: @Sendable (OpaquePointer, _ count: Int) throws(SystemError) -> [Bool]
    var releaseLines: @Sendable (OpaquePointer) -> Void

    var requestEdges: @Sendable (InputLines, Edge, _ queueSize: UInt32) throws(SystemError) -> Int32
    var readEdgeLine: @Sendable (Int32) throws(SystemError) -> Bool
    /// Reads what a descriptor has, without waiting: EAGAIN when there is nothing.
    var read: @Sendable (Int32, UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
    var write: @Sendable (Int32, UnsafeRawBufferPointer) throws(SystemError) -> Int
    var open: @Sendable (_ path: String, _ flags: Int32) throws(SystemError) -> Int32
    var close: @Sendable (Int32) -> Void

    var configureSPI: @Sendable (Int32, SPISettings) throws(SystemError) -> Void
    var sendSPI: @Sendable (Int32, UnsafeMutableBufferPointer<spi_ioc_transfer>) throws(SystemError) -> Void
    var configureSerial: @Sendable (Int32, _ baud: Int) throws(SystemError) -> Void
  }

  /// A GPIO chip as the kernel describes it.
  struct ChipDescription: Equatable {
    var name: String
    var label: String
    var lineCount: Int
  }

  extension Kernel {
    /// The kernel this process runs on.
    static let system = Kernel(
      listDirectory: { path throws(SystemError) in
        guard let directory = opendir(path) else { throw SystemError(number: errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = Glibc.readdir(directory) {
          let name = withUnsafeBytes(of: &entry.pointee.d_name) { text($0) }
          if name != "." && name != ".." { names.append(name) }
        }
        return names
      },
      readFile: { path throws(SystemError) in
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemError(number: errno) }
        defer { Glibc.close(file) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        // A limit, because /proc has files without an end.
        while content.count < 1 << 20 {
          let count = Glibc.read(file, &piece, piece.count)
          guard count >= 0 else { throw SystemError(number: errno) }
          if count == 0 { break }
          content += piece[..<count]
        }
        return content
      },
      owningGroup: { path throws(SystemError) in
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError(number: errno) }
        return groupName(status.st_gid) ?? String(status.st_gid)
      },
      deviceNumber: { path throws(SystemError) in
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError(number: errno) }
        return UInt64(status.st_rdev)
      },
      readChip: { path throws(SystemError) in
        var chip = clinuxio_chip()
        guard clinuxio_read_chip(path, &chip) == 0 else { throw SystemError(number: errno) }
        return ChipDescription(
          name: withUnsafeBytes(of: chip.name) { text($0) },
          label: withUnsafeBytes(of: chip.label) { text($0) }, lineCount: Int(chip.line_count))
      },
      readLine: { path, offset throws(SystemError) in
        var line = clinuxio_line()
        guard clinuxio_read_line(path, offset, &line) == 0 else { throw SystemError(number: errno) }
        return LineDescription(
          name: withUnsafeBytes(of: line.name) { text($0) },
          consumer: line.used ? withUnsafeBytes(of: line.consumer) { text($0) } : nil,
          isOutput: line.output, isActiveLow: line.active_low)
      },
      requestOutputs: { lines, active throws(SystemError) in
        let drive: clinuxio_drive =
          switch lines.drive {
          case .pushPull: CLINUXIO_DRIVE_PUSH_PULL
          case .openDrain: CLINUXIO_DRIVE_OPEN_DRAIN
          case .openSource: CLINUXIO_DRIVE_OPEN_SOURCE
          }
        let request = clinuxio_request_outputs(
          lines.chip.path, lines.offsets.map(UInt32.init), active.map { $0 ? 1 : 0 }, lines.offsets.count,
          lines.isActiveLow, drive, lines.consumer)
        guard let request else { throw SystemError(number: errno) }
        return request
      },
      requestInputs: { lines throws(SystemError) in
        let bias: clinuxio_bias =
          switch lines.bias {
          case .asWired: CLINUXIO_BIAS_AS_WIRED
          case .pullUp: CLINUXIO_BIAS_PULL_UP
          case .pullDown: CLINUXIO_BIAS_PULL_DOWN
          case .disabled: CLINUXIO_BIAS_DISABLED
          }
        let request = clinuxio_request_inputs(
          lines.chip.path, lines.offsets.map(UInt32.init), lines.offsets.count, lines.isActiveLow, bias,
          lines.consumer)
        guard let request else { throw SystemError(number: errno) }
        return request
      },
      setLines: { request, active throws(SystemError) in
        guard clinuxio_set_values(request, active.map { $0 ? 1 : 0 }) == 0 else {
          throw SystemError(number: errno)
        }
      },
      getLines: { request, count throws(SystemError) in
        var values = [UInt8](repeating: 0, count: count)
        guard clinuxio_get_values(request, &values) == 0 else { throw SystemError(number: errno) }
        return values.map { $0 != 0 }
      },
      releaseLines: { clinuxio_release($0) },
      requestEdges: { lines, edge, queueSize throws(SystemError) in
        var flags = GPIO_V2_LINE_FLAG_INPUT.rawValue
        if edge != .falling { flags |= GPIO_V2_LINE_FLAG_EDGE_RISING.rawValue }
        if edge != .rising { flags |= GPIO_V2_LINE_FLAG_EDGE_FALLING.rawValue }
        if lines.isActiveLow { flags |= GPIO_V2_LINE_FLAG_ACTIVE_LOW.rawValue }
        switch lines.bias {
        case .asWired: break
        case .pullUp: flags |= GPIO_V2_LINE_FLAG_BIAS_PULL_UP.rawValue
        case .pullDown: flags |= GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN.rawValue
        case .disabled: flags |= GPIO_V2_LINE_FLAG_BIAS_DISABLED.rawValue
        }
        let descriptor = clinuxio_request_edges(
          lines.chip.path, UInt32(lines.offsets[0]), UInt64(flags), queueSize, lines.consumer)
        guard descriptor >= 0 else { throw SystemError(number: errno) }
        // The reader drains the queue until EAGAIN.
        guard fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0 else {
          let failure = SystemError(number: errno)
          Glibc.close(descriptor)
          throw failure
        }
        return descriptor
      },
      readEdgeLine: { descriptor throws(SystemError) in
        let level = clinuxio_read_edge_line(descriptor)
        guard level >= 0 else { throw SystemError(number: errno) }
        return level == 1
      },
      read: { descriptor, buffer throws(SystemError) in
        while true {
          let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
          if count >= 0 { return count }
          if errno != EINTR { throw SystemError(number: errno) }
        }
      },
      write: { descriptor, buffer throws(SystemError) in
        while true {
          let count = Glibc.write(descriptor, buffer.baseAddress, buffer.count)
          if count >= 0 { return count }
          if errno != EINTR { throw SystemError(number: errno) }
        }
      },
      open: { path, flags throws(SystemError) in
        let descriptor = Glibc.open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(number: errno) }
        return descriptor
      },
      close: { Glibc.close($0) },
      configureSPI: { descriptor, settings throws(SystemError) in
        guard clinuxio_spi_set_mode(descriptor, settings.mode.rawValue) == 0,
          clinuxio_spi_set_bits_per_word(descriptor, 8) == 0,
          clinuxio_spi_set_speed(descriptor, settings.hertz) == 0
        else { throw SystemError(number: errno) }
      },
      sendSPI: { descriptor, transfers throws(SystemError) in
        guard clinuxio_spi_message(descriptor, transfers.baseAddress, UInt32(transfers.count)) >= 0 else {
          throw SystemError(number: errno)
        }
      },
      configureSerial: configureSerialLine
    )
  }

  /// `getgrgid` answers in memory that all threads share.
  private func groupName(_ number: gid_t) -> String? {
    var size = 1024
    while size <= 1 << 20 {
      var (group, buffer) = (Glibc.group(), [CChar](repeating: 0, count: size))
      var found: UnsafeMutablePointer<Glibc.group>?
      let error = getgrgid_r(number, &group, &buffer, buffer.count, &found)
      if error == 0 { return found.map { String(cString: $0.pointee.gr_name) } }
      // A group of many members.
      guard error == ERANGE else { return nil }
      size *= 4
    }
    return nil
  }

  /// The text in a C character array, whose end is a zero byte or the end of the array.
  private func text(_ array: UnsafeRawBufferPointer) -> String {
    String(decoding: array.prefix { $0 != 0 }, as: UTF8.self)
  }
#endif
