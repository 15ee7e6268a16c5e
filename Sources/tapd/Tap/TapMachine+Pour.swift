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
    guard grant.kind == .maintenance || !isLeaking else { return abandon(.leak) }
    guard isWorthOpening(grant) else { return abandon(grant.limitedBy == .keg ? .kegEmpty : .noCredit) }
    pour?.grant = grant
    stage = .readingMeter(deadline: now.advanced(by: settings.meterTimeout))
    emit(.readMeter)
  }

  /// Opens the valve, unless something flows already: that would be charged to a guest who does not pour.
  private mutating func openValve() {
    guard let grant = pour?.grant else { return }
    if grant.kind == .guest, isLeaking { return abandon(.leak) }
    if grant.kind == .guest, flowsWithoutPour {
      let deadline = pour?.quietDeadline ?? now.advanced(by: settings.quietTimeout)
      pour?.quietDeadline = deadline
      if now >= deadline {
        foundLeak(overAfter: settings.leakWindow)
        return abandon(.leak)
      }
      stage = .readingMeter(deadline: now.advanced(by: settings.meterTimeout))
      return
    }
    openValve(for: grant)
  }

  /// The hold is durable, and what the meter counted so far is not this pour's.
  private mutating func openValve(for grant: Grant) {
    let longest = grant.kind == .maintenance ? settings.maximumMaintenance : settings.maximumPour
    pour?.start = tally.count
    pour?.opened = now
    pour?.markSent = now
    if grant.kind == .guest {
      pour?.gasWatch = GasWatch(usualMicrolitresPerSecond: status.usualMicrolitresPerSecond, at: now)
    }
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
      leak.quietSince = now
      new = pulses
    }
    if meterHasFailed {
      meterHasFailed = false
      // What was not counted was not quiet.
      leak.quietSince = now
      log(.info, "the flow meter can be read again")
    }
    rate.update(pulses: tally.count.pulses, newestEdge: tally.newestEdge)
    if new > 0 {
      attribute(new)
      watchGas()
    }
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

  /// What the meter has counted of the pour so far.
  var countedMicrolitres: Int64 {
    guard let pour else { return 0 }
    return settings.calibration.microlitres(fromPulses: pour.start.pulses, to: tally.count.pulses)
  }

  /// What the pour has poured so far: what the meter has counted without gas.
  var pouredMicrolitres: Int64 { min(countedMicrolitres, pour?.gas?.drinkMicrolitres ?? .max) }

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
        foundLeak(overAfter: settings.leakWindow)
      case .slowLeak(let microlitres):
        log(.alarm, "\(microlitres / 1000) ml have flowed since the valve was closed: look for a slow leak")
        foundLeak(overAfter: settings.slowLeakSilence)
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
    // A guest who takes the card away because nothing comes any more does not pay for gas.
    if pour.gas == nil, hasFallenSilent(for: settings.silence / 2),
      let found = pour.gasWatch?.findingAfterSilence()
    {
      return foundGas(found)
    }
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
    // A valve that closed late, a meter that was away and gas say nothing about the tap.
    let isOrdinary = ![.valveFault, .meterFault, .kegSuspectedEmpty].contains(ending.reason)
    let peak = isOrdinary ? pour.gasWatch?.steadyPeak ?? 0 : 0
    let closing = PourClosing(
      afterFlowMicrolitres: microlitres - ending.microlitres,
      microlitresPerSecond: ending.microlitresPerSecond,
      openMilliseconds: ending.openTime.wholeNanoseconds / 1_000_000, flowEnded: flowEnded && isOrdinary,
      peakMicrolitresPerSecond: peak > 0 ? peak : nil)
    let gas = pour.gas.map { found in
      Gas(microlitres: countedMicrolitres - microlitres, microlitresPerSecond: found.microlitresPerSecond)
    }
    let rejected = tally.count.rejected - pour.start.rejected
    let pulses = tally.count.pulses - pour.start.pulses
    if rejected >= Self.fewRejected, rejected > pulses / 100 {
      log(
        .alarm,
        "\(rejected) pulses of a pour came too fast to be flow, \(pulses) were counted: check "
          + "flowMeter.maximumHertz and the meter's wiring")
    }
    settled = (pour.id, now)
    leak.quietSince = now
    strayInterval = settings.unattributedInterval
    record(
      .settle(
        Settlement(
          pour: pour.id, microlitres: microlitres, reason: ending.reason,
          pulses: pulses, restoredPulses: tally.count.restored - pour.start.restored,
          rejectedPulses: rejected, closing: closing, gas: gas)))
  }

  /// A relay's spark makes some.
  private static let fewRejected: UInt64 = 10

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
