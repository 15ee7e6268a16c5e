#if os(Linux)
  /// Which frames go into which ioctl.
  struct SPIMessagePlan: Equatable {
    /// Indices of the frames of one ioctl each, in order, without gaps.
    let messages: [Range<Int>]

    /// SPI_IOC_MESSAGE carries its length in 14 bits; 512 transfers of 32 bytes wrap to none.
    static let mostTransfers = 511
    /// spidev rounds each transfer's share of its buffer up to ARCH_DMA_MINALIGN, 128 on 64-bit ARM.
    static let alignment = 128

    /// - Throws: ``PiHALError`` with kind `invalidRequest` for an empty frame and for one that exceeds the
    ///   buffer.
    init(frameLengths: [Int], bufferSize: Int, place: String) throws(PiHALError) {
      var messages: [Range<Int>] = []
      var start = 0
      var used = 0
      for (index, length) in frameLengths.enumerated() {
        guard length > 0 else {
          throw PiHALError(
            .invalidRequest, place: place, problem: "was given an empty frame (number \(index))")
        }
        let size = Self.aligned(length)
        guard length <= bufferSize, size <= bufferSize else {
          throw PiHALError(
            .invalidRequest, place: place,
            problem: "was given a frame of \(length) bytes, and spidev's buffer holds \(bufferSize)",
            remedy: "send shorter frames, or set spidev.bufsiz=65536 in /boot/firmware/cmdline.txt and reboot"
          )
        }
        if used + size > bufferSize || index - start == Self.mostTransfers {
          messages.append(start..<index)
          start = index
          used = 0
        }
        used += size
      }
      if start < frameLengths.count { messages.append(start..<frameLengths.count) }
      self.messages = messages
    }

    /// How much of spidev's buffer frames take.
    static func bufferUse(_ lengths: [Int]) -> Int { lengths.reduce(0) { $0 + aligned($1) } }

    private static func aligned(_ length: Int) -> Int {
      length > Int.max - alignment ? length : (length + alignment - 1) / alignment * alignment
    }
  }
#endif
