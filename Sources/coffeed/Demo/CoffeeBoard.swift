import PanelKit

/// The coffee machine's own board: what its page shows besides cards, reader and pins, and what can be done to it.
protocol CoffeeBoardControl: BoardControl where Snapshot == CoffeeBoardSnapshot {
  /// Presses the button of a drink: single, double or steam.
  func press(_ drink: Drink) async throws(BoardControlError)
}

/// Everything that the board page shows.
struct CoffeeBoardSnapshot: BoardSnapshot {
  var cards: [BoardCard]
  var reader: BoardReader
  var pins: [BoardPin]

  /// Whether each relay is on: power, single, double, steam.
  var relays: [Bool]
  var isRedOn: Bool
  var isGreenOn: Bool
  /// What the machine makes at this moment, and how far it is, 0 to 1.
  var drink: Drink?
  var progress: Double
  /// What the daemon says of the lock.
  var lock: LockView
  /// The newest usage's number: it rises with each.
  var usages: Int
  /// How long the newest card that unlocked the machine lay there before all relays were on, in milliseconds.
  var unlockedAfter: Double?

  var isDaemonRunning: Bool
  var daemonStarts: Int
}

extension BoardPage {
  static let coffee = BoardPage(
    daemon: "coffeed", style: PackageResources.board_css, script: PackageResources.board_js,
    template: PackageResources.board_mustache)
}
