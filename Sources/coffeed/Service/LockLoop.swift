import DaemonKit
import Foundation
import Logging
import PiHAL
import RC522

/// Runs the lock: turns what hardware, books and pages report into the machine's events, and carries out its
/// effects. All of it happens on one thread, which owns relays, lights and brew inputs; that thread renews the
/// relays' lease, so a loop that hangs locks the machine.
final class LockLoop: Sendable {
  private enum Message: Sendable {
    case event(LockEvent)
    case reader(CardReaderThread.Notice)
    case stop
  }

  /// What the lock remembers and goes by when it starts.
  struct Start: Sendable {
    var memory: LockMemory
    var settings: LockSettings
    /// The present boot.
    var boot: String
  }

  /// Whom the lock talks to, besides its hardware.
  struct Surroundings: Sendable {
    /// Puts a request to the books; the answer comes once, on any thread.
    var ask: @Sendable (LockRequest, @escaping @Sendable (LockAnswer) -> Void) -> Void
    var show: @Sendable (LockView) -> Void
    var scanned: @Sendable (Token) -> Void
  }

  private let start: Start
  private let hardware: LockHardware
  private let surroundings: Surroundings
  private let clock: any MonotonicClock
  private let logger: Logger
  /// What does not work at present.
  let devices = DeviceProblems()
  private let inbox = Inbox<Message>()
  private let reader: CardReaderThread
  private let ended = DispatchSemaphore(value: 0)

  private static let tick = Duration.milliseconds(100)
  /// How often the relays' lease is renewed.
  private static let leaseRenewal = Duration.milliseconds(250)
  /// How long the end of the daemon waits for the books.
  private static let lastRecord = Duration.seconds(5)

  init(
    _ start: Start, hardware: LockHardware, surroundings: Surroundings, clock: any MonotonicClock,
    logger: Logger
  ) {
    self.start = start
    self.hardware = hardware
    self.surroundings = surroundings
    self.clock = clock
    self.logger = logger
    reader = CardReaderThread(clock: clock)
  }

  /// Tells the lock something from outside: changed settings.
  func post(_ event: LockEvent) { inbox.post(.event(event)) }

  func run() {
    let thread = Thread { [self] in
      var run = Run(self)
      run.untilStopped()
      ended.signal()
    }
    thread.name = "lock"
    thread.start()
    reader.start(
      every: CardReaderThread.interval, atRest: CardReaderThread.intervalAtRest, open: hardware.openReader,
      // A reset takes a moment and forgets no card: it may come at any time.
      prepare: { _ in }, post: { [self] in inbox.post(.reader($0)) })
  }

  /// Locks, darkens the lights and ends the threads. Blocks for some seconds at most.
  func stop() {
    inbox.post(.stop)
    ended.wait()
    reader.stop()
  }

  /// What belongs to the thread.
  private struct Run {
    let loop: LockLoop
    var machine: LockMachine
    var relays: (any LeasedOutput)?
    var lights: SideLine<any LeasedOutput>
    var wantedLights = Lights.off
    var shownLights: Lights?
    var brewInputs: [(drink: Drink, line: SideLine<any BrewInput>)]
    var drinksAreSeen = false
    var pending: [LockEvent] = []

    init(_ loop: LockLoop) {
      self.loop = loop
      // First what takes its time; what fails here is tried again, and told, when the machine asks for it.
      relays = try? loop.hardware.openRelays()
      lights = SideLine(name: "the lights", open: loop.hardware.openLights)
      brewInputs = loop.hardware.brewInputs.map { drink, open in
        (drink, SideLine(name: "the \(drink.rawValue) brew input", open: open))
      }
      machine = LockMachine(
        memory: loop.start.memory, settings: loop.start.settings, boot: loop.start.boot,
        random: SystemRandomNumberGenerator(), at: loop.clock.now)
    }

    var clock: any MonotonicClock { loop.clock }

    mutating func untilStopped() {
      perform(machine.start())
      drain()
      var nextTick = clock.now
      var nextRenewal = clock.now
      var stopBy: MonotonicInstant?
      while true {
        let next = min(nextTick, nextRenewal)
        for message in loop.inbox.take(waiting: max(.zero, clock.now.duration(to: next))) {
          switch message {
          case .event(let event): handle(event)
          case .reader(let notice): handle(notice)
          case .stop:
            stopBy = clock.now.advanced(by: LockLoop.lastRecord)
            handle(.shutDown)
          }
        }
        let now = clock.now
        if now >= nextRenewal {
          renewLeases(at: now)
          nextRenewal = now.advanced(by: LockLoop.leaseRenewal)
        }
        if now >= nextTick {
          if let notice = loop.reader.watch(at: now) { handle(notice) }
          readBrewInputs(at: now)
          loop.devices.report(lights.name, lights.failure)
          for input in brewInputs { loop.devices.report(input.line.name, input.line.failure) }
          handle(.tick)
          driveLights(at: now)
          nextTick = now.advanced(by: LockLoop.tick)
        }
        if let stopBy, mayEnd || now >= stopBy { break }
      }
      try? relays?.set(active: Self.allOff)
      try? lights.device?.set(active: Lights.off.levels)
    }

    /// Relays that were never reached are not waited for: nothing was unlocked.
    private var mayEnd: Bool { machine.hasFinished || relays == nil && machine.hasRecordedAll }

    // MARK: Events

    private mutating func handle(_ event: LockEvent) {
      pending.append(event)
      drain()
    }

    /// Effects that are done at once report events of their own, which come next.
    private mutating func drain() {
      while !pending.isEmpty { perform(machine.handle(pending.removeFirst(), at: clock.now)) }
    }

    private mutating func handle(_ notice: CardReaderThread.Notice) {
      loop.devices.report(notice)
      switch notice {
      case .appeared(let uid): handle(.cardAppeared(uid))
      case .removed(let uid, _): handle(.cardRemoved(uid))
      case .failed(let problem, _): handle(.readerFailed(message: problem))
      case .recovered: handle(.readerRecovered)
      case .settled: handle(.readerSettled)
      }
    }

    private mutating func readBrewInputs(at now: MonotonicInstant) {
      var areSeen = !brewInputs.isEmpty
      for index in brewInputs.indices {
        let presses = brewInputs[index].line.use(at: now, loop.logger) { try $0.presses() }
        if presses == nil { areSeen = false }
        for _ in 0..<(presses ?? 0) { handle(.brewed(brewInputs[index].drink)) }
      }
      guard areSeen != drinksAreSeen else { return }
      drinksAreSeen = areSeen
      handle(.drinksAreSeen(areSeen))
    }

    // MARK: Effects

    private mutating func perform(_ effects: [LockEffect]) {
      for effect in effects {
        switch effect {
        case .ask(let id, let request):
          loop.surroundings.ask(request) { [inbox = loop.inbox] answer in
            inbox.post(.event(.answered(id, answer)))
          }
        case .unlock(let id, let longest):
          drive(Self.allOn, atMost: longest, done: .unlocked(id))
        case .lock(let id): drive(Self.allOff, atMost: nil, done: .locked(id))
        case .lights(let lights):
          wantedLights = lights
          driveLights(at: clock.now)
        case .show(let view): loop.surroundings.show(view)
        case .scanned(let token): loop.surroundings.scanned(token)
        case .log(let line): log(line)
        }
      }
    }

    private static let allOn = Array(repeating: true, count: LockHardware.relayCount)
    private static let allOff = Array(repeating: false, count: LockHardware.relayCount)

    private mutating func drive(_ levels: [Bool], atMost longest: Duration?, done: LockEvent) {
      do {
        let relays = try relays ?? loop.hardware.openRelays()
        self.relays = relays
        try relays.set(active: levels, atMost: longest)
        loop.devices.report("relays", nil)
        pending.append(done)
      } catch {
        loop.devices.report("relays", "\(error)")
        pending.append(.relaysFailed(message: "\(error)"))
      }
    }

    private mutating func renewLeases(at now: MonotonicInstant) {
      if lights.device != nil, lights.use(at: now, loop.logger, { try $0.renewLease() }) == nil {
        // They are dark now.
        shownLights = nil
      }
      guard let relays else { return }
      do { try relays.renewLease() } catch {
        loop.devices.report("relays", "\(error)")
        handle(.relaysFailed(message: "\(error)"))
      }
    }

    private mutating func driveLights(at now: MonotonicInstant) {
      guard shownLights != wantedLights else { return }
      let levels = wantedLights.levels
      guard lights.use(at: now, loop.logger, { try $0.set(active: levels) }) != nil else { return }
      shownLights = wantedLights
    }

    private func log(_ line: LockLog) {
      switch line.level {
      case .info: loop.logger.info("\(line.message)")
      case .warning: loop.logger.warning("\(line.message)")
      case .alarm: loop.logger.error("\(line.message)")
      }
    }
  }
}
