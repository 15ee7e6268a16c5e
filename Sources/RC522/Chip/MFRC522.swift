import PiHAL

/// The MFRC522 contactless reader chip on an SPI bus (mode 0, at most 10 MHz; data sheet 8.1.2).
///
/// It speaks frames and registers; ``RC522Reader`` makes a ``CardReader`` of it. The driver never waits by
/// asking again and again: it knows how long a question and its answer take on the air, sleeps that long, and
/// reads everything in one ``PiHAL/SPIDevice/transfer(_:)``. An object belongs to one thread.
public final class MFRC522 {
  /// Receiver gain (data sheet 9.3.3.6). More is not always better: near a card a strong receiver overloads.
  public enum Gain: UInt8, Sendable, CaseIterable {
    case decibels18 = 0x20
    case decibels23 = 0x30
    case decibels33 = 0x40
    case decibels38 = 0x50
    case decibels43 = 0x60
    case decibels48 = 0x70
  }

  /// What the chip is called in errors, such as `RC522 at /dev/spidev0.0`.
  public let place: String
  /// The receiver's gain; see ``setGain(_:)``.
  public private(set) var gain: Gain
  /// What `VersionReg` said last; `.none` before ``initialize()``.
  public private(set) var version = ChipVersion.none
  /// Whether registers are compared in the next exchange; the reader sets it once in a while.
  var isProbeDue = false

  let clock: any MonotonicClock
  private var spi: any SPIDevice
  private var resetLine: (any DigitalOutput)?
  private let open: Opening?
  /// Whether a reset line is wired.
  public let hasResetLine: Bool

  /// What the registers that are written once, or seldom, should hold.
  private var shadow: [Register: UInt8] = [:]
  /// Until when the last question is on the air; nil when nothing is.
  private var quietAt: MonotonicInstant?
  /// Exchanges in a row that were not complete when their time was over.
  private var unfinished = 0
  private static let unfinishedBeforeFault = 4
  /// Whether Crypto1 is on or may be on.
  private var isEncrypted = false

  /// Makes the driver; the chip is not touched before ``initialize()``.
  /// - Parameters:
  ///   - spi: the bus, mode 0.
  ///   - reset: the line to the chip's NRSTPD pin if it is wired, requested active-low: active holds the chip
  ///     in reset.
  ///   - clock: where waiting is done.
  ///   - gain: receiver gain.
  ///   - place: what the chip is called in errors.
  public init(
    spi: any SPIDevice, reset: (any DigitalOutput)? = nil, clock: any MonotonicClock,
    gain: Gain = .decibels38, place: String = "RC522"
  ) {
    self.spi = spi
    self.resetLine = reset
    self.clock = clock
    self.gain = gain
    self.place = place
    open = nil
    hasResetLine = reset != nil
  }

  /// Opens what leads to a chip: its bus, and the line to its NRSTPD pin if that is wired.
  public typealias Opening = () throws(PiHALError) -> (spi: any SPIDevice, reset: (any DigitalOutput)?)

  /// Makes the driver of a chip whose bus is opened again when it fails for good, as when the bus's driver was bound
  /// anew. The chip is not touched before ``initialize()``.
  /// - Parameters:
  ///   - open: called at once, and again when nothing else helps, on the driver's thread.
  /// - Throws: what `open` throws now.
  public init(
    clock: any MonotonicClock, gain: Gain = .decibels38, place: String = "RC522",
    opening open: @escaping Opening
  ) throws(PiHALError) {
    (spi, resetLine) = try open()
    self.open = open
    self.clock = clock
    self.gain = gain
    self.place = place
    hasResetLine = resetLine != nil
  }

  // MARK: Wires

  /// Whether ``reopen()`` can do anything.
  var canReopen: Bool { open != nil }

  /// Opens bus and reset line again.
  /// - Throws: ``RC522Error`` `bus` when that fails; then every transfer fails the same way until it succeeds.
  func reopen() throws(RC522Error) {
    guard let open else { return }
    // First the old ones are closed: nobody else may have them open.
    spi = LostBus(reason: PiHALError(.disconnected, place: place, problem: "is being opened again"))
    resetLine = nil
    do {
      (spi, resetLine) = try open()
    } catch {
      spi = LostBus(reason: error)
      throw RC522Error(.bus(error), place: place, problem: "cannot be opened again: \(error)")
    }
  }

  /// Programs besides this one that use the bus device, as far as this process may see them.
  var otherUsers: [String] { spi.otherUsers }

  // MARK: Registers

  /// Reads registers in one frame.
  public func read(_ registers: [Register]) throws(RC522Error) -> [UInt8] {
    guard !registers.isEmpty else { return [] }
    return Array(try transfer([Self.readFrame(registers)])[0].dropFirst())
  }

  /// Writes a register.
  public func write(_ register: Register, _ value: UInt8) throws(RC522Error) {
    _ = try transfer([[register.writeAddress, value]])
    if shadow[register] != nil { shadow[register] = value }
  }

  static func readFrame(_ registers: some Sequence<Register>) -> [UInt8] {
    registers.map(\.readAddress) + [0]
  }

  func transfer(_ frames: [[UInt8]]) throws(RC522Error) -> [[UInt8]] {
    let answer: [[UInt8]]
    do {
      answer = try spi.transfer(frames)
    } catch {
      throw RC522Error(.bus(error), place: place, problem: "cannot be reached: \(error)")
    }
    // A device that answers with other lengths than it was sent would make the indices below lie.
    guard answer.count == frames.count,
      zip(answer, frames).allSatisfy({ $0.count == $1.count })
    else {
      let error = PiHALError(.unexpected, place: place, problem: "returned other lengths than were sent")
      throw RC522Error(.bus(error), place: place, problem: "answers with frames of the wrong length")
    }
    return answer
  }

  // MARK: Reset and set-up

  /// The chip's timer counts 25 µs steps: 13.56 MHz / (2 * 169 + 1) is 40 kHz (8.5).
  private static let timerPrescaler: UInt8 = 169
  private static let timerStep = Duration.microseconds(25)

  /// Registers that are set once, and which of their bits mean something.
  private var settings: [(register: Register, value: UInt8, mask: UInt8)] {
    [
      (.txMode, 0x00, 0xF8), (.rxMode, 0x00, 0xFC),
      // 100 % ASK, as type A wants it.
      (.txASK, 0x40, 0x40),
      // The timer starts by itself when a frame has been sent and stops when an answer begins.
      (.tMode, 0x80, 0xFF), (.tPrescaler, Self.timerPrescaler, 0xFF),
      // Bits after a collision read as zero.
      (.coll, 0x00, 0x80),
      (.rfCfg, gain.rawValue, 0x70),
    ]
  }

  /// Sets every register that the driver relies on, switches the antenna on, and reads all of them back. A chip of
  /// another version than before is taken: the reader was replaced.
  /// - Throws: ``RC522Error`` `readerMissing` when no chip answers or it does not keep what was written, or
  ///   `bus`.
  public func initialize() throws(RC522Error) {
    shadow = [:]
    isEncrypted = false
    version = .none
    var frames: [[UInt8]] = [
      Self.readFrame([.version]),
      [Register.command.writeAddress, Command.idle.rawValue],
      [Register.autoTest.writeAddress, 0x00],
      [Register.status2.writeAddress, 0x00],
    ]
    for (register, value, _) in settings { frames.append([register.writeAddress, value]) }
    try checkAnswers(try transfer(frames)[0][1])
    for (register, value, _) in settings { shadow[register] = value }
    try setAntenna(on: true)
    try probe()
  }

  /// Switches the carrier on or off. Cards need 5 ms of carrier before they answer (ISO/IEC 14443-3, 5), and
  /// forget everything while it is off.
  public func setAntenna(on: Bool) throws(RC522Error) {
    let value: UInt8 = on ? 0x83 : 0x80
    _ = try transfer([[Register.txControl.writeAddress, value]])
    shadow[.txControl] = value
    clock.sleep(for: .milliseconds(5))
  }

  /// Changes the receiver's gain, now and for later resets.
  public func setGain(_ gain: Gain) throws(RC522Error) {
    self.gain = gain
    try write(.rfCfg, gain.rawValue)
  }

  /// Resets the chip by its SoftReset command (10.3.1.10) and waits until its oscillator runs again.
  public func softReset() throws(RC522Error) {
    shadow = [:]
    isEncrypted = false
    _ = try transfer([[Register.command.writeAddress, Command.softReset.rawValue]])
    // PowerDown, bit 4, stays set until the oscillator is stable (8.6).
    var version: UInt8 = 0
    for _ in 0..<5 {
      clock.sleep(for: .milliseconds(10))
      let values = try read([.command, .version])
      if values[0] & 0x10 == 0 { return }
      version = values[1]
    }
    try checkAnswers(version)
    throw RC522Error(
      .readerHung, place: place, problem: "does not come out of a soft reset",
      remedy: hasResetLine ? "" : "wire its RST pin so that it can be reset by line")
  }

  /// Resets the chip by its NRSTPD pin (8.8.2).
  /// - Throws: ``RC522Error`` `invalidRequest` when no line is wired.
  public func hardReset() throws(RC522Error) {
    guard let resetLine else {
      throw RC522Error(.invalidRequest, place: place, problem: "has no reset line")
    }
    shadow = [:]
    isEncrypted = false
    do {
      // 100 ns would do; the module's capacitor needs longer.
      try resetLine.set(line: 0, active: true)
      clock.sleep(for: .milliseconds(2))
      try resetLine.set(line: 0, active: false)
    } catch {
      throw RC522Error(.bus(error), place: place, problem: "cannot be reset: \(error)")
    }
    clock.sleep(for: .milliseconds(50))
  }

  // MARK: Health

  /// Version first, then every register of which the driver knows what it should hold.
  private var probedRegisters: [Register] {
    [.version] + settings.map(\.register) + [.txControl]
  }

  /// Compares version and registers with what they should be.
  /// - Throws: ``RC522Error`` `readerMissing` or `readerHung`.
  public func probe() throws(RC522Error) {
    let values = try read(probedRegisters)
    try check(values[...])
  }

  private func check(_ values: ArraySlice<UInt8>) throws(RC522Error) {
    let first = values.startIndex
    guard values.count == probedRegisters.count else { return }
    try checkAnswers(values[first])
    let seen = ChipVersion(register: values[first])
    if version != .none && seen != version {
      throw RC522Error(
        .readerHung, place: place, problem: "was a \(version) and now says it is a \(seen)",
        remedy: "if the reader was not replaced, look for a loose wire or a weak 3.3 V supply")
    }
    let masks = settings.map(\.mask) + [0x03]
    for (index, register) in probedRegisters.enumerated().dropFirst() {
      let value = values[first + index]
      guard let wanted = shadow[register], (value ^ wanted) & masks[index - 1] != 0 else { continue }
      throw RC522Error(
        version == .none ? .readerMissing : .readerHung, place: place,
        problem: "has lost its settings: register \(register) holds 0x\(String(value, radix: 16))"
          + " instead of 0x\(String(wanted, radix: 16))",
        remedy: "look for another program that uses the reader, a weak 3.3 V supply or long wires")
    }
    version = seen
  }

  /// - Parameter value: what the version register reads.
  /// - Throws: ``RC522Error`` `readerMissing` or `readerHung` when nothing drives the data line.
  private func checkAnswers(_ value: UInt8) throws(RC522Error) {
    guard ChipVersion(register: value) == .none else { return }
    throw RC522Error(
      version == .none ? .readerMissing : .readerHung, place: place,
      problem: "does not answer: its version register reads 0x\(value == 0 ? "00" : "FF")",
      remedy: "check power (3.3 V), SCK, MOSI, MISO, SDA and that RST is high")
  }

  // MARK: Exchanges with cards

  /// Sends a question. Waits first until the one before is off the air.
  func begin(_ request: Request) throws(RC522Error) {
    waitUntilQuiet()
    _ = try transfer(framesToStart(request))
    started(request)
  }

  /// Waits until the answer to `request` must be there, reads it, and starts `next` in the same transfer.
  /// - Throws: ``RC522Error`` `readerHung` when the chip did not carry the exchange out, `bus`.
  func finish(_ request: Request, beginning next: Request? = nil) throws(RC522Error) -> Answer {
    waitUntilQuiet()
    let isProbing = isProbeDue
    isProbeDue = false
    let statusFrame = Self.readFrame(
      ExchangeStatus.registers + Array(repeating: .fifoData, count: request.answerBytes))
    var frames = [statusFrame]
    if isProbing { frames.append(Self.readFrame(probedRegisters)) }
    if let next { frames += framesToStart(next) }
    let answers = try transfer(frames)
    if let next { started(next) }
    if isProbing { try check(answers[1].dropFirst()) }

    var status = try plausible(answers[0])
    var bytes = fifoBytes(answers[0], level: status.level)
    if !status.isComplete(request.command) && next == nil {
      // The host was quicker than the card: look once more.
      clock.sleep(for: request.airTime)
      let late = try transfer([statusFrame])
      status = try plausible(late[0])
      bytes += fifoBytes(late[0], level: status.level)
    }
    guard status.isComplete(request.command) else {
      // Noise can keep the receiver busy, and a chip that lost its settings or hangs looks the same: its
      // registers tell, and if they are well, patience ends.
      isProbeDue = true
      unfinished += 1
      guard unfinished < Self.unfinishedBeforeFault else {
        unfinished = 0
        throw RC522Error(
          .readerHung, place: place, problem: "starts transmissions and does not end them",
          remedy: "look for another program that uses the reader")
      }
      return .corrupt
    }
    unfinished = 0
    guard !status.errors.contains(.overheated) else {
      throw RC522Error(
        .readerHung, place: place, problem: "is too hot and has switched its antenna off",
        remedy: "check its supply (3.3 V, not 5 V) and keep it away from metal")
    }
    return status.answer(to: request, bytes: bytes)
  }

  /// One question and its answer.
  func exchange(_ request: Request) throws(RC522Error) -> Answer {
    try begin(request)
    return try finish(request)
  }

  private func waitUntilQuiet() {
    guard let quietAt else { return }
    self.quietAt = nil
    let wait = clock.now.duration(to: quietAt)
    if wait > .zero { clock.sleep(for: wait) }
  }

  private func started(_ request: Request) {
    quietAt = clock.now.advanced(by: request.airTime)
    if request.command == .mfAuthent { isEncrypted = true }
  }

  /// The request's frames, and before them the timer's if the timeout has changed.
  private func framesToStart(_ request: Request) -> [[UInt8]] {
    let steps = max(1, min(0xFFFF, request.timeout.wholeNanoseconds / Self.timerStep.wholeNanoseconds))
    let reload = UInt16(steps - 1)
    var frames: [[UInt8]] = []
    for (register, value) in [
      (Register.tReloadHigh, UInt8(reload >> 8)), (.tReloadLow, UInt8(truncatingIfNeeded: reload)),
    ] where shadow[register] != value {
      frames.append([register.writeAddress, value])
      shadow[register] = value
    }
    return frames + request.startFrames
  }

  private func plausible(_ frame: [UInt8]) throws(RC522Error) -> ExchangeStatus {
    guard let status = ExchangeStatus(frame.dropFirst()), status.isPlausible else {
      throw RC522Error(
        version == .none ? .readerMissing : .readerHung, place: place,
        problem: "answers with bytes that no working chip sends",
        remedy: "check SCK, MISO and the bus frequency (at most 10 MHz), and look for another program "
          + "that uses the reader")
    }
    return status
  }

  private func fifoBytes(_ frame: [UInt8], level: Int) -> [UInt8] {
    Array(frame.dropFirst(1 + ExchangeStatus.registers.count).prefix(level))
  }

  // MARK: Crypto1

  /// Ends the enciphered talk with a MIFARE Classic card; without it no card answers plain questions.
  func stopCrypto() throws(RC522Error) {
    guard isEncrypted else { return }
    try write(.status2, 0x00)
    isEncrypted = false
  }
}
