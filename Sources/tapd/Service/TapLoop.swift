import DaemonKit
import FlowControl
import Foundation
import Logging
import PanelKit
import PiHAL
import RC522
import Synchronization

/// Runs one tap: turns what hardware, ledger and pages report into the machine's events, and carries out its
/// effects. All of it happens on one thread, which owns the valve and the flow meter; that thread renews the
/// valve's lease, so a loop that hangs closes the valve.
final class TapLoop: Sendable {
  private enum Message: Sendable {
    case event(TapEvent)
    case reader(CardReaderThread.Notice)
    case stop
  }

  private let settings: TapSettings
  private let status: TapStatus
  private let recovered: LedgerState.EndedPour?
  private let hardware: TapHardware
  private let ledger: any Ledger
  private let screen: Broadcaster<TapScreen>
  private let clock: any MonotonicClock
  private let logger: Logger
  /// What does not work at present.
  let devices = DeviceProblems()
  private let inbox = Inbox<Message>()
  private let reader: CardReaderThread
  private let isServing = Atomic<Bool>(false)
  private let ended = DispatchSemaphore(value: 0)

  /// How often the valve's lease is renewed. While nobody is served, meter and time are looked at then too, and not in
  /// between: the meter's own thread counts meanwhile.
  private static let leaseRenewal = Duration.milliseconds(250)
  /// How long a failed flow meter is left alone.
  private static let meterRetry = Duration.seconds(1)
  /// How long the end of the daemon waits for a running pour to be settled.
  private static let lastPour = Duration.seconds(8)

  /// - Parameters:
  ///   - status: what the ledger knows of the tap now.
  ///   - recovered: the pour that the daemon's last end interrupted, for the screen.
  ///   - hardware: what the tap is wired to.
  init(
    settings: TapSettings, status: TapStatus, recovered: LedgerState.EndedPour?, hardware: TapHardware,
    ledger: any Ledger,
    screen: Broadcaster<TapScreen>, clock: any MonotonicClock, logger: Logger
  ) {
    self.settings = settings
    self.status = status
    self.recovered = recovered
    self.hardware = hardware
    self.ledger = ledger
    self.screen = screen
    self.clock = clock
    self.logger = logger
    reader = CardReaderThread(clock: clock)
  }

  /// Tells the tap something from outside: a changed keg, a button on a page.
  func post(_ event: TapEvent) { inbox.post(.event(event)) }

  func start() {
    let thread = Thread { [self] in
      var run = Run(self)
      run.untilStopped()
      ended.signal()
    }
    thread.name = "tap"
    thread.start()
    reader.start(
      every: CardReaderThread.interval, atRest: CardReaderThread.intervalAtRest, open: hardware.openReader,
      prepare: { [self] in
        ($0 as? RC522Reader)?.allowsPeriodicReset = !isServing.load(ordering: .relaxed)
      },
      post: { [self] in inbox.post(.reader($0)) })
  }

  /// Ends a running pour, settles it, closes the valve and ends the threads. Blocks for some seconds at most.
  func stop() {
    inbox.post(.stop)
    ended.wait()
    reader.stop()
  }

  /// What belongs to the thread.
  private struct Run {
    let loop: TapLoop
    var machine: TapMachine
    var valve: (any LeasedOutput)?
    var meter: FlowMeter?
    var meterEpoch: UInt32 = 0
    var meterRetryAt = MonotonicInstant.zero
    var lastReading: MonotonicInstant
    var pending: [TapEvent] = []

    init(_ loop: TapLoop) {
      self.loop = loop
      // First what takes its time, so that the machine does not start with overdue deadlines; what fails here
      // is tried again, and told, when the machine asks for it.
      valve = try? loop.hardware.openValve()
      meter = try? loop.hardware.openFlowMeter()
      lastReading = loop.clock.now
      machine = TapMachine(
        settings: loop.settings, status: loop.status, random: SystemRandomNumberGenerator(),
        at: loop.clock.now)
    }

    var clock: any MonotonicClock { loop.clock }
    var isIdle: Bool { machine.stage == .idle }

    mutating func untilStopped() {
      perform(machine.start(recovered: loop.recovered))
      drain()
      var nextReading = clock.now
      var nextTick = clock.now
      var nextRenewal = clock.now
      var stopBy: MonotonicInstant?
      while true {
        let next = min(nextReading, nextTick, nextRenewal)
        for message in loop.inbox.take(waiting: max(.zero, clock.now.duration(to: next))) {
          switch message {
          case .event(let event): handle(event)
          case .reader(let notice): handle(notice)
          case .stop:
            stopBy = clock.now.advanced(by: TapLoop.lastPour)
            handle(.shutDown)
          }
        }
        let now = clock.now
        if !isIdle {
          nextReading = min(nextReading, now.advanced(by: loop.settings.readingInterval))
          nextTick = min(nextTick, now.advanced(by: loop.settings.tickInterval))
        }
        if now >= nextReading {
          if let reading = readMeter() { handle(reading) }
          nextReading = now.advanced(by: isIdle ? TapLoop.leaseRenewal : loop.settings.readingInterval)
        }
        if now >= nextRenewal {
          renewLease()
          nextRenewal = isIdle ? nextReading : now.advanced(by: TapLoop.leaseRenewal)
        }
        if now >= nextTick {
          if let notice = loop.reader.watch(at: now) { handle(notice) }
          handle(.tick)
          // While idle all three fall together.
          nextTick = isIdle ? nextReading : now.advanced(by: loop.settings.tickInterval)
        }
        if let stopBy, mayEnd || now >= stopBy { break }
      }
      try? valve?.set(active: [false])
    }

    /// A valve that was never reached is not waited for: nothing was opened.
    private var mayEnd: Bool { machine.hasFinished || valve == nil && machine.hasRecordedAll }

    private mutating func handle(_ event: TapEvent) {
      pending.append(event)
      drain()
    }

    /// Effects that are done at once report events of their own, which come next.
    private mutating func drain() {
      while !pending.isEmpty {
        let event = pending.removeFirst()
        // After a stall of this thread (a guard that starts slowly, say) the meter is read before anything else:
        // its silence was not its own.
        if lastReading.duration(to: clock.now) >= loop.settings.meterTimeout, let reading = readMeter() {
          perform(machine.handle(reading, at: clock.now))
        }
        perform(machine.handle(event, at: clock.now))
      }
      loop.isServing.store(machine.stage != .idle, ordering: .relaxed)
    }

    private mutating func handle(_ notice: CardReaderThread.Notice) {
      loop.devices.report(notice)
      switch notice {
      case .appeared(let uid): handle(.cardAppeared(uid))
      case .removed(let uid, let silence): handle(.cardRemoved(uid, silence: silence))
      case .failed(let problem, let since): handle(.readerFailed(message: problem, since: since))
      case .recovered: handle(.readerRecovered)
      case .settled: break
      }
    }

    private mutating func perform(_ effects: [TapEffect]) {
      for effect in effects {
        switch effect {
        case .ask(let id, let request):
          loop.ledger.submit(request) { [inbox = loop.inbox] answer in
            inbox.post(.event(.answered(id, answer)))
          }
        case .readMeter: if let reading = readMeter() { pending.append(reading) }
        case .openValve(let id, atMost: let longest):
          drive(open: true, atMost: longest + TapSettings.timeToClose, done: .valveOpened(id))
        case .closeValve(let id): drive(open: false, atMost: nil, done: .valveClosed(id))
        case .show(let screen): loop.screen.send(screen)
        case .log(let line): log(line)
        }
      }
    }

    private mutating func drive(open: Bool, atMost longest: Duration?, done: TapEvent) {
      do {
        let valve = try valve ?? loop.hardware.openValve()
        self.valve = valve
        try valve.set(active: [open], atMost: longest)
        loop.devices.report("valve", nil)
        pending.append(done)
      } catch {
        loop.devices.report("valve", "\(error)")
        pending.append(.valveFailed(message: "\(error)"))
      }
    }

    private mutating func renewLease() {
      guard let valve else { return }
      do { try valve.renewLease() } catch {
        loop.devices.report("valve", "\(error)")
        pending.append(.valveFailed(message: "\(error)"))
        drain()
      }
    }

    /// - Returns: nil as long as there is nothing to read.
    private mutating func readMeter() -> TapEvent? {
      let now = clock.now
      lastReading = now
      do {
        if meter == nil {
          guard now >= meterRetryAt else { return nil }
          meter = try loop.hardware.openFlowMeter()
          meterEpoch += 1
        }
        guard let reading = try meter?.read(at: now) else { return nil }
        loop.devices.report("flow meter", nil)
        return .pulses(
          PulseReading(
            epoch: meterEpoch, total: reading.pulses, restored: reading.restored,
            rejected: reading.rejected, newestEdge: reading.newestPulse))
      } catch {
        meter = nil
        meterRetryAt = now.advanced(by: TapLoop.meterRetry)
        loop.devices.report("flow meter", "\(error)")
        return .meterFailed(message: "\(error)")
      }
    }

    private func log(_ line: TapLog) {
      switch line.level {
      case .info: loop.logger.info("\(line.message)")
      case .warning: loop.logger.warning("\(line.message)")
      case .alarm: loop.logger.error("\(line.message)")
      }
    }
  }
}
