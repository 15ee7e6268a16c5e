import PiHAL

extension LockMachine {
  mutating func show(_ notice: LockView.Notice, for duration: Duration) {
    self.notice = (notice, now.advanced(by: duration))
  }

  /// Shows lights and pages what has changed.
  mutating func refresh() {
    if let notice, now >= notice.until { self.notice = nil }
    let view = view
    let lights = lights(view.phase)
    if lights != shownLights {
      shownLights = lights
      emit(.lights(lights))
    }
    if view != shownView {
      shownView = view
      emit(.show(view))
    }
  }

  private var view: LockView {
    var view = LockView(phase: phase, notice: currentNotice, isScanMode: settings.isScanMode)
    switch view.phase {
    case .active:
      view.secondsLeft = activation.map { wholeSeconds(until: $0.end) } ?? 0
      view.userName = activation?.userName
    case .lockedOut:
      view.secondsLeft = lockOutBegan.map { wholeSeconds(until: $0.advanced(by: settings.lockOut)) }
    case .starting, .ready, .asking, .master, .outOfOrder: break
    }
    return view
  }

  private var phase: LockView.Phase {
    if relaysHaveFailed || isShuttingDown { return .outOfOrder }
    if let onBy { return onBy == .master ? .master : .active }
    if !hasStarted { return .starting }
    // On their way.
    if question != nil || masterRequest != nil || isMaster || activation != nil { return .asking }
    if lockOutBegan != nil { return .lockedOut }
    return readerHasFailed ? .outOfOrder : .ready
  }

  private var currentNotice: LockView.Notice? {
    if relaysHaveFailed { return .relayFault }
    if booksHaveFailed, question != nil || !records.isEmpty { return .storageFault }
    return notice?.notice ?? (readerHasFailed ? .readerFault : nil)
  }

  private func lights(_ phase: LockView.Phase) -> Lights {
    switch phase {
    case .active: .active
    case .master: .master
    case .ready: .ready
    case .asking: lockOutBegan == nil ? .ready : .off
    case .starting, .lockedOut, .outOfOrder: .off
    }
  }
}
