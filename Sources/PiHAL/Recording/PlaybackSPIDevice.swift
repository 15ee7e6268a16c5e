/// An SPI device that answers from a log, frame by frame, and accepts nothing else.
///
/// With the log of a bug report, the driver goes through the same fault again on any machine. Call ``finish()``
/// at the end: what was recorded and not asked for is a difference as well.
public final class PlaybackSPIDevice: SPIDevice {
  private var calls: ArraySlice<SPILog.Call>

  public init(_ log: SPILog) { calls = log.calls[...] }

  /// - Throws: ``PiHALError``: `unexpected` for anything but the next recorded call, `disconnected` where the
  ///   recorded call failed.
  public func transfer(_ frames: [[UInt8]]) throws(PiHALError) -> [[UInt8]] {
    let place = "call \(calls.startIndex + 1) of the SPI log"
    guard let call = calls.first else {
      throw PiHALError(
        .unexpected, place: place, problem: "does not exist; the driver sent \(Self.text(frames))")
    }
    let expected: [[UInt8]] =
      switch call {
      case .answered(let recorded): recorded.map(\.sent)
      case .failed(let sent, _): sent
      }
    guard frames == expected else {
      throw PiHALError(
        .unexpected, place: place,
        problem: "sent \(Self.text(expected)), the driver now sends \(Self.text(frames))")
    }
    calls = calls.dropFirst()
    switch call {
    case .answered(let recorded): return recorded.map(\.received)
    case .failed(_, let problem):
      throw PiHALError(.disconnected, place: place, problem: "failed when it was recorded (\(problem))")
    }
  }

  /// Checks that everything recorded was asked for.
  /// - Throws: ``PiHALError`` with kind `unexpected`.
  public func finish() throws(PiHALError) {
    guard calls.isEmpty else {
      throw PiHALError(
        .unexpected, place: "the SPI log", problem: "has \(calls.count) calls that the driver did not make")
    }
  }

  private static func text(_ frames: [[UInt8]]) -> String {
    frames.map { "[\(hexadecimal($0))]" }.joined(separator: " ")
  }
}
