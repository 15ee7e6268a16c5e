import PiHAL

/// What is left of a bus that could not be opened again: it says why.
final class LostBus: SPIDevice {
  private let reason: PiHALError

  init(reason: PiHALError) { self.reason = reason }

  func transfer(_ frames: [[UInt8]]) throws(PiHALError) -> [[UInt8]] { throw reason }
}
