import DaemonKit
import PanelKit
import PiHAL

/// What the pages show of the machine, as the newest value for any number of listeners.
final class MachineBoard: Sendable {
  /// A token that was shown in scan mode.
  struct Scan: Equatable, Sendable {
    var token: Token
    var time: WallTime
    var instant: MonotonicInstant
  }

  struct View: Equatable, Sendable {
    var lock = LockView()
    var scan: Scan?
  }

  /// How long a scan is news.
  static let freshness = Duration.seconds(5)

  let live = Broadcaster(View())
  private let clock: any MonotonicClock
  private let now: @Sendable () -> WallTime

  init(clock: any MonotonicClock, now: @escaping @Sendable () -> WallTime) {
    self.clock = clock
    self.now = now
  }

  /// Shows the lock's newest view. Called from one thread, as `scanned` is.
  func show(_ lock: LockView) {
    var view = live.current
    view.lock = lock
    live.send(view)
  }

  /// Shows a token that was presented in scan mode.
  func scanned(_ token: Token) {
    var view = live.current
    view.scan = Scan(token: token, time: now(), instant: clock.now)
    live.send(view)
  }

  /// The last scan, while scan mode is on and as long as it is news.
  var freshScan: Scan? {
    let view = live.current
    guard view.lock.isScanMode, let scan = view.scan,
      scan.instant.duration(to: clock.now) <= Self.freshness
    else { return nil }
    return scan
  }
}
