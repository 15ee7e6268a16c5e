import DaemonKit
import Foundation
import JSONState
import JSONStateTesting
import Logging
import PiHAL
import DaemonTesting
import RC522
import Synchronization
import Testing
import VirtualPi

@testable import coffeed

/// The lock's thread on the virtual board, over books on a disk, in real time. Cards, relays and lights are looked at
/// and touched from outside; the daemon may have several lives on one board.
final class Bench: Sendable {
  static let boot = "b0070000-0000-4000-8000-000000000001"
  private static let directory = "/books"

  let demo = DemoMachine(life: 1)
  let disk = SimulatedDisk()
  let log = LogLines()
  private let looks = Mutex(Looks())
  /// How far the clock on the wall was set.
  let wallClock = Mutex(TimeInterval.zero)
  private let clock = LeapingClock()

  /// What the reader has told the daemon.
  private struct Looks {
    var count = 0
    var cards: Set<UID> = []
  }

  /// The demo's reader, with somebody who looks over its shoulder.
  private final class WatchedReader: CardReader {
    private let reader: any CardReader
    private let bench: Bench

    init(_ reader: any CardReader, _ bench: Bench) {
      self.reader = reader
      self.bench = bench
    }

    /// No test waits longer than for the five looks.
    let silenceBeforeRemoval = Duration.zero

    func poll() throws(RC522Error) -> [CardEvent] {
      let events = try reader.poll()
      bench.looks.withLock { looks in
        looks.count += 1
        for event in events {
          switch event {
          case .appeared(let uid): looks.cards.insert(uid)
          case .removed(let uid): looks.cards.remove(uid)
          }
        }
      }
      return events
    }
  }

  /// One life of the daemon.
  struct Life: Sendable {
    let books: StoredBooks
    let board: MachineBoard
    let loop: LockLoop
    fileprivate let settings: LockSettings
    fileprivate let shown: Shown

    var view: LockView { board.live.current.lock }
    var usages: [UsageView] { books.reading.usages().rows }
    /// The tokens that were shown to the administrator.
    var scans: [Token] { shown.scans.withLock { $0 } }

    /// Whether the pages have shown something, be it for a moment only.
    func hasShown(_ condition: (LockView) -> Bool) -> Bool {
      shown.views.withLock { $0.contains(where: condition) }
    }
  }

  /// All that the lock has shown in a life.
  fileprivate final class Shown: Sendable {
    let views = Mutex<[LockView]>([])
    let scans = Mutex<[Token]>([])
  }

  /// Starts the daemon, waits until it knows what lies on the reader, and runs it until `body` is done; then it ends
  /// in an orderly way.
  /// - Parameters:
  ///   - seconds: how long a token unlocks.
  ///   - lockOut: how long too many invalid tokens lock everybody out.
  ///   - master: the token that keeps the machine on.
  ///   - change: changes what the lock is wired to.
  func live(
    boot: String = boot, seconds: Int = 1, lockOut: Duration = .seconds(600), master: Token? = nil,
    changing change: (inout LockHardware) -> Void = { _ in }, _ body: (Life) async throws -> Void
  ) async throws {
    let books = try await StoredBooks.open(
      directory: Self.directory, boot: boot, fileSystem: disk,
      now: { [self] in Date() + wallClock.withLock { $0 } })
    try await stock(books, seconds: seconds)
    let board = MachineBoard(clock: SystemClock(), now: { WallTime(Date()) })
    var settings = books.lockSettings
    settings.masterToken = master
    settings.lockOut = lockOut
    var hardware = demo.hardware
    hardware.openReader = { [open = hardware.openReader] in WatchedReader(try open(), self) }
    change(&hardware)
    looks.withLock { $0 = Looks() }
    let shown = Shown()
    let loop = LockLoop(
      .init(memory: books.lockMemory, settings: settings, boot: boot), hardware: hardware,
      surroundings: .init(
        ask: { books.submit($0, answer: $1) },
        show: { view in
          shown.views.withLock { $0.append(view) }
          board.show(view)
        },
        scanned: { token in
          shown.scans.withLock { $0.append(token) }
          board.scanned(token)
        }),
      clock: clock, logger: log.logger)
    loop.run()
    let result: Result<Void, any Error>
    do {
      // Five looks and one more, which begins when those have been told.
      try await waitUntil("the reader has looked around") { looks.withLock { $0.count > 5 } }
      try await body(Life(books: books, board: board, loop: loop, settings: settings, shown: shown))
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await onOwnThread { loop.stop() }
    // The lines go with the thread that held them; their levels stay, as on a Raspberry Pi.
    for pin in Self.pins { demo.table.board.killHolder(of: pin) }
    await books.close()
    try result.get()
  }

  /// The demo's people, on the first day.
  private func stock(_ books: StoredBooks, seconds: Int) async throws {
    if books.reading.users().isEmpty {
      for card in DemoBooks.cards {
        let token = try #require(card.uid.map { Token($0) })
        try await books.carryOut(
          .addUser(token, UserChange(userName: card.userName, name: card.name, barred: card.isBarred)))
      }
    }
    guard books.lockSettings.activation != .seconds(seconds) else { return }
    try await books.carryOut(
      .changeSettings(SettingsChange(activationSeconds: seconds, coldActivationSeconds: seconds)))
  }

  // MARK: What is done

  /// Lays a card of the demo's table on the reader.
  func lay(_ id: String) throws { try demo.table.perform(.card(id: id, isOnReader: true)) }

  /// Lays a card on the reader, and waits until that has reported it.
  func layUntilSeen(_ id: String) async throws {
    try lay(id)
    let uid = demo.table.cards.first { $0.id == id }?.uid
    try await waitUntil("the reader sees \(id)") { looks.withLock { $0.cards.contains { $0 == uid } } }
  }

  /// Lets time pass at once, for the lock: its clock leaps.
  func pass(_ duration: Duration) { clock.leap(duration) }

  /// Waits until the lock has done all that comes of what has happened so far: whatever has not happened then was not
  /// going to. The reader has looked again, the lock has handled what came of it, the books have done what it asked, and
  /// the lock has handled their answers.
  func settle(_ life: Life) async throws {
    let before = looks.withLock(\.count)
    // A look that began after this moment, and one more, which begins when that has been told.
    try await waitUntil("the reader has looked again") { looks.withLock { $0.count >= before + 3 } }
    try await answer(life)
    try await life.books.carryOut(.setScanMode(life.settings.isScanMode))
    try await answer(life)
  }

  /// Waits until the lock has handled an event that comes after all others: its effect is seen.
  private func answer(_ life: Life) async throws {
    var settings = life.settings
    for isScanMode in [!settings.isScanMode, settings.isScanMode] {
      settings.isScanMode = isScanMode
      life.loop.post(.settingsChanged(settings))
      try await waitUntil("the lock answers") { life.view.isScanMode == isScanMode }
    }
  }

  /// Takes a card away, and waits until the reader has noticed.
  func take(_ id: String) async throws {
    try demo.table.perform(.card(id: id, isOnReader: false))
    let uid = demo.table.cards.first { $0.id == id }?.uid
    try await waitUntil("the reader notices") { looks.withLock { $0.cards.allSatisfy { $0 != uid } } }
  }

  /// What a power cut at this moment would leave of a file.
  func durable(_ file: String) -> String {
    let copy = disk.copy(isDurable: false)
    copy.cutPower()
    return String(decoding: copy[Self.directory + "/" + file] ?? [], as: UTF8.self)
  }

  // MARK: What is seen

  static let relayPins = DemoMachine.wiring.relays.map(\.pin)
  static let lightPins = DemoMachine.wiring.leds.map(\.pin)
  private static let pins = DemoMachine.wiring.pins.map(\.pin)

  /// The relays' levels: power, single, double, steam.
  var relays: [Bool] { Self.relayPins.map { demo.table.board.level(of: $0) } }
  /// Red and green.
  var lights: [Bool] { Self.lightPins.map { demo.table.board.level(of: $0) } }

  static let allOn = [true, true, true, true]
  static let allOff = [false, false, false, false]

  /// How often all relays have gone on.
  var unlocks: Int {
    Self.relayPins.map { pin in demo.table.board.transitions(of: pin).count { $0.level } }.min() ?? 0
  }

  /// When the relays went on and off, in turn.
  var switching: [LineTransition] { demo.table.board.transitions(of: Self.relayPins[0]) }
}

/// The system's clock, and what a test adds to it.
private final class LeapingClock: MonotonicClock {
  private let added = Mutex(Duration.zero)

  var now: MonotonicInstant { SystemClock().now.advanced(by: added.withLock { $0 }) }

  func sleep(for duration: Duration) { SystemClock().sleep(for: duration) }

  func leap(_ duration: Duration) { added.withLock { $0 += duration } }
}

extension DemoBooks.Card {
  fileprivate var uid: UID? { UID(card.uid) }
}

/// What a daemon has logged.
final class LogLines: Sendable {
  private let lines = Mutex<[(level: Logger.Level, text: String)]>([])

  var logger: Logger { Logger(label: "test") { [self] _ in Handler(lines: self) } }

  /// The lines of at least this level.
  func texts(_ level: Logger.Level = .info) -> [String] {
    lines.withLock { $0.filter { $0.level >= level }.map(\.text) }
  }

  private struct Handler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      lines.lines.withLock { $0.append((event.level, "\(event.message)")) }
    }
  }
}
