/// The exact bytes of an SPI device's traffic, as text that a person can read and a bug report can carry.
///
/// The first line names the format. Then each frame is a line of what went out and what came in, in
/// hexadecimal; a line feed between two calls:
///
///     spi-log 1
///     # what a person wrote
///     6E 00 > 00 92
///
///     12 > 00
///     ! /dev/spidev0.0 is gone
///
/// A line with `!` ends a call that failed, and says why.
public struct SPILog: Equatable, Sendable, CustomStringConvertible {
  /// What one chip select carried, both ways.
  public struct Frame: Equatable, Sendable {
    public let sent: [UInt8]
    public let received: [UInt8]

    public init(sent: [UInt8], received: [UInt8]) {
      self.sent = sent
      self.received = received
    }
  }

  /// One call of ``SPIDevice/transfer(_:)``.
  public enum Call: Equatable, Sendable {
    case answered([Frame])
    /// What was sent, and the error's text.
    case failed(sent: [[UInt8]], String)
  }

  public var calls: [Call]

  public init(calls: [Call] = []) { self.calls = calls }

  static let header = "spi-log 1"

  public var description: String {
    Self.header + "\n" + calls.map(\.lines).joined(separator: "\n")
  }

  /// Reads a log.
  /// - Throws: ``PiHALError`` with kind `invalidRequest` that names the line.
  public init(parsing text: String) throws(PiHALError) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    guard lines.popFirst() == Self.header[...] else {
      throw PiHALError(
        .invalidRequest, place: "line 1", problem: "is not the start of an SPI log",
        remedy: "it must read \"\(Self.header)\"")
    }
    calls = []
    var call = PartialCall()
    for (index, line) in zip(lines.indices, lines) {
      if line.hasPrefix("#") { continue }
      if line.isEmpty {
        calls += call.finish()
      } else if line.hasPrefix("! ") {
        calls += call.finish(failure: String(line.dropFirst(2)))
      } else if !call.add(line) {
        throw PiHALError(
          .invalidRequest, place: "line \(index + 1)", problem: "is not a frame",
          remedy: "a frame reads \"6E 00 > 00 92\", as many bytes sent as received")
      }
    }
    calls += call.finish()
  }
}

extension SPILog.Call {
  /// The call's lines, each with its line feed.
  fileprivate var lines: String {
    switch self {
    case .answered(let frames):
      frames.map { "\(hexadecimal($0.sent)) > \(hexadecimal($0.received))\n" }.joined()
    case .failed(let sent, let problem):
      sent.map { "\(hexadecimal($0)) >\n" }.joined() + "! \(problem.replacingLineFeeds)\n"
    }
  }
}

/// The lines of a call that is being read.
private struct PartialCall {
  var frames: [SPILog.Frame] = []
  var unanswered: [[UInt8]] = []

  /// - Returns: false for a line that is no frame.
  mutating func add(_ line: Substring) -> Bool {
    let sides = line.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, let sent = bytes(sides[0]), let received = bytes(sides[1]), !sent.isEmpty else {
      return false
    }
    if received.isEmpty {
      unanswered.append(sent)
    } else if received.count == sent.count {
      frames.append(SPILog.Frame(sent: sent, received: received))
    } else {
      return false
    }
    return true
  }

  /// Hands over the call, if one has begun, and starts anew.
  mutating func finish(failure: String? = nil) -> [SPILog.Call] {
    defer { self = PartialCall() }
    if let failure { return [.failed(sent: unanswered, failure)] }
    return frames.isEmpty ? [] : [.answered(frames)]
  }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { byte in
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count == 1 ? "0" + digits : digits
  }.joined(separator: " ")
}

/// The bytes of a text of hexadecimal pairs; nil if there is anything else in it.
private func bytes(_ text: Substring) -> [UInt8]? {
  var result: [UInt8] = []
  for word in text.split(separator: " ") {
    guard word.count == 2, word.allSatisfy(\.isHexDigit), let byte = UInt8(word, radix: 16) else {
      return nil
    }
    result.append(byte)
  }
  return result
}

extension String {
  fileprivate var replacingLineFeeds: String { split(separator: "\n").joined(separator: " ") }
}
