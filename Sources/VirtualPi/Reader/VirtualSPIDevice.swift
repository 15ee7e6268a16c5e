import PiHAL

/// The SPI side of a ``VirtualMFRC522``, with spidev's limits.
public final class VirtualSPIDevice: SPIDevice {
  /// The longest frame: spidev's buffer as shipped.
  public static let longestFrame = 4096

  /// ARCH_DMA_MINALIGN of 64-bit ARM, to which spidev rounds each frame's share of its buffer.
  private static let alignment = 128

  private let chip: VirtualMFRC522
  /// How often the bus's driver had been bound anew when this was opened.
  private let binding: Int

  init(chip: VirtualMFRC522, binding: Int) {
    self.chip = chip
    self.binding = binding
  }

  public func transfer(_ frames: [[UInt8]]) throws(PiHALError) -> [[UInt8]] {
    guard !frames.isEmpty else { return [] }
    for frame in frames where frame.isEmpty || frame.count > Self.longestFrame {
      throw PiHALError(
        .invalidRequest, place: "the virtual SPI bus",
        problem: frame.isEmpty
          ? "cannot send an empty frame" : "cannot send a frame of \(frame.count) bytes",
        remedy: "send 1 to \(Self.longestFrame) bytes in a frame")
    }
    return try chip.transfer(frames, binding: binding)
  }

  /// How many messages of spidev frames take. 32 of the smallest frames fill the buffer, so that the kernel's
  /// other limit, 511 frames a message, is out of reach.
  static func ioctls(for frames: [[UInt8]]) -> Int {
    var count = 0
    var room = 0
    for frame in frames {
      let share = (frame.count + alignment - 1) / alignment * alignment
      if share > room {
        count += 1
        room = longestFrame
      }
      room -= share
    }
    return count
  }
}
