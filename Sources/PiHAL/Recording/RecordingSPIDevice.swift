/// An SPI device that writes down everything that passes, for a bug report: wrap the real one in it, let the
/// fault happen, save ``log``.
public final class RecordingSPIDevice: SPIDevice {
  private let device: any SPIDevice
  private let capacity: Int

  /// The newest calls, in order.
  public private(set) var log = SPILog()

  /// - Parameter capacity: how many calls are kept; the oldest go first.
  public init(_ device: any SPIDevice, capacity: Int = 100_000) {
    self.device = device
    self.capacity = max(1, capacity)
  }

  public func transfer(_ frames: [[UInt8]]) throws(PiHALError) -> [[UInt8]] {
    do {
      let answers = try device.transfer(frames)
      keep(.answered(zip(frames, answers).map { SPILog.Frame(sent: $0, received: $1) }))
      return answers
    } catch {
      keep(.failed(sent: frames, error.description))
      throw error
    }
  }

  private func keep(_ call: SPILog.Call) {
    // In one go every now and then: taking the first out of a long array costs its whole length.
    if log.calls.count >= 2 * capacity { log.calls.removeFirst(log.calls.count - capacity) }
    log.calls.append(call)
  }
}
