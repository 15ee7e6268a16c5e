import DaemonKit
import FlowControl
import PiHAL

/// Flow while the valve should be closed: it is recorded and nobody's pour, and while it goes on no guest pours.
extension TapMachine {
  mutating func addStray(_ pulses: UInt64) {
    leak.quietSince = now
    if stray != nil {
      stray?.pulses.addClamped(pulses)
      return
    }
    let late = settled.flatMap { $0.at.duration(to: now) <= settings.lateAfterFlow ? $0.pour : nil }
    stray = StrayFlow(
      pulses: pulses, cause: late == nil ? .leak : .lateAfterFlow, pour: late, since: now)
  }

  /// - Parameter isNow: however little it is.
  mutating func recordStray(now isNow: Bool = false) {
    guard let stray, strayRecord == nil,
      isNow || stray.since.duration(to: now) >= strayInterval || isShuttingDown
    else { return }
    self.stray = nil
    if !isNow { strayInterval = min(strayInterval * 2, settings.longestUnattributedInterval) }
    let request = LedgerRequest.unattributed(
      UnattributedFlow(
        id: CommandID(using: &random), tap: settings.tap,
        microlitres: settings.calibration.microlitres(fromPulses: stray.pulses), pulses: stray.pulses,
        cause: stray.cause, pour: stray.pour))
    strayRecord = Record(id: ask(request), request: request, sent: now)
  }

  /// Whether more flows than may drip, by the rate that makes a leak.
  var flowsWithoutPour: Bool {
    Int128(microlitresPerSecond) * Int128(settings.leakWindow.wholeNanoseconds)
      > Int128(settings.leakMicrolitres) * 1_000_000_000
  }

  mutating func strayAnswered(_ answer: LedgerAnswer) {
    switch answer {
    case .failed(let failure) where failure.kind != .rejected: strayRecord?.hasFailed = true
    case .failed, .recorded, .granted, .refused, .settled: strayRecord = nil
    }
  }

  mutating func leakAnswered(_ answer: LedgerAnswer) {
    switch answer {
    case .failed(let failure) where failure.kind != .rejected:
      leak.record?.hasFailed = true
      return
    case .failed, .recorded, .granted, .refused, .settled:
      if case .leak(_, let isLeaking)? = leak.record?.request {
        status.isLeaking = isLeaking
        // Asked while another answer was on its way.
        if leak.news == isLeaking { leak.news = nil }
      }
      leak.record = nil
    }
  }

  /// Whether the tap is known to leak.
  var isLeaking: Bool { leak.news ?? status.isLeaking }

  /// - Parameter silence: the leak is over when nothing has flowed for so long.
  mutating func foundLeak(overAfter silence: Duration) {
    guard !isLeaking else { return }
    leak.silence = silence
    leak.news = true
  }

  /// Notices that a leak has stopped, and puts news of it to the ledger.
  mutating func watchLeak() {
    if isLeaking, watch.phase == .closed, !meterHasFailed,
      leak.quietSince.duration(to: now) >= leak.silence
    {
      log(.info, "nothing leaks any more")
      leak.news = false
    }
    guard let isLeaking = leak.news, leak.record == nil else { return }
    let request = LedgerRequest.leak(settings.tap, isLeaking: isLeaking)
    leak.record = Record(id: ask(request), request: request, sent: now)
  }
}
