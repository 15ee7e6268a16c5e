import PiHAL

/// One question to the cards in the field.
struct Request: Equatable {
  var command = Command.transceive
  var bytes: [UInt8]
  /// Bits of the last byte to send; 0 sends all eight.
  var lastBits = 0
  /// Bit of the first FIFO byte in which the first received bit is put.
  var firstBit = 0
  /// The longest answer to expect, in FIFO bytes.
  var answerBytes: Int
  /// How long after the end of the question an answer may start.
  var timeout: Duration

  /// A bit at 106 kbit/s takes 128 carrier periods, 9.44 µs (ISO/IEC 14443-2, 8.1).
  private static func airTime(bits: Int) -> Duration { .nanoseconds(9_440 * Int64(bits)) }

  /// How long question and answer take at most: a parity bit per byte, and start and end of both frames.
  var airTime: Duration {
    let sent = lastBits == 0 ? 9 * bytes.count : 9 * (bytes.count - 1) + lastBits
    // MFAuthent sends three frames of its own: command, challenge and response (data sheet 10.3.1.9).
    let frames = command == .mfAuthent ? 9 * (4 + 4 + 8 + 4) + 8 : sent + 9 * answerBytes + 4
    return Self.airTime(bits: frames) + timeout
  }

  /// The frames that start it. The command before is stopped and its events and bytes are dropped.
  var startFrames: [[UInt8]] {
    [
      [Register.command.writeAddress, Command.idle.rawValue],
      [Register.comIrq.writeAddress, ComIrq.clearAll],
      [Register.fifoLevel.writeAddress, 0x80],
      [Register.fifoData.writeAddress] + bytes,
      // The framing goes first, so that what the start bit sets off below is complete.
      [Register.bitFraming.writeAddress, UInt8(firstBit << 4 | lastBits)],
      [Register.command.writeAddress, command.rawValue],
      [
        Register.bitFraming.writeAddress,
        (command == .transceive ? 0x80 : 0) | UInt8(firstBit << 4 | lastBits),
      ],
    ]
  }
}

/// What came back.
enum Answer: Equatable {
  /// The field stayed silent until the timeout.
  case silent
  /// A frame without error. `lastBits` of its last byte are valid, 0 for all eight.
  case received([UInt8], lastBits: Int)
  /// Several cards sent different bits. `position` counts from 1 and may be missing; bytes before it hold.
  case collision(position: Int?, [UInt8])
  /// Something came that is no whole frame.
  case corrupt
}

/// What one read frame tells about a running exchange.
struct ExchangeStatus {
  /// The registers in the order in which they are read.
  static let registers: [Register] = [.comIrq, .error, .fifoLevel, .control, .coll]

  let events: ComIrq
  let errors: ErrorFlags
  let level: Int
  let lastBits: Int
  let collision: UInt8

  /// - Parameter values: one a register of ``registers``, in their order.
  init?(_ values: ArraySlice<UInt8>) {
    guard values.count >= Self.registers.count else { return nil }
    let first = values.startIndex
    events = ComIrq(rawValue: values[first])
    errors = ErrorFlags(rawValue: values[first + 1])
    level = Int(values[first + 2])
    lastBits = Int(values[first + 3] & 0x07)
    collision = values[first + 4]
  }

  /// Whether these can be a working chip's registers: Set1 reads as 0 and the FIFO holds 64 bytes (9.3.1.5,
  /// 9.3.1.11).
  var isPlausible: Bool { events.rawValue & 0x80 == 0 && level <= 64 }

  func isComplete(_ command: Command) -> Bool {
    switch command {
    case .transceive: !events.isDisjoint(with: [.received, .idle, .timer])
    // Its own frames set `received` before it is done.
    default: !events.isDisjoint(with: [.idle, .timer])
    }
  }

  func answer(to request: Request, bytes: [UInt8]) -> Answer {
    if request.command == .mfAuthent {
      if events.contains(.idle) && errors.isEmpty { return .received([], lastBits: 0) }
      return events.contains(.timer) && errors.isEmpty ? .silent : .corrupt
    }
    if errors.contains(.collision) {
      let position = collision & 0x20 == 0 ? Int(collision & 0x1F) : nil
      return .collision(position: position == 0 ? 32 : position, bytes)
    }
    if !errors.isDisjoint(with: .unreadable) { return .corrupt }
    if bytes.isEmpty { return events.contains(.received) ? .corrupt : .silent }
    if !events.contains(.received) { return .corrupt }
    // More than was asked for cannot be an answer.
    return level > request.answerBytes ? .corrupt : .received(bytes, lastBits: lastBits)
  }
}
