import Logging
import PiHAL

/// A device that the lock can do without: opened when it is used, left alone for some seconds after a failure, and
/// a failure is told once.
struct SideLine<Device> {
  let name: String
  let open: @Sendable () throws -> Device
  private(set) var device: Device?
  private var retryAt = MonotonicInstant.zero
  /// Why it cannot be used, if so.
  private(set) var failure: String?
  private static var pause: Duration { .seconds(5) }

  init(name: String, open: @escaping @Sendable () throws -> Device) {
    self.name = name
    self.open = open
  }

  /// - Returns: nil when it cannot be used now.
  mutating func use<Result>(
    at now: MonotonicInstant, _ logger: Logger, _ body: (Device) throws -> Result
  ) -> Result? {
    guard device != nil || now >= retryAt else { return nil }
    do {
      let device = try device ?? open()
      self.device = device
      let result = try body(device)
      if failure != nil { logger.info("\(name) can be used again") }
      failure = nil
      return result
    } catch {
      device = nil
      retryAt = now.advanced(by: Self.pause)
      let words = "\(error)"
      if failure != words { logger.error("\(name) cannot be used: \(words)") }
      failure = words
      return nil
    }
  }
}
