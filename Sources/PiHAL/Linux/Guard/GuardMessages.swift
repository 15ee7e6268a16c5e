#if os(Linux)
  /// What the holder of a lease tells the guard. One message is one packet of a SOCK_SEQPACKET socket.
  enum GuardRequest: Equatable {
    /// The first message: which lines, and how long they may be away from their safe level.
    case start(GuardOrders)
    /// Drive the lines. `epoch` is the one last reported: orders given before the guard went safe are stale.
    /// `longest` counts the time that the lines may be away from their safe level anew from here.
    case set(number: UInt32, epoch: UInt32, active: [Bool], longest: Duration? = nil)
    /// The holder is alive and means what it last said.
    case renew(number: UInt32)
  }

  /// What the guard tells the holder.
  enum GuardReport: Equatable {
    /// The lines are held, at their safe level.
    case ready
    /// The lines could not be had; the guard ends.
    case refused(PiHALError)
    /// The order has reached the pins.
    case done(number: UInt32)
    /// The order was given before the holder knew that the guard went safe; nothing was changed.
    case stale(number: UInt32)
    /// The order failed; the guard tries the safe level once more and ends.
    case failed(number: UInt32, PiHALError)
    case renewed(number: UInt32)
    /// The guard drove lines to their safe level of its own accord; all lines are now at `active`.
    case wentSafe(epoch: UInt32, reason: SafeReason, active: [Bool])
  }

  /// Why a guard drove lines to their safe level without being told.
  public enum SafeReason: Equatable, Sendable {
    /// The holder did not renew its lease in time.
    case leaseExpired
    /// The line with this index had been away from its safe level for its maximum time.
    case maximumTime(line: Int)
    /// The guard was told to end (SIGTERM, SIGHUP).
    case terminated
    /// The guard received something that is no message.
    case protocolError
  }

  /// The orders a guard lives by.
  struct GuardOrders: Equatable {
    var lines: OutputLines
    var lease: Duration
    /// One element a line.
    var maximumActive: [Duration]
  }

  // MARK: - Bytes

  extension GuardRequest {
    func encoded() -> [UInt8] {
      var bytes = PacketWriter()
      switch self {
      case .start(let orders):
        bytes.add(UInt8(1))
        bytes.add(orders.lines.chip.path)
        bytes.add(orders.lines.chip.label)
        bytes.add(UInt64(orders.lines.chip.lineCount))
        bytes.add(UInt8(orders.lines.offsets.count))
        for offset in orders.lines.offsets { bytes.add(UInt32(offset)) }
        bytes.add(orders.lines.isActiveLow ? UInt8(1) : 0)
        bytes.add(orders.lines.drive.rawValue)
        bytes.add(orders.lines.safe)
        bytes.add(orders.lines.consumer)
        bytes.add(UInt64(clamping: orders.lease.wholeNanoseconds))
        for limit in orders.maximumActive { bytes.add(UInt64(clamping: limit.wholeNanoseconds)) }
      case .set(let number, let epoch, let active, let longest):
        bytes.add(UInt8(2))
        bytes.add(number)
        bytes.add(epoch)
        bytes.add(active)
        // No order is given for no time at all.
        bytes.add(longest.map { UInt64(clamping: $0.wholeNanoseconds) } ?? 0)
      case .renew(let number):
        bytes.add(UInt8(3))
        bytes.add(number)
      }
      return bytes.packet
    }

    /// - Returns: nil for anything that no holder sends.
    init?(decoding packet: [UInt8]) {
      var bytes = PacketReader(packet)
      do {
        switch try bytes.take(UInt8.self) {
        case 1:
          let path = try bytes.takeText()
          let label = try bytes.takeText()
          let lineCount = Int(clamping: try bytes.take(UInt64.self))
          let count = Int(try bytes.take(UInt8.self))
          let offsets = try (0..<count).map { _ in Int(try bytes.take(UInt32.self)) }
          let isActiveLow = try bytes.take(UInt8.self) != 0
          guard let drive = Drive(rawValue: try bytes.takeText()) else { return nil }
          let safe = try bytes.takeLevels()
          let consumer = try bytes.takeText()
          let lease = Duration.nanoseconds(Int64(clamping: try bytes.take(UInt64.self)))
          let limits = try (0..<count).map { _ in
            Duration.nanoseconds(Int64(clamping: try bytes.take(UInt64.self)))
          }
          guard safe.count == count else { return nil }
          self = .start(
            GuardOrders(
              lines: OutputLines(
                chip: GPIOChip(path: path, label: label, lineCount: lineCount), lines: offsets,
                isActiveLow: isActiveLow, drive: drive, safe: safe, consumer: consumer), lease: lease,
              maximumActive: limits))
        case 2:
          self = .set(
            number: try bytes.take(UInt32.self), epoch: try bytes.take(UInt32.self),
            active: try bytes.takeLevels(), longest: try bytes.takeDuration())
        case 3: self = .renew(number: try bytes.take(UInt32.self))
        default: return nil
        }
        guard bytes.isAtEnd else { return nil }
      } catch {
        return nil
      }
    }
  }

  extension GuardReport {
    func encoded() -> [UInt8] {
      var bytes = PacketWriter()
      switch self {
      case .ready: bytes.add(UInt8(1))
      case .refused(let error):
        bytes.add(UInt8(2))
        bytes.add(error)
      case .done(let number):
        bytes.add(UInt8(3))
        bytes.add(number)
      case .stale(let number):
        bytes.add(UInt8(4))
        bytes.add(number)
      case .failed(let number, let error):
        bytes.add(UInt8(5))
        bytes.add(number)
        bytes.add(error)
      case .renewed(let number):
        bytes.add(UInt8(6))
        bytes.add(number)
      case .wentSafe(let epoch, let reason, let active):
        bytes.add(UInt8(7))
        bytes.add(epoch)
        switch reason {
        case .leaseExpired: bytes.add(UInt8(0))
        case .terminated: bytes.add(UInt8(1))
        case .protocolError: bytes.add(UInt8(2))
        case .maximumTime(let line):
          bytes.add(UInt8(3))
          bytes.add(UInt8(clamping: line))
        }
        bytes.add(active)
      }
      return bytes.packet
    }

    /// - Returns: nil for anything that no guard sends.
    init?(decoding packet: [UInt8]) {
      var bytes = PacketReader(packet)
      do {
        switch try bytes.take(UInt8.self) {
        case 1: self = .ready
        case 2: self = .refused(try bytes.takeError())
        case 3: self = .done(number: try bytes.take(UInt32.self))
        case 4: self = .stale(number: try bytes.take(UInt32.self))
        case 5: self = .failed(number: try bytes.take(UInt32.self), try bytes.takeError())
        case 6: self = .renewed(number: try bytes.take(UInt32.self))
        case 7:
          let epoch = try bytes.take(UInt32.self)
          let reason: SafeReason
          switch try bytes.take(UInt8.self) {
          case 0: reason = .leaseExpired
          case 1: reason = .terminated
          case 2: reason = .protocolError
          case 3: reason = .maximumTime(line: Int(try bytes.take(UInt8.self)))
          default: return nil
          }
          self = .wentSafe(epoch: epoch, reason: reason, active: try bytes.takeLevels())
        default: return nil
        }
        guard bytes.isAtEnd else { return nil }
      } catch {
        return nil
      }
    }
  }
#endif
