import DaemonKit
import FlowControl
import Foundation
import PanelKit
import PiHAL
import RC522
import Synchronization
import VirtualPi

/// The board of `tapd demo`: a virtual Raspberry Pi with a tap, and some cards on the table beside it.
final class DemoStation: TapBoardControl {
  /// What the ledger should know of a card.
  struct Account: Sendable {
    var kind = CardKind.guest
    var balance = Money.zero
    var isBlocked = false
  }

  let station: VirtualStation
  let table: DemoTable
  /// By the card's id; none for one that nobody has added.
  let accounts: [String: Account] = [
    "alice": Account(balance: Money(2000)), "bob": Account(balance: Money(150)),
    "carol": Account(balance: Money(1000), isBlocked: true), "service": Account(kind: .maintenance),
  ]
  let snapshots: Broadcaster<TapBoardSnapshot>
  private let configuration: TapdConfiguration
  private let life: Int
  /// What the daemon has counted so far, if it says.
  private let counted: Mutex<Count>

  /// The books, once they are there.
  private let books = Mutex<Books?>(nil)

  private struct Books: Sendable {
    var ledger: StoredLedger
    var tap: TapID
  }

  /// In a type of its own: looking at a bare closure in a mutex wraps it once more and leaves it so.
  private struct Count: Sendable {
    var read: @Sendable () -> Int64?
  }

  /// - Parameter life: how often the daemon was started, this time included.
  init(_ configuration: TapdConfiguration, life: Int) {
    self.configuration = configuration
    self.life = life
    let wiring = configuration.wiring
    var virtual = VirtualStation.Configuration()
    virtual.tap = VirtualTap.Configuration(valveLine: wiring.valvePin, sensorLine: wiring.flowMeterPin)
    virtual.tap.isValveActiveLow = wiring.valveActiveLow
    virtual.tap.kegMicrolitres = Self.kegMicrolitres
    virtual.readerResetLine = wiring.reader.resetPin
    virtual.airTime = true
    station = VirtualStation(clock: SystemClock(), configuration: virtual)
    table = DemoTable(
      board: station.board, reader: station.reader,
      cards: [
        .init(
          id: "alice", label: "Alice",
          card: VirtualCard(uid: [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6], product: .ntag215)),
        .init(
          id: "bob", label: "Bob", card: VirtualCard(uid: [0xDE, 0x4F, 0xA2, 0x11])),
        .init(id: "carol", label: "Carol, blocked", card: VirtualCard(uid: [0xA1, 0xB2, 0xC3, 0xD4])),
        .init(
          id: "service", label: "Maintenance",
          card: VirtualCard(uid: [0x04, 0xFF, 0xEE, 0xDD, 0xCC, 0xBB, 0xAA], product: .ultralight)),
        .init(id: "stranger", label: "Unknown card", card: VirtualCard(uid: [0x5E, 0xED, 0xCA, 0x4D])),
      ])
    counted = Mutex(Count { nil })
    snapshots = Broadcaster(
      Self.view(station, table, configuration, nil, life: life, isLeaking: false, counted: nil))
  }

  static let kegMicrolitres: Int64 = 30_000_000
  static let reserveMicrolitres: Int64 = 500_000
  static let beverage = "Blonde"
  static let pricePerLitre = Money(600)
  /// What the board's button puts on a card.
  static let topUp = Money(1000)

  /// What the tap is wired to, here.
  var hardware: TapHardware {
    let wiring = configuration.wiring
    let board = station.board
    return TapHardware(
      openReader: { [table] in
        try table.openReader(resetPin: wiring.reader.resetPin, daemon: TapdConfiguration.daemon)
      },
      openValve: {
        // Nothing guards it: when this process dies the board dies with it.
        UnguardedOutput(
          try board.output(
            lines: [wiring.valvePin], activeLow: wiring.valveActiveLow, consumer: "tapd valve"))
      },
      openFlowMeter: { [configuration] in
        let counter = try board.edgeCounter(
          line: wiring.flowMeterPin, edge: wiring.flowMeterEdge.edge, bias: wiring.flowMeterBias,
          minimumInterval: configuration.plausibleRate.minimumInterval, consumer: "tapd flow meter")
        return FlowMeter(
          counter: counter, calibration: configuration.tap.calibration, plausible: configuration.plausibleRate
        )
      })
  }

  /// Lets liquid run and keeps the page up to date, until the task is cancelled.
  func run(counted read: @escaping @Sendable () -> Int64?) async {
    counted.withLock { $0 = Count(read: read) }
    // What flows is reckoned exactly however seldom; the page shows ten pictures a second.
    station.start(every: .milliseconds(20))
    while !Task.isCancelled {
      publish()
      try? await Task.sleep(for: .milliseconds(100))
    }
    station.stop()
  }

  func perform(_ gesture: BoardGesture) async throws(BoardControlError) {
    try table.perform(gesture)
    publish()
  }

  func perform(_ command: TapBoardCommand) async throws(BoardControlError) {
    switch command {
    case .lever(let position): station.setLever(position)
    case .leak(let leaks): station.setLeak(microlitresPerSecond: leaks ? 8_000 : 0)
    case .keg(let microlitres):
      try await carryOut { books in
        let keg = books.ledger.store.state.taps[books.tap]?.keg
        return .mountKeg(
          books.tap, beverage: keg?.beverage ?? Self.beverage, microlitres: microlitres,
          reserveMicrolitres: min(Self.reserveMicrolitres, microlitres / 2),
          pricePerLitre: keg?.pricePerLitre ?? Self.pricePerLitre)
      }
      station.mountKeg(microlitres: microlitres)
    case .topUp(let id):
      guard let uid = table.cards.first(where: { $0.id == id })?.uid else { throw .noSuchCard(id) }
      try await carryOut { _ in .topUp(uid, amount: Self.topUp) }
    }
    publish()
  }

  /// Has the books changed as the command line does; before they are there nothing happens.
  private func carryOut(_ make: @Sendable (Books) -> LedgerCommand) async throws(BoardControlError) {
    guard let books = books.withLock({ $0 }) else { return }
    var random = SystemRandomNumberGenerator()
    do {
      _ = try await books.ledger.carryOut(make(books), id: CommandID(using: &random))
    } catch {
      throw .refused("\(error)")
    }
  }

  /// Shows the books from now on, and puts as much into the keg as they say is in it.
  func open(_ ledger: StoredLedger, tap: TapID) {
    books.withLock { $0 = Books(ledger: ledger, tap: tap) }
    if let keg = ledger.store.state.taps[tap]?.keg { station.mountKeg(microlitres: keg.remainingMicrolitres) }
  }

  private func publish() {
    let known = books.withLock { $0 }
    snapshots.send(
      Self.view(
        station, table, configuration, known?.ledger.store.state, life: life,
        isLeaking: station.tap.leakMicrolitresPerSecond > 0,
        counted: counted.withLock { $0 }.read()))
  }

  private static func view(
    _ station: VirtualStation, _ table: DemoTable, _ configuration: TapdConfiguration, _ ledger: LedgerState?,
    life: Int, isLeaking: Bool, counted: Int64?
  ) -> TapBoardSnapshot {
    let tap = configuration.tap
    let balances = table.cards.compactMap { card in
      card.uid.flatMap { ledger?.cards[$0] }.flatMap { account in
        account.kind == .guest ? (card.id, account.balance.minorUnits) : nil
      }
    }
    return TapBoardSnapshot(
      cards: table.boardCards, reader: table.boardReader, pins: table.boardPins(configuration.wiring.pins),
      lever: station.tap.lever, isValveOpen: station.tap.isValveOpen, isLeaking: isLeaking,
      microlitresPerSecond: Int64(station.tap.flowMicrolitresPerSecond),
      pouredMicrolitres: station.tap.pouredMicrolitres, countedMicrolitres: counted,
      pulses: Int64(clamping: station.tap.pulses),
      balances: Dictionary(uniqueKeysWithValues: balances), currency: tap.currency,
      decimals: tap.currencyDecimals, kegRemainingMicrolitres: station.tap.kegMicrolitres,
      kegCapacityMicrolitres: ledger?.taps[tap.tap]?.keg?.capacityMicrolitres ?? kegMicrolitres,
      isDaemonRunning: true, daemonStarts: life)
  }
}
