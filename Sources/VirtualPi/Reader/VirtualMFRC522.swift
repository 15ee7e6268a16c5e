import PiHAL
import Synchronization

/// An MFRC522 card reader chip that does not exist, down to its registers.
///
/// It knows nothing of any driver: it takes SPI frames and does what the data sheet (MFRC522, rev. 3.9) says,
/// with any number of ``VirtualCard``s in its field. May be used from any thread; the SPI devices it hands
/// out belong to one thread each.
///
/// Not modelled: bit rates above 106 kbit/s, RxMultiple, TAutoRestart, MSBFirst, the time that the oscillator
/// takes to start, the test bus and the analog test registers. Crypto1 is a yes or no: who knows the key
/// talks to the card.
public final class VirtualMFRC522: Sendable {
  /// Where CollPos counts from when the chip was told to align what it receives (RxAlign). The data sheet
  /// leaves it open, and drivers disagree: be ready for all.
  public enum CollisionNumbering: Sendable, CaseIterable {
    /// From the first bit received.
    case receivedBits
    /// From the start of the received frame, the bits skipped by RxAlign included.
    case alignedFrame
    /// From the first bit of the cascade level's UID.
    case wholeCascadeLevel
  }

  /// What can be wrong with a reader.
  public enum Fault: Sendable, Equatable {
    /// Nothing is wired to the bus: every byte reads as this value. Nothing but ``repair()`` cures it.
    case absent(UInt8 = 0xFF)
    /// The chip hangs and answers every byte with this value. A hard reset or a power cycle cures it.
    case stuck(UInt8 = 0x00)
    /// The chip hangs: registers keep what they hold, and writes are lost, SoftReset among them. A hard reset
    /// or a power cycle cures it.
    case frozen
    /// Registers work, no card ever answers. Any reset cures it.
    case deaf
  }

  /// What has gone over SPI.
  public struct Traffic: Equatable, Sendable {
    /// Calls of `transfer`.
    public var transfers = 0
    /// What these calls are in ioctls of spidev on a 64-bit Raspberry Pi: a call whose frames, each rounded
    /// up to 128 bytes, exceed 4096 takes several.
    public var ioctls = 0
    /// Assertions of chip select.
    public var frames = 0
    /// Bytes sent, address bytes included.
    public var bytes = 0

    public init() {}
  }

  private struct State {
    var chip: ChipState
    var traffic = Traffic()
    var failures: [PiHALError] = []
    var binding = 0
    var recurring: RecurringFault?
  }

  private struct RecurringFault {
    let fault: Fault
    let duration: Duration
    let pause: Duration
    let start: MonotonicInstant

    func isThere(at now: MonotonicInstant) -> Bool {
      let period = max(1, (duration + pause).wholeNanoseconds)
      return .nanoseconds(start.duration(to: now).wholeNanoseconds % period) < duration
    }
  }

  private let clock: any MonotonicClock
  private let state: Mutex<State>

  /// - Parameters:
  ///   - clock: the chip's own time, for its timer and, with `airTime`, for what is on the air.
  ///   - version: VersionReg: 0x91 and 0x92 are NXP's, others clones'.
  ///   - airTime: whether frames take their time (9.44 µs a bit); otherwise answers are there, and silence
  ///     is known, when the frame that started them ends.
  ///   - collisionNumbering: how CollPos counts.
  ///   - seed: of the chip's random numbers and of noise.
  public init(
    clock: any MonotonicClock, version: UInt8 = 0x92, airTime: Bool = false,
    collisionNumbering: CollisionNumbering = .alignedFrame, seed: UInt64 = 1
  ) {
    self.clock = clock
    state = Mutex(
      State(
        chip: ChipState(
          version: version, collisionNumbering: collisionNumbering, airTime: airTime, seed: seed)))
  }

  // MARK: - Wires

  /// The chip as a device on an SPI bus.
  public func spiDevice() -> VirtualSPIDevice {
    VirtualSPIDevice(chip: self, binding: state.withLock { $0.binding })
  }

  /// What has gone over SPI since the last ``resetTraffic()``.
  public var traffic: Traffic { state.withLock { $0.traffic } }

  public func resetTraffic() { state.withLock { $0.traffic = Traffic() } }

  /// Whether the IRQ pin reports an interrupt that ComIEnReg or DivIEnReg lets through.
  public var irqPinActive: Bool {
    let now = clock.now
    return state.withLock { state in
      state.chip.advance(to: now)
      return state.chip.irqPinActive
    }
  }

  /// Sets the level of NRSTPD: low holds the chip in reset, the rise starts it with reset values.
  public func setResetPin(_ level: Bool) {
    state.withLock { state in
      guard state.chip.isHeldInReset == level else { return }
      state.chip.isHeldInReset = !level
      state.chip.hardReset()
    }
  }

  /// Wires NRSTPD to a line of a board, with the pull-up that reader modules have.
  public func connectReset(to line: Int, of board: VirtualBoard) {
    board.drive(line, true)
    setResetPin(board.level(of: line))
    board.onTransition { [weak self] transition in
      if transition.line == line { self?.setResetPin(transition.level) }
    }
  }

  func transfer(_ frames: [[UInt8]], binding: Int) throws(PiHALError) -> [[UInt8]] {
    let now = clock.now
    let result = state.withLock { state -> Result<[[UInt8]], PiHALError> in
      guard binding == state.binding else {
        return .failure(
          PiHALError(
            .disconnected, place: "the virtual SPI bus", problem: "has lost its driver", errorNumber: 108))
      }
      if let recurring = state.recurring {
        state.chip.fault = recurring.isThere(at: now) ? recurring.fault : nil
      }
      state.traffic.transfers += 1
      state.traffic.ioctls += VirtualSPIDevice.ioctls(for: frames)
      if !state.failures.isEmpty { return .failure(state.failures.removeFirst()) }
      var received: [[UInt8]] = []
      for frame in frames {
        state.traffic.frames += 1
        state.traffic.bytes += frame.count
        received.append(state.chip.frame(frame, at: now))
      }
      return .success(received)
    }
    return try result.get()
  }

  // MARK: - The field

  /// Puts a card on the reader; one that lies there already is moved nearer or farther.
  /// - Parameter gainNeeded: the receiver gain (RxGain of RFCfgReg, 18 to 48 dB) below which the chip does
  ///   not hear the card; 33 dB is the gain after a reset.
  public func place(_ card: VirtualCard, gainNeeded decibels: Int = 0) {
    state.withLock { state in
      state.chip.gainNeeded[card] = decibels
      guard !state.chip.cards.contains(card) else { return }
      state.chip.cards.append(card)
      state.chip.updateField()
    }
  }

  /// Takes a card away; with `airTime`, what it is just sending breaks off.
  public func remove(_ card: VirtualCard) {
    let now = clock.now
    state.withLock { state in
      state.chip.advance(to: now)
      guard state.chip.cards.contains(card) else { return }
      state.chip.take(card, at: now)
    }
  }

  /// Lets a card be torn away in the middle of its next answer, after `bits` data bits.
  public func tearAway(_ card: VirtualCard, afterBits bits: Int) {
    state.withLock { state in
      guard state.chip.cards.contains(card) else { return }
      state.chip.tearing[card] = bits
    }
  }

  /// The cards that lie on the reader, in the order in which they were put there.
  public var cards: [VirtualCard] { state.withLock { $0.chip.cards } }

  /// Whether the antenna is on.
  public var isFieldOn: Bool { state.withLock { $0.chip.isFieldOn } }

  // MARK: - What goes wrong

  /// Breaks the reader.
  public func setFault(_ fault: Fault) { state.withLock { $0.chip.fault = fault } }

  /// Breaks the reader again and again, first now, with good service in between. Only ``repair()`` cures it for good.
  /// - Parameters:
  ///   - duration: how long the fault lasts each time, whatever is done about it.
  ///   - pause: how long the reader works after each.
  public func setRecurringFault(_ fault: Fault, lasting duration: Duration, pause: Duration) {
    let start = clock.now
    state.withLock {
      $0.recurring = RecurringFault(fault: fault, duration: duration, pause: pause, start: start)
    }
  }

  /// Takes any fault away; registers stay as they are.
  public func repair() {
    state.withLock { state in
      state.recurring = nil
      state.chip.fault = nil
    }
  }

  /// Puts another reader in the place of this one, a new one without a fault, under the cards that lie there.
  /// - Parameter version: what its VersionReg says.
  public func replaceChip(version: UInt8) {
    state.withLock { state in
      state.recurring = nil
      state.chip.fault = nil
      state.chip.version = version
      for card in state.chip.cards { card.picc.withLock { $0.powerOff() } }
      state.chip.hardReset()
    }
  }

  /// Binds the driver of the bus anew: devices that were handed out before fail for good, as an open `/dev/spidev0.0`
  /// does then. A new ``spiDevice()`` works.
  public func rebindBus() { state.withLock { $0.binding += 1 } }

  /// Lets answers of cards get lost at random, until it is called again: the card hears the reader and answers, and the
  /// reader hears nothing.
  /// - Parameter probability: of an answer to get lost, 0 to 1.
  public func setLoss(_ probability: Double) {
    state.withLock { $0.chip.loss = min(1, max(0, probability)) }
  }

  /// The fault at present; nil when there is none or when a reset has cured it.
  public var fault: Fault? { state.withLock { $0.chip.fault } }

  /// Spoils answers of cards at random: lost, cut off, one bit wrong (a parity error), or two bits wrong.
  /// - Parameter probability: of an answer to be spoilt, 0 to 1.
  public func setNoise(_ probability: Double) {
    state.withLock { $0.chip.noise = min(1, max(0, probability)) }
  }

  /// A dip of the supply: registers are back at their reset values and cards lose power, and nobody is told.
  public func brownOut() {
    state.withLock { state in
      for card in state.chip.cards { card.picc.withLock { $0.powerOff() } }
      state.chip.hardReset()
    }
  }

  /// Switches the chip's supply. Without it every byte reads as 0.
  public func setPower(_ on: Bool) {
    state.withLock { state in
      guard state.chip.hasPower != on else { return }
      state.chip.hasPower = on
      state.chip.hardReset()
    }
  }

  /// Lets the next `count` transfers fail, as a bus does.
  public func failTransfers(
    _ count: Int,
    with error: PiHALError = PiHALError(
      .disconnected, place: "the virtual SPI bus", problem: "failed", errorNumber: 5)
  ) {
    state.withLock { $0.failures = Array(repeating: error, count: max(0, count)) }
  }
}
