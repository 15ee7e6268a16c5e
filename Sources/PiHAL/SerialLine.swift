/// A serial line (8 data bits, no parity, 1 stop bit). An object belongs to one thread at a time.
public protocol SerialLine: AnyObject {
  /// Waits until bytes are there and returns them.
  /// - Parameter timeout: how long to wait; zero only looks.
  /// - Returns: what has come, at most 4096 bytes; empty when the time ran out.
  /// - Throws: ``PiHALError`` with kind `disconnected` when the adapter was unplugged.
  func read(timeout: Duration) throws(PiHALError) -> [UInt8]

  /// Sends all bytes.
  func write(_ bytes: [UInt8]) throws(PiHALError)
}
