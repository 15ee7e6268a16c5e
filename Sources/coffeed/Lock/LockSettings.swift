/// What the lock goes by. Durations are real time, not wall time.
struct LockSettings: Codable, Equatable, Sendable {
  /// How long a token unlocks the machine.
  var activation: Duration = .seconds(30)
  /// How long when it has to warm up: it was unused for `coldAfter`.
  var coldActivation: Duration = .seconds(90)
  var coldAfter: Duration = .seconds(180 * 60)
  /// More than so many invalid tokens within `attemptWindow` lock everybody out for `lockOut`.
  var invalidTokens = 10
  var attemptWindow: Duration = .seconds(60)
  var lockOut: Duration = .seconds(300)
  /// The token that turns the machine on until it is shown again.
  var masterToken: Token?
  var isScanMode = false
  /// Whether drinks are seen, and only those are charged.
  var chargesDrinks = false

  /// The longest activation, whatever was set: the guard of the relays goes by it.
  var longestActivation: Duration = .seconds(3600)
  /// In always-on mode the relays are switched on for so long...
  var masterUnlock: Duration = .seconds(60)
  /// ...and anew after so long.
  var masterRenewal: Duration = .seconds(20)
  /// An order to switch off that is not confirmed is repeated so often.
  var relayRetry: Duration = .milliseconds(250)
  /// An order to the relays that is not confirmed for so long has failed.
  var relayTimeout: Duration = .seconds(2)
  /// Relays that failed are switched on again at once, then after this pause, then after twice as long and so
  /// on...
  var relayPause: Duration = .seconds(1)
  /// ...up to this. Relays that were on for so long have a clean slate.
  var longestRelayPause: Duration = .seconds(60)

  /// The books have so long to let a token in or to turn the always-on mode on.
  var askTimeout: Duration = .seconds(10)
  /// What the books did not acknowledge is asked for again so often.
  var askRetry: Duration = .seconds(2)
  /// A token of which nobody knows whether the books let it in is asked for by the same id for so long.
  var unresolvedTime: Duration = .seconds(60)
  /// A drink so soon after an activation still belongs to it.
  var drinkGrace: Duration = .seconds(2)
  /// More drinks than this in one activation are a broken input.
  var mostDrinks = 20

  /// How long a refusal is shown.
  var refusalShown: Duration = .milliseconds(800)
  /// How long it is shown that the books could not record.
  var faultShown: Duration = .seconds(4)
  /// The least time between two lines in the log about the same trouble.
  var logInterval: Duration = .seconds(60)
}
