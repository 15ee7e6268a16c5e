import PiHAL
import Synchronization

/// A whole virtual Raspberry Pi beside a tap: the board, a card reader with its reset line, and the tap, all
/// on one clock.
///
/// It is what a demo shows and a test of a whole program stands on. May be used from any thread. In a test,
/// move the clock and call ``advance()``; for a demo in real time, pass a `SystemClock` and call
/// ``start(every:)``.
///
/// ```swift
/// let clock = VirtualClock()
/// let station = VirtualStation(clock: clock)
/// let valve = try station.board.output(lines: [18])
/// let meter = try station.board.edgeCounter(line: 23)
/// station.setLever(1)
/// try valve.set(active: true)
/// clock.advance(by: .seconds(10))
/// station.advance()
/// print(try meter.read().total, station.tap.pouredMicrolitres)
/// ```
public final class VirtualStation: Sendable {
  public struct Configuration: Sendable {
    public var tap = VirtualTap.Configuration()
    /// BCM number of the line wired to the reader's NRSTPD; nil leaves the pin to its pull-up.
    public var readerResetLine: Int? = 25
    public var readerVersion: UInt8 = 0x92
    /// Whether the reader's frames take their time on the air.
    public var airTime = false
    public var persistence = VirtualBoard.Persistence.keepsLevel
    public var seed: UInt64 = 1

    public init() {}
  }

  public let clock: any MonotonicClock
  public let board: VirtualBoard
  public let reader: VirtualMFRC522
  public let tap: VirtualTap

  private let runner = Mutex<StationThread?>(nil)

  public init(clock: any MonotonicClock, configuration: Configuration = Configuration()) {
    self.clock = clock
    board = VirtualBoard(clock: clock, persistence: configuration.persistence)
    reader = VirtualMFRC522(
      clock: clock, version: configuration.readerVersion, airTime: configuration.airTime,
      seed: configuration.seed)
    tap = VirtualTap(board: board, configuration: configuration.tap)
    if let line = configuration.readerResetLine { reader.connectReset(to: line, of: board) }
  }

  deinit { stop() }

  // MARK: - Time

  /// Lets everything happen that should have happened by now.
  public func advance() { tap.advance(to: clock.now) }

  /// Calls ``advance()`` every `interval` on a thread of its own, until ``stop()`` or until nobody holds the
  /// station any more. A second call changes the interval.
  public func start(every interval: Duration = .milliseconds(5)) {
    stop()
    let clock = clock
    runner.withLock { runner in
      runner = StationThread { [weak self] in
        guard let self else { return false }
        self.advance()
        clock.sleep(for: interval)
        return true
      }
    }
  }

  /// Ends what ``start(every:)`` began; a second call does nothing.
  public func stop() {
    let thread = runner.withLock { runner in
      defer { runner = nil }
      return runner
    }
    thread?.stop()
  }

  // MARK: - The plug

  /// Pulls the plug: all lines drop, the reader and the cards on it are off, the valve closes.
  public func losePower() {
    advance()
    board.losePower()
    reader.setPower(false)
  }

  /// Plugs it in again.
  public func restorePower() {
    advance()
    board.restorePower()
    reader.setPower(true)
  }

  // MARK: - Hands on the tap

  /// Pulls the lever, 0 (closed) to 1.
  public func setLever(_ position: Double) {
    advance()
    tap.lever = position
  }

  /// Lets the closed valve drip.
  public func setLeak(microlitresPerSecond: Double) {
    advance()
    tap.leakMicrolitresPerSecond = microlitresPerSecond
  }

  /// Puts another keg on.
  public func mountKeg(microlitres: Int64) {
    advance()
    tap.mountKeg(microlitres: microlitres)
  }

  // MARK: - What a page shows

  /// Everything that can be seen of the station at one moment.
  public struct Snapshot: Codable, Sendable, Equatable {
    public struct Card: Codable, Sendable, Equatable {
      /// Lower-case hexadecimal digits.
      public var uid: String
      public var product: VirtualCard.Product
    }

    /// The clock's nanoseconds.
    public var instant: MonotonicInstant
    public var isPowered: Bool
    /// Electrical levels by BCM number.
    public var levels: [Bool]
    /// Holders of lines by BCM number; nil is a free line.
    public var holders: [String?]
    /// The cards on the reader.
    public var cards: [Card]
    public var isFieldOn: Bool
    /// Whether the reader is broken or hangs.
    public var isReaderFaulty: Bool
    public var lever: Double
    public var isValveOpen: Bool
    public var flowMicrolitresPerSecond: Double
    public var pouredMicrolitres: Int64
    public var kegMicrolitres: Int64
    public var leakMicrolitresPerSecond: Double
  }

  /// What can be seen now. Parts that change while they are read may be of slightly different moments.
  public func snapshot() -> Snapshot {
    advance()
    return Snapshot(
      instant: clock.now, isPowered: board.isPowered, levels: board.levels,
      holders: (0..<VirtualBoard.lineCount).map { board.holder(of: $0) },
      cards: reader.cards.map { card in
        Snapshot.Card(uid: Self.hexadecimal(card.uid), product: card.product)
      },
      isFieldOn: reader.isFieldOn, isReaderFaulty: reader.fault != nil, lever: tap.lever,
      isValveOpen: tap.isValveOpen, flowMicrolitresPerSecond: tap.flowMicrolitresPerSecond,
      pouredMicrolitres: tap.pouredMicrolitres, kegMicrolitres: tap.kegMicrolitres,
      leakMicrolitresPerSecond: tap.leakMicrolitresPerSecond)
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
