import DaemonKit
import PiHAL

extension LockMachine {
  /// By what right the machine is to be unlocked now.
  private var right: Right? {
    if isShuttingDown { return nil }
    return isMaster ? .master : activation.map { .activation($0.id) }
  }

  mutating func advanceRelays() {
    checkOrder()
    forgetFailures()
    switch (relays.position, right) {
    case (.off, let right?):
      if relays.isConfirmed, now >= relaysPausedUntil { orderOn(by: right) }
    case (.off, nil): break
    case (.on, nil): orderOff()
    case (.on(let before), let right?):
      let isDue = right == .master && relays.given.duration(to: now) >= settings.masterRenewal
      if before != right || isDue { orderOn(by: right) }
    }
  }

  // MARK: Orders

  mutating func orderOff() {
    relays = RelayOrder(.off, id: nextID(), at: now)
    emit(.lock(relays.id))
  }

  /// Switches on, or says for how long anew.
  private mutating func orderOn(by right: Right) {
    relays = RelayOrder(.on(right), id: nextID(), at: now)
    emit(.unlock(relays.id, atMost: longestOn(by: right)))
  }

  /// How long the relays may be on should nothing more be heard of here. A user's time counts from when they are
  /// on, and that may take as long as an order may.
  private func longestOn(by right: Right) -> Duration {
    guard right != .master, let activation else { return settings.masterUnlock }
    return now.duration(to: activation.end) + settings.relayTimeout
  }

  /// At ticks only.
  mutating func repeatOrderOff() {
    guard relays.position == .off, relays.repeats(every: settings.relayRetry, at: now) else { return }
    emit(.lock(relays.id))
  }

  /// Notices an order that is not carried out.
  private mutating func checkOrder() {
    guard relays.becomesOverdue(after: settings.relayTimeout, at: now) else { return }
    relaysFailed("they do not confirm their orders")
  }

  // MARK: Reports

  mutating func unlocked(_ id: EffectID) {
    guard case .on(let right) = relays.position, relays.id == id, !relays.isConfirmed else { return }
    relays.isConfirmed = true
    onBy = right
    relaysOnSince = relaysOnSince ?? now
    relaysRecovered()
  }

  mutating func locked(_ id: EffectID) {
    guard relays.position == .off, relays.id == id, !relays.isConfirmed else { return }
    relays.isConfirmed = true
    hasStarted = true
    onBy = nil
    relaysOnSince = nil
  }

  mutating func relaysFailed(_ message: String) {
    log(.alarm, about: .relaysFailed, "the relays cannot be driven: \(message)")
    relaysHaveFailed = true
    if relays.position != .off { pauseRelays() }
    // An order to switch off that is on its way is repeated anyhow.
    if relays.position != .off || relays.isConfirmed { orderOff() }
  }

  private mutating func relaysRecovered() {
    guard relaysHaveFailed else { return }
    relaysHaveFailed = false
    log(.info, about: .relaysRecovered, "the relays can be driven again")
  }

  /// At once the first time, then after a pause that doubles: a broken board does not rattle.
  private mutating func pauseRelays() {
    if relayFailures > 0 {
      let doublings = min(relayFailures - 1, 16)
      let pause = min(settings.relayPause * (1 << doublings), settings.longestRelayPause)
      relaysPausedUntil = max(relaysPausedUntil, now.advanced(by: pause))
    }
    relayFailures += 1
  }

  private mutating func forgetFailures() {
    let isLastingOn = relaysOnSince.map { $0.duration(to: now) >= settings.longestRelayPause } ?? false
    let isDone = right == nil && relays.isOff
    if isDone { relaysRecovered() }
    guard isLastingOn || isDone else { return }
    relayFailures = 0
    relaysPausedUntil = now
  }
}
