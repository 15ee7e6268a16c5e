import DaemonKit
import FlowControl
import Foundation
import PanelKit
import PiHAL
import RC522
import Synchronization
import VirtualPi

/// The board of `tapd demo`: a virtual Raspberry Pi with a tap, and some cards on the table beside it.
final class DemoStation: BoardControl {
  /// A card on the table, and what the ledger should know of it; nil for a card that nobody has added.
  struct Card: Sendable {
    let id: String
    let label: String
    let card: VirtualCard
    let account: (kind: CardKind, balance: Money, blocked: Bool)?

    var uid: UID? { UID(card.uid) }
  }

  let station: VirtualStation
  let cards: [Card]
  let snapshots: Broadcaster<BoardSnapshot>
  private let configuration: TapdConfiguration
  private let life: Int
  /// What the daemon has counted so far, if it says.
  private let counted: Mutex<@Sendable () -> Int64?>

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
    let currency = configuration.tap.currency
    cards = [
      Card(
        id: "alice", label: "Alice, 20.00 \(currency)",
        card: VirtualCard(uid: [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6], product: .ntag215),
        account: (.guest, Money(2000), false)),
      Card(
        id: "bob", label: "Bob, 1.50 \(currency)", card: VirtualCard(uid: [0xDE, 0x4F, 0xA2, 0x11]),
        account: (.guest, Money(150), false)),
      Card(
        id: "carol", label: "Carol, blocked", card: VirtualCard(uid: [0xA1, 0xB2, 0xC3, 0xD4]),
        account: (.guest, Money(1000), true)),
      Card(
        id: "service", label: "Maintenance",
        card: VirtualCard(uid: [0x04, 0xFF, 0xEE, 0xDD, 0xCC, 0xBB, 0xAA], product: .ultralight),
        account: (.maintenance, .zero, false)),
      Card(
        id: "stranger", label: "Unknown card", card: VirtualCard(uid: [0x5E, 0xED, 0xCA, 0x4D]), account: nil),
    ]
    counted = Mutex { nil }
    snapshots = Broadcaster(
      Self.view(station, cards, configuration, life: life, isLeaking: false, counted: nil))
  }

  static let kegMicrolitres: Int64 = 30_000_000

  /// What the tap is wired to, here.
  var hardware: TapHardware {
    let wiring = configuration.wiring
    let board = station.board
    return TapHardware(
      openReader: { [station] in
        let reset = try wiring.reader.resetPin.map { pin in
          try board.output(lines: [pin], activeLow: true, consumer: "tapd reader reset")
        }
        return RC522Reader(
          chip: MFRC522(
            spi: station.reader.spiDevice(), reset: reset, clock: station.clock, place: "virtual RC522"))
      },
      openValve: {
        // Nothing guards it: when this process dies the board dies with it.
        UnguardedOutput(
          try board.output(
            lines: [wiring.valvePin], activeLow: wiring.valveActiveLow, consumer: "tapd valve"))
      },
      openFlowMeter: { [configuration] in
        let counter = try board.edgeCounter(
          line: wiring.flowMeterPin, edge: wiring.flowMeterEdge, bias: wiring.flowMeterBias,
          minimumInterval: configuration.plausibleRate.minimumInterval, consumer: "tapd flow meter")
        return FlowMeter(
          counter: counter, calibration: configuration.tap.calibration, plausible: configuration.plausibleRate
        )
      })
  }

  /// Lets liquid run and keeps the page up to date, until the task is cancelled.
  func run(counted read: @escaping @Sendable () -> Int64?) async {
    counted.withLock { $0 = read }
    station.start()
    while !Task.isCancelled {
      publish()
      try? await Task.sleep(for: .milliseconds(100))
    }
    station.stop()
  }

  func perform(_ command: BoardCommand) async throws(BoardControlError) {
    switch command {
    case .card(let id, let isOnReader):
      guard let card = cards.first(where: { $0.id == id }) else { throw .noSuchCard(id) }
      if isOnReader { station.reader.place(card.card) } else { station.reader.remove(card.card) }
    case .lever(let position): station.setLever(position)
    case .reader(let fault):
      switch fault {
      case .none: station.reader.repair()
      case .deaf: station.reader.setFault(.deaf)
      case .frozen: station.reader.setFault(.frozen)
      case .disconnected: station.reader.setFault(.absent())
      }
    case .leak(let leaks): station.setLeak(microlitresPerSecond: leaks ? 8_000 : 0)
    case .keg(let microlitres): station.mountKeg(microlitres: microlitres)
    case .pullPlug:
      // As dead as a process can be: nothing is flushed, nothing is closed.
      kill(getpid(), SIGKILL)
    }
    publish()
  }

  private func publish() {
    snapshots.send(
      Self.view(
        station, cards, configuration, life: life, isLeaking: station.tap.leakMicrolitresPerSecond > 0,
        counted: counted.withLock { $0 }()))
  }

  private static func view(
    _ station: VirtualStation, _ cards: [Card], _ configuration: TapdConfiguration, life: Int,
    isLeaking: Bool, counted: Int64?
  ) -> BoardSnapshot {
    let wiring = configuration.wiring
    let board = station.board
    let onReader = station.reader.cards
    func pin(_ offset: Int, _ role: String) -> BoardSnapshot.Pin {
      .init(offset: offset, role: role, isOutput: board.isOutput(offset), isHigh: board.level(of: offset))
    }
    var pins = [pin(wiring.valvePin, "valve"), pin(wiring.flowMeterPin, "flow meter")]
    if let reset = wiring.reader.resetPin { pins.append(pin(reset, "reader reset")) }
    let fault: ReaderFault =
      switch station.reader.fault {
      case nil: .none
      case .deaf?: .deaf
      case .frozen?, .stuck?: .frozen
      case .absent?: .disconnected
      }
    return BoardSnapshot(
      cards: cards.map { card in
        .init(
          id: card.id, label: card.label, uid: card.uid?.description ?? "", kind: card.card.product.rawValue,
          isOnReader: onReader.contains(card.card))
      },
      reader: .init(fault: fault, isFieldOn: station.reader.isFieldOn), pins: pins, lever: station.tap.lever,
      isValveOpen: station.tap.isValveOpen, isLeaking: isLeaking,
      microlitresPerSecond: Int64(station.tap.flowMicrolitresPerSecond),
      pouredMicrolitres: station.tap.pouredMicrolitres, countedMicrolitres: counted,
      pulses: Int64(clamping: station.tap.pulses), kegRemainingMicrolitres: station.tap.kegMicrolitres,
      kegCapacityMicrolitres: kegMicrolitres, isDaemonRunning: true, daemonStarts: life)
  }
}
