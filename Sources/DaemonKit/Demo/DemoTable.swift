import Foundation
import PanelKit
import PiHAL
import RC522
import VirtualPi

/// The cards of a demo on their table, and the virtual reader beside it: what the board pages of all daemons show and
/// what is done there.
public struct DemoTable: Sendable {
  /// A card on the table.
  public struct Card: Sendable {
    /// Stands for the card in commands.
    public let id: String
    /// What is printed on it.
    public let label: String
    public let card: VirtualCard

    public init(id: String, label: String, card: VirtualCard) {
      self.id = id
      self.label = label
      self.card = card
    }

    public var uid: UID? { UID(card.uid) }
  }

  public let board: VirtualBoard
  public let reader: VirtualMFRC522
  public let cards: [Card]

  public init(board: VirtualBoard, reader: VirtualMFRC522, cards: [Card]) {
    self.board = board
    self.reader = reader
    self.cards = cards
  }

  // MARK: - What the daemon is wired to

  /// Opens the reader as a daemon would open its own.
  /// - Parameters:
  ///   - resetPin: the line at its NRSTPD; nil when it is not wired.
  ///   - daemon: who holds that line.
  public func openReader(resetPin: Int?, daemon: String) throws -> any CardReader {
    let reset = try resetPin.map { pin in
      try board.output(lines: [pin], activeLow: true, consumer: "\(daemon) reader reset")
    }
    return RC522Reader(
      chip: MFRC522(spi: reader.spiDevice(), reset: reset, clock: board.clock, place: "virtual RC522"))
  }

  // MARK: - What is done

  public func perform(_ gesture: BoardGesture) throws(BoardControlError) {
    switch gesture {
    case .card(let id, let isOnReader):
      guard let card = cards.first(where: { $0.id == id }) else { throw .noSuchCard(id) }
      if isOnReader { reader.place(card.card) } else { reader.remove(card.card) }
    case .reader(let fault):
      switch fault {
      case .none: reader.repair()
      case .deaf: reader.setFault(.deaf)
      case .frozen: reader.setFault(.frozen)
      case .disconnected: reader.setFault(.absent())
      }
    case .pullPlug:
      // As dead as a process can be: nothing is flushed, nothing is closed.
      kill(getpid(), SIGKILL)
    }
  }

  // MARK: - What is shown

  public var boardCards: [BoardCard] {
    let onReader = reader.cards
    return cards.map { card in
      BoardCard(
        id: card.id, label: card.label, uid: card.uid?.description ?? "", kind: card.card.product.rawValue,
        isOnReader: onReader.contains(card.card))
    }
  }

  public var boardReader: BoardReader {
    let fault: ReaderFault =
      switch reader.fault {
      case nil: .none
      case .deaf?: .deaf
      case .frozen?, .stuck?: .frozen
      case .absent?: .disconnected
      }
    return BoardReader(fault: fault, isFieldOn: reader.isFieldOn)
  }

  /// The pins that something is wired to.
  public func boardPins(_ used: [PinUse]) -> [BoardPin] {
    used.map {
      BoardPin(
        offset: $0.pin, role: $0.role, isOutput: board.isOutput($0.pin), isHigh: board.level(of: $0.pin))
    }
  }
}
