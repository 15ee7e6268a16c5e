import PiHAL

/// Decides all that one tap does. Pure: what goes in are events with their time, what comes out are effects;
/// the same events give the same effects. The shell around it turns hardware, ledger and pages into events.
struct TapMachine {
  let settings: TapSettings
  private(set) var status: TapStatus
  private var random: any RandomNumberGenerator & Sendable

  /// - Parameters:
  ///   - status: what the ledger knows of the tap at the start.
  ///   - random: makes the ids of pours. Seed it from the system's randomness, anew in each life.
  init(settings: TapSettings, status: TapStatus, random: any RandomNumberGenerator & Sendable) {
    self.settings = settings
    self.status = status
    self.random = random
  }

  /// What to do first: close the valve, show the screen.
  mutating func start(at now: MonotonicInstant) -> [TapEffect] { [] }

  mutating func handle(_ event: TapEvent, at now: MonotonicInstant) -> [TapEffect] { [] }
}
