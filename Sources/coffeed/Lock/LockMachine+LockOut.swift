import DaemonKit
import PiHAL

extension LockMachine {
  mutating func countInvalidToken(at instant: MonotonicInstant) {
    invalidTokens.append(instant)
    let newest = invalidTokens.max() ?? instant
    invalidTokens.removeAll { $0.advanced(by: settings.attemptWindow) < newest }
    if invalidTokens.count > settings.invalidTokens { beginLockOut() }
  }

  /// Locks everybody out; the order holds from here, whether or not the books can record it.
  /// - Parameter instant: when it began; nil for now.
  mutating func beginLockOut(at instant: MonotonicInstant? = nil) {
    let began = instant ?? now
    invalidTokens = []
    lockOutBegan = began
    let rest = began.advanced(by: settings.lockOut)
    log(
      .alarm,
      "too many invalid tokens: locked for \(wholeSeconds(until: rest)) s, or until the master token is shown"
    )
    record(.lockOut(id: newActivationID(), at: BootInstant(boot: boot, instant: began)))
  }

  mutating func advanceLockOut() {
    guard let lockOutBegan, now >= lockOutBegan.advanced(by: settings.lockOut) else { return }
    self.lockOutBegan = nil
    record(.endLockOut(id: newActivationID()))
    log(.info, "the lock-out is over")
  }

  /// Up to the next whole second, and none for what is past.
  func wholeSeconds(until end: MonotonicInstant) -> Int {
    let nanoseconds = max(.zero, now.duration(to: end)).wholeNanoseconds
    return Int(nanoseconds / 1_000_000_000) + (nanoseconds % 1_000_000_000 == 0 ? 0 : 1)
  }
}
