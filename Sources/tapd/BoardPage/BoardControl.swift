import PanelKit

/// The board that does not exist, as its page sees it: something to look at and something to touch.
protocol BoardControl: Sendable {
  /// The newest state of the board, sent whenever it changes (some ten times a second while liquid runs).
  var snapshots: Broadcaster<BoardSnapshot> { get }

  /// Carries out one command. All values are within the bounds that `BoardCommand` states.
  func perform(_ command: BoardCommand) async throws(BoardControlError)
}

/// Everything that the board page shows.
struct BoardSnapshot: Codable, Equatable, Sendable {
  struct Card: Codable, Equatable, Sendable {
    /// Stands for the card in commands.
    var id: String
    /// What is printed on it.
    var label: String
    var uid: String
    /// Its kind, as in `MIFARE Classic 1K`.
    var kind: String
    var isOnReader: Bool
  }
  var cards: [Card]

  struct Reader: Codable, Equatable, Sendable {
    var fault: ReaderFault
    /// Whether the antenna's field is on.
    var isFieldOn: Bool
  }
  var reader: Reader

  struct Pin: Codable, Equatable, Sendable {
    /// The line offset on the header chip, which is the BCM number.
    var offset: Int
    /// What is wired to it, as in `valve`.
    var role: String
    var isOutput: Bool
    var isHigh: Bool
  }
  var pins: [Pin]

  /// How far the lever is pulled, 0 to 1.
  var lever: Double
  var isValveOpen: Bool
  var isLeaking: Bool

  /// What really runs through the sensor at this moment.
  var microlitresPerSecond: Int64
  /// What really ran through the sensor since the board was switched on.
  var pouredMicrolitres: Int64
  /// What the daemon counted in the same time; nil while it does not say.
  var countedMicrolitres: Int64?
  /// Edges that the sensor made since the board was switched on.
  var pulses: Int64

  var kegRemainingMicrolitres: Int64
  var kegCapacityMicrolitres: Int64

  /// Whether the daemon runs; it does not for a moment after its plug was pulled.
  var isDaemonRunning: Bool
  /// How often the daemon was started.
  var daemonStarts: Int
}

/// What can be wrong with the virtual reader.
enum ReaderFault: String, Codable, CaseIterable, Sendable {
  case none
  /// It answers, but finds no card until it is reset by command or by its pin.
  case deaf
  /// It keeps what its registers hold and takes no command; only its reset pin cures it.
  case frozen
  /// It is not there: all lines float.
  case disconnected
}

/// What can be done to the board.
enum BoardCommand: Equatable, Sendable {
  /// Lays a card on the reader, or takes it away.
  case card(id: String, isOnReader: Bool)
  /// Pulls the lever; 0 is closed, 1 fully open.
  case lever(Double)
  case reader(ReaderFault)
  /// Lets the closed valve drip, or repairs it.
  case leak(Bool)
  /// Mounts a new keg that holds so many microlitres: 1 to 100 litres.
  case keg(microlitres: Int64)
  /// Kills the daemon without a warning, as a power cut would.
  case pullPlug
}

enum BoardControlError: Error, Equatable {
  /// There is no such card on the table.
  case noSuchCard(String)
  /// The board cannot do this now; says why.
  case refused(String)
}
