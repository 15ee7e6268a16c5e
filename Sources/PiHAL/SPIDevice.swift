/// A device behind a chip-select line of an SPI bus.
///
/// *For drivers:* a frame is one assertion of chip select: it starts when the first byte goes out and ends
/// after the last. What came in has the length of what went out. Send frames that belong together in one
/// call: on Linux a call is one ioctl, and ioctls, not bytes, are what costs. An object belongs to one thread
/// at a time.
///
/// *For boards:* frames go out in order, chip select is released between two of them, and nobody else's
/// frames come between those of one call. Mode, frequency and bit order were settled when the device was
/// opened.
public protocol SPIDevice: AnyObject {
  /// Sends frames and returns what came in meanwhile, full duplex.
  /// - Parameter frames: any number; an empty frame is an error.
  /// - Throws: ``PiHALError``: `invalidRequest` for an empty frame or one longer than the device can take at
  ///   once, `disconnected` when the transfer failed. Some frames may then have gone out.
  func transfer(_ frames: [[UInt8]]) throws(PiHALError) -> [[UInt8]]

  /// Other programs that have the device open, as an error would name them; as far as this process may see them.
  /// Looking may take some milliseconds.
  var otherUsers: [String] { get }
}

extension SPIDevice {
  /// Nobody, where that cannot be seen.
  public var otherUsers: [String] { [] }
}
