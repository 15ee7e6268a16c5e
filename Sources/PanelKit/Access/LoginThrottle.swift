/// Decides when a password may be tried.
///
/// Every attempt counts as a wrong one until it has turned out right, so that many at once gain nothing. An
/// address has some attempts free; each further one waits, twice as long as the one before. All addresses
/// together have a store of attempts that refills slowly; addresses from which somebody has logged in before
/// do without it, so that a crowd of guessers does not keep the administrator out.
struct LoginThrottle {
  struct Limits: Sendable {
    var freeAttempts = 5
    var firstDelay: Duration = .seconds(1)
    var longestDelay: Duration = .seconds(900)
    /// An address is forgotten when nothing came from it for so long after its delay.
    var memory: Duration = .seconds(3600)
    var addresses = 4096
    var storeOverAll = 30
    var refillOverAll: Duration = .seconds(4)
    /// How many passwords are looked at or wait for it.
    var atOnce = 8
  }

  enum Answer: Equatable {
    case go
    /// Not before this time has passed.
    case wait(Duration)
  }

  private struct Address {
    var attempts = 0
    var notBefore: ContinuousClock.Instant
    var isKnown = false
  }

  private let limits: Limits
  private var addresses: [String: Address] = [:]
  private var store: Int
  private var refilled: ContinuousClock.Instant
  private var running = 0

  var addressCount: Int { addresses.count }

  init(limits: Limits = Limits(), at now: ContinuousClock.Instant) {
    self.limits = limits
    store = limits.storeOverAll
    refilled = now
  }

  /// Asks for an attempt. After `.go` comes ``finish(_:isRight:)``.
  mutating func begin(_ name: String, at now: ContinuousClock.Instant) -> Answer {
    refill(now)
    var address = addresses[name] ?? Address(notBefore: now)
    if now < address.notBefore { return .wait(now.duration(to: address.notBefore)) }
    if running >= limits.atOnce { return .wait(.seconds(1)) }
    if !address.isKnown {
      if store == 0 { return .wait(limits.refillOverAll - refilled.duration(to: now)) }
      store -= 1
    }
    running += 1
    address.attempts += 1
    address.notBefore = now + delay(after: address.attempts)
    if addresses[name] == nil { makeRoom(now) }
    addresses[name] = address
    return .go
  }

  mutating func finish(_ name: String, isRight: Bool, at now: ContinuousClock.Instant) {
    running -= 1
    guard isRight, var address = addresses[name] else { return }
    address.attempts = 0
    address.isKnown = true
    address.notBefore = now
    addresses[name] = address
  }

  private func delay(after attempts: Int) -> Duration {
    guard attempts >= limits.freeAttempts else { return .zero }
    return min(limits.longestDelay, limits.firstDelay * (1 << min(attempts - limits.freeAttempts, 20)))
  }

  private mutating func refill(_ now: ContinuousClock.Instant) {
    while store < limits.storeOverAll, refilled.duration(to: now) >= limits.refillOverAll {
      store += 1
      refilled += limits.refillOverAll
    }
    if store == limits.storeOverAll { refilled = now }
  }

  private mutating func makeRoom(_ now: ContinuousClock.Instant) {
    guard addresses.count >= limits.addresses else { return }
    addresses = addresses.filter { $0.value.notBefore.duration(to: now) < limits.memory }
    while addresses.count >= limits.addresses,
      let oldest = addresses.min(by: {
        ($0.value.isKnown ? 1 : 0, $0.value.notBefore) < ($1.value.isKnown ? 1 : 0, $1.value.notBefore)
      })
    {
      addresses[oldest.key] = nil
    }
  }
}
