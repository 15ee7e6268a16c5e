/// A board that does not exist, as its page sees it: something to look at and something to touch. A daemon adds
/// what is wired to its own.
public protocol BoardControl: Sendable {
  associatedtype Snapshot: BoardSnapshot

  /// The newest state of the board, sent whenever it changes (some ten times a second at most).
  var snapshots: Broadcaster<Snapshot> { get }

  /// Carries out one gesture.
  func perform(_ gesture: BoardGesture) async throws(BoardControlError)
}

/// Everything that the board's page shows. These members are what each board has; a daemon's snapshot has more.
public protocol BoardSnapshot: Codable, Equatable, Sendable {
  var cards: [BoardCard] { get }
  var reader: BoardReader { get }
  var pins: [BoardPin] { get }
  /// Whether the daemon runs; it does not for a moment after its plug was pulled.
  var isDaemonRunning: Bool { get }
  /// How often the daemon was started.
  var daemonStarts: Int { get }
}

/// A card on the table or on the reader.
public struct BoardCard: Codable, Equatable, Sendable {
  /// Stands for the card in commands.
  public var id: String
  /// What is printed on it.
  public var label: String
  public var uid: String
  /// Its kind, as in `MIFARE Classic 1K`.
  public var kind: String
  public var isOnReader: Bool

  public init(id: String, label: String, uid: String, kind: String, isOnReader: Bool) {
    self.id = id
    self.label = label
    self.uid = uid
    self.kind = kind
    self.isOnReader = isOnReader
  }
}

public struct BoardReader: Codable, Equatable, Sendable {
  public var fault: ReaderFault
  /// Whether the antenna's field is on.
  public var isFieldOn: Bool

  public init(fault: ReaderFault, isFieldOn: Bool) {
    self.fault = fault
    self.isFieldOn = isFieldOn
  }
}

public struct BoardPin: Codable, Equatable, Sendable {
  /// The line offset on the header chip, which is the BCM number.
  public var offset: Int
  /// What is wired to it, as in `valve`.
  public var role: String
  public var isOutput: Bool
  public var isHigh: Bool

  public init(offset: Int, role: String, isOutput: Bool, isHigh: Bool) {
    self.offset = offset
    self.role = role
    self.isOutput = isOutput
    self.isHigh = isHigh
  }
}

/// What can be wrong with the virtual reader.
public enum ReaderFault: String, Codable, CaseIterable, Sendable {
  case none
  /// It answers, but finds no card until it is reset by command or by its pin.
  case deaf
  /// It keeps what its registers hold and takes no command; only its reset pin cures it.
  case frozen
  /// It is not there: all lines float.
  case disconnected
}

/// What can be done to every board.
public enum BoardGesture: Equatable, Sendable {
  /// Lays a card on the reader, or takes it away.
  case card(id: String, isOnReader: Bool)
  case reader(ReaderFault)
  /// Kills the daemon without a warning, as a power cut would.
  case pullPlug
}

public enum BoardControlError: Error, Equatable {
  /// There is no such card on the table.
  case noSuchCard(String)
  /// The board cannot do this now; says why.
  case refused(String)
}
