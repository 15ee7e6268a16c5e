#if os(Linux)
  import CLinuxIO
  import Glibc

  /// Clock polarity and phase (the numbers every data sheet uses).
  public enum SPIMode: UInt8, Codable, Sendable, CaseIterable {
    case mode0 = 0
    case mode1 = 1
    case mode2 = 2
    case mode3 = 3
  }

  struct SPISettings: Equatable {
    var mode: SPIMode
    var hertz: UInt32
  }

  /// A device on a bus of the kernel's spidev driver, 8 bits a word.
  ///
  /// A call of ``transfer(_:)`` is one ioctl as long as its frames fit: at most 511 of them, and not more bytes
  /// than spidev's buffer (4096 unless `spidev.bufsiz` says otherwise), where each frame is rounded up to 128
  /// bytes, the DMA alignment of 64-bit ARM; so 32 small frames. More frames go out in several ioctls, cut
  /// between two frames; there, and only there, another program's frames may come between.
  public final class LinuxSPIDevice: SPIDevice {
    /// The device's path: `/dev/spidev0.0`.
    public let path: String
    /// How many ioctls have gone out since the device was opened.
    public private(set) var messageCount = 0

    private let kernel: Kernel
    private let descriptor: Int32
    private let bufferSize: Int

    /// - Parameters:
    ///   - hertz: the highest clock to use; the kernel rounds down to what the bus can do.
    /// - Throws: ``PiHALError``: `missing` when SPI is off, `permissionDenied`, `invalidRequest` for a mode or
    ///   clock that the bus refuses.
    public convenience init(
      path: String = "/dev/spidev0.0", mode: SPIMode = .mode0, hertz: UInt32 = 1_000_000
    )
      throws(PiHALError)
    {
      try self.init(path: path, settings: SPISettings(mode: mode, hertz: hertz), kernel: .system)
    }

    init(path: String, settings: SPISettings, kernel: Kernel) throws(PiHALError) {
      self.path = path
      self.kernel = kernel
      do {
        descriptor = try kernel.open(path, O_RDWR)
      } catch {
        throw ErrorText.openingDevice(path, error: error.number, group: try? kernel.owningGroup(path))
      }
      let parameter = (try? kernel.readFile("/sys/module/spidev/parameters/bufsiz")) ?? []
      bufferSize = Int(String(decoding: parameter.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) ?? 4096
      do {
        try kernel.configureSPI(descriptor, settings)
      } catch {
        throw PiHALError(
          .invalidRequest, place: path,
          problem: "refused mode \(settings.mode.rawValue) at \(settings.hertz) Hz "
            + "(\(ErrorText.name(error.number)))", remedy: "try mode 0 at 1000000 Hz",
          errorNumber: error.number)
      }
    }

    deinit { kernel.close(descriptor) }

    public func transfer(_ frames: [[UInt8]]) throws(PiHALError) -> [[UInt8]] {
      let plan = try SPIMessagePlan(frameLengths: frames.map(\.count), bufferSize: bufferSize, place: path)
      var answers: [[UInt8]] = []
      answers.reserveCapacity(frames.count)
      for message in plan.messages {
        try send(frames[message], into: &answers)
      }
      return answers
    }

    public var otherUsers: [String] {
      SerialPortUsers(of: path, kernel: kernel, ownProcess: getpid()).programs.map(\.description)
    }

    /// One ioctl.
    private func send(_ frames: ArraySlice<[UInt8]>, into answers: inout [[UInt8]]) throws(PiHALError) {
      var out = Array(frames.joined())
      var received = [UInt8](repeating: 0, count: out.count)
      var transfers: [spi_ioc_transfer] = []
      let result: Result<Void, SystemError> = out.withUnsafeMutableBytes { out in
        received.withUnsafeMutableBytes { received in
          var position = 0
          for (index, frame) in zip(frames.indices, frames) {
            var transfer = spi_ioc_transfer()
            transfer.tx_buf = UInt64(UInt(bitPattern: out.baseAddress) + UInt(position))
            transfer.rx_buf = UInt64(UInt(bitPattern: received.baseAddress) + UInt(position))
            transfer.len = UInt32(frame.count)
            // Between frames this releases chip select; after the last it would keep it.
            transfer.cs_change = index + 1 == frames.endIndex ? 0 : 1
            transfers.append(transfer)
            position += frame.count
          }
          return transfers.withUnsafeMutableBufferPointer { transfers in
            Result { () throws(SystemError) in try kernel.sendSPI(descriptor, transfers) }
          }
        }
      }
      messageCount += 1
      if case .failure(let error) = result {
        throw ErrorText.sendingSPI(
          path, error: error.number, bytes: SPIMessagePlan.bufferUse(frames.map(\.count)), limit: bufferSize)
      }
      var position = 0
      for frame in frames {
        answers.append(Array(received[position..<position + frame.count]))
        position += frame.count
      }
    }
  }
#endif
