import PiHAL

/// The SPI side of a ``VirtualMFRC522``, with spidev's limits.
public final class VirtualSPIDevice: SPIDevice {
  /// The longest frame: spidev's buffer as shipped.
  public static let longestFrame = 4096

  private let chip: VirtualMFRC522

  init(chip: VirtualMFRC522) { self.chip = chip }

  public func transfer(_ frames: [[UInt8]]) throws(PiHALError) -> [[UInt8]] {
    guard !frames.isEmpty else { return [] }
    for frame in frames where frame.isEmpty || frame.count > Self.longestFrame {
      throw PiHALError(
        .invalidRequest, place: "the virtual SPI bus",
        problem: frame.isEmpty
          ? "cannot send an empty frame" : "cannot send a frame of \(frame.count) bytes",
        remedy: "send 1 to \(Self.longestFrame) bytes in a frame")
    }
    return try chip.transfer(frames)
  }
}
