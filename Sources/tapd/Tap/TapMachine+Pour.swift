import DaemonKit
import FlowControl
import PiHAL
import RC522

extension TapMachine {
  // MARK: Authorised

  func isWorthOpening(_ grant: Grant) -> Bool {
    grant.kind == .maintenance || grant.limitMicrolitres ?? 0 >= usefulMicrolitres
  }

  mutating func granted(_ grant: Grant) {
    guard grant.kind == .maintenance || status.inService else { return abandon(.tapOutOfService) }
    guard isWorthOpening(grant) else { return abandon(grant.limitedBy == .keg ? .kegEmpty : .noCredit) }
    pour?.grant = grant
    stage = .readingMeter(deadline: now.advanced(by: settings.meterTimeout))
    emit(.readMeter)
  }

  /// Opens the valve: the hold is durable, and what the meter counted so far is not this pour's.
  private mutating func openValve() {
    guard let grant = pour?.grant else { return }
    let longest = grant.kind == .maintenance ? settings.maximumMaintenance : settings.maximumPour
    pour?.start = tally.count
    pour?.opened = now
    pour?.markSent = now
    watch.limits.maximumOpenTime = longest
    watch.open(at: now)
    stage = .pouring
    valve = ValveOrder(.open, id: nextID(), at: now)
    emit(.openValve(valve.id, atMost: longest))
  }

  // MARK: Meter

  mutating func meterRead(_ reading: PulseReading) {
    let new: UInt64
    switch tally.take(reading, at: now) {
    case .stale:
      return log(.warning, "an old reading of the flow meter was left out")
    case .counted(let pulses):
      new = pulses
    case .restarted(let pulses):
      log(.warning, "the flow meter's counter was started again: pulses in between are lost")
      meterRunsSince = now
      new = pulses
    }
    if meterHasFailed {
      meterHasFailed = false
      log(.info, "the flow meter can be read again")
    }
    rate.update(pulses: tally.count.pulses, newestEdge: tally.newestEdge)
    if new > 0 { attribute(new) }
    if case .readingMeter = stage { openValve() }
    // A counter that was just started is silent, whatever flowed before.
    if stage != .settling || meterRunsSince.duration(to: now) >= settings.flowStopped { watchFlow() }
  }

  mutating func meterFailed(_ message: String) {
    if !meterHasFailed { log(.alarm, "the flow meter cannot be read: \(message)") }
    meterHasFailed = true
    switch stage {
    case .authorising, .readingMeter: abandon(.meterFault)
    case .pouring: end(.meterFault)
    case .idle, .closing, .settling, .recording: break
    }
  }

  /// Puts pulses down to the pour, which finds them in the meter's count, or to no pour.
  private mutating func attribute(_ pulses: UInt64) {
    switch stage {
    case .pouring, .closing, .settling:
      return
    case .idle, .authorising, .readingMeter, .recording:
      addStray(pulses)
    }
  }

  var meteredMicrolitres: Int64 { settings.calibration.microlitres(fromPulses: tally.count.pulses) }

  /// What the pour has poured so far.
  var pouredMicrolitres: Int64 {
    guard let pour else { return 0 }
    return settings.calibration.microlitres(fromPulses: pour.start.pulses, to: tally.count.pulses)
  }

  var microlitresPerSecond: Int64 { rate.microlitresPerSecond(at: now, calibration: settings.calibration) }

  /// Asks the flow's watch what follows from the meter and the time.
  mutating func watchFlow() {
    let findings = watch.update(
      microlitres: meteredMicrolitres, newestPulse: tally.newestEdge, at: now)
    for finding in findings {
      switch finding {
      case .maximumOpenTimeReached: end(.maximumTimeReached)
      case .noFlow: end(.noFlow)
      case .settled: settle(flowEnded: !meterHasFailed)
      case .stillFlowing:
        log(.alarm, "the flow goes on although the valve was closed")
        settle(flowEnded: false)
      case .leak(let microlitres):
        log(.alarm, "\(microlitres / 1000) ml flowed while the valve was closed: look for a leak")
        leakUntil = now.advanced(by: settings.leakWindow)
      }
    }
  }

  var hasWaitedLongForTheEndOfTheFlow: Bool {
    guard case .settling(let since) = watch.phase else { return false }
    return since.duration(to: now) >= settings.maximumSettling
  }

  // MARK: Ending

  /// Closes the valve. The first reason counts.
  mutating func end(_ reason: PourEnd) {
    guard stage == .pouring, let pour else { return }
    let ending = Ending(
      reason: reason, microlitres: pouredMicrolitres, microlitresPerSecond: microlitresPerSecond,
      openTime: pour.opened.duration(to: now))
    self.pour?.ending = ending
    stage = .closing
    orderValveClosed()
  }

  /// Whether the pour must end now in order not to run past its limit.
  var isAtLimit: Bool {
    guard let grant = pour?.grant, grant.kind == .guest else { return false }
    let untilNextReading =
      Int128(microlitresPerSecond) * Int128(settings.readingInterval.wholeNanoseconds)
      / 1_000_000_000
    let twoPulses = settings.calibration.microlitres(fromPulses: 2) + 1
    return pouredMicrolitres
      >= status.afterFlow.closingVolume(
        limitMicrolitres: grant.limitMicrolitres ?? 0,
        marginMicrolitres: twoPulses.addingClamped(Int64(clamping: untilNextReading)))
  }

  /// The flow has run out: asks the ledger to settle.
  private mutating func settle(flowEnded: Bool) {
    guard stage == .settling, let pour, let ending = pour.ending else { return }
    let microlitres = pouredMicrolitres
    let closing = PourClosing(
      afterFlowMicrolitres: microlitres - ending.microlitres,
      microlitresPerSecond: ending.microlitresPerSecond,
      openMilliseconds: ending.openTime.wholeNanoseconds / 1_000_000,
      // A valve that closed late or a meter that was away says nothing about the after-flow.
      flowEnded: flowEnded && ending.reason != .valveFault && ending.reason != .meterFault)
    settled = (pour.id, now)
    record(
      .settle(
        Settlement(
          pour: pour.id, microlitres: microlitres, reason: ending.reason,
          pulses: tally.count.pulses - pour.start.pulses,
          restoredPulses: tally.count.restored - pour.start.restored,
          rejectedPulses: tally.count.rejected - pour.start.rejected,
          closing: closing)))
  }

  // MARK: Valve

  mutating func orderValveClosed() {
    valve = ValveOrder(.closed, id: nextID(), at: now)
    emit(.closeValve(valve.id))
  }

  mutating func valveOpened(_ id: EffectID) {
    if valve.position == .open, valve.id == id { valve.isConfirmed = true }
  }

  mutating func valveClosed(_ id: EffectID?) {
    guard let id else {
      // By itself: the guard's lease ran out, or a new guard took over.
      if stage == .pouring { log(.alarm, "the valve was closed by its guard") }
      return end(.valveFault)
    }
    guard valve.position == .closed, valve.id == id, !valve.isConfirmed else { return }
    valve.isConfirmed = true
    if valveHasFailed { log(.info, "the valve is closed again") }
    valveHasFailed = false
    valveFailureIsTold = false
    if stage == .closing { beginSettling() }
  }

  /// - Parameter message: why; nil when nothing was heard of an order. An answer may come after that.
  mutating func valveFailed(_ message: String?) {
    if let message, !valveFailureIsTold {
      log(.alarm, "the valve cannot be driven: \(message)")
      valveFailureIsTold = true
    } else if message == nil, !valveHasFailed {
      log(.alarm, "the valve does not confirm its orders")
    }
    valveHasFailed = true
    if stage == .pouring {
      end(.valveFault)
    } else if valve.isClosed {
      orderValveClosed()
    }
    switch stage {
    case .authorising, .readingMeter: abandon(.valveFault)
    case .idle, .pouring, .closing, .settling, .recording: break
    }
  }

  private mutating func beginSettling() {
    stage = .settling
    watch.close(at: now)
  }

  /// At ticks only.
  mutating func repeatOrderToClose() {
    guard valve.position == .closed, valve.repeats(every: settings.closeRetry, at: now) else { return }
    emit(.closeValve(valve.id))
  }

  /// Notices an order that is not carried out.
  mutating func checkValve() {
    guard !valve.isConfirmed else { return }
    if valve.becomesOverdue(after: settings.valveTimeout, at: now) { valveFailed(nil) }
    // The guard has long closed it; what flows on is a leak, and the guest must get the bill.
    if stage == .closing, valve.isOverdue { beginSettling() }
  }
}
