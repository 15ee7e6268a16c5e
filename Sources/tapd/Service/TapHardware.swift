import FlowControl
import PiHAL
import RC522

/// How to open what a tap is wired to. Each is called on the thread that will own the device, and again when
/// that has failed.
struct TapHardware: Sendable {
  var openReader: @Sendable () throws -> any CardReader
  var openValve: @Sendable () throws -> any ValveLine
  var openFlowMeter: @Sendable () throws -> FlowMeter
}

/// The line that holds the valve. It belongs to one thread, and closes by itself when that thread stops
/// renewing it.
protocol ValveLine: AnyObject {
  /// Returns when the line has its level. After a failure the next call takes the line anew.
  func set(open: Bool) throws(PiHALError)

  /// Says that the thread that decides is alive; expected every 250 ms.
  /// - Throws: ``PiHALError`` when the line is no longer held, or closed by itself.
  func renewLease() throws(PiHALError)
}
