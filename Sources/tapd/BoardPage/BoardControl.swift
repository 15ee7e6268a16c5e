import PanelKit

/// The tap's own board: what its page shows besides cards, reader and pins, and what can be done to it.
protocol TapBoardControl: BoardControl where Snapshot == TapBoardSnapshot {
  /// Carries out one command. All values are within the bounds that `TapBoardCommand` states.
  func perform(_ command: TapBoardCommand) async throws(BoardControlError)
}

/// Everything that the board page shows.
struct TapBoardSnapshot: BoardSnapshot {
  var cards: [BoardCard]
  var reader: BoardReader
  var pins: [BoardPin]

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

  /// What is on the guests' cards, by the card's id, in the currency's minor unit.
  var balances: [String: Int64] = [:]
  var currency = ""
  var decimals = 2

  var kegRemainingMicrolitres: Int64
  var kegCapacityMicrolitres: Int64

  var isDaemonRunning: Bool
  var daemonStarts: Int
}

/// What can be done to a tap's board.
enum TapBoardCommand: Equatable, Sendable {
  /// Pulls the lever; 0 is closed, 1 fully open.
  case lever(Double)
  /// Lets the closed valve drip, or repairs it.
  case leak(Bool)
  /// Mounts a new keg that holds so many microlitres: 1 to 100 litres. In the books, too.
  case keg(microlitres: Int64)
  /// Puts money on a card, by its id.
  case topUp(card: String)
}
