import DaemonKit
import FlowControl
import RC522

/// How to open what a tap is wired to. Each is called on the thread that will own the device, and again when
/// that has failed.
struct TapHardware: Sendable {
  var openReader: @Sendable () throws -> any CardReader
  /// One line, active when the valve is open.
  var openValve: @Sendable () throws -> any LeasedOutput
  var openFlowMeter: @Sendable () throws -> FlowMeter
}
