#if os(Linux)
  import Glibc

  /// Output lines that a guard process holds, for anything that must not stay on when this process dies or
  /// hangs: a valve, a heater, a lock.
  ///
  /// The program's `main` calls ``OutputGuard/serveIfAsked()`` first; this class then starts the same program as
  /// a guard. The guard drives the safe level when this process ends in any way, when ``renewLease()`` is not
  /// called for the length of the lease, and when a line has been away from its safe level for its maximum time.
  /// Afterwards the lines stay safe until ``set(active:)`` is called anew.
  ///
  /// Call ``renewLease()`` from the loop that makes the decisions, four times a lease or so, and from nowhere
  /// else: a helper that renews by itself would keep a valve open while the loop hangs. An object belongs to one
  /// thread at a time.
  public final class GuardedOutput: DigitalOutput {
    /// How the guard is doing, as far as the last call showed.
    public enum State: Equatable, Sendable {
      /// It holds the lines and does as it is told.
      case holding
      /// It drove lines safe by itself. The next order is obeyed again.
      case wentSafe(SafeReason)
      /// It is gone, or does not answer: ``GuardedOutput/restart()`` is the only way on.
      case gone
    }

    public let lines: OutputLines
    public var lineCount: Int { lines.offsets.count }
    public private(set) var active: [Bool]
    public private(set) var state = State.holding
    /// The guard's process identifier; nil when there is none.
    public var guardProcess: Int32? { link?.process }

    private let orders: GuardOrders
    private let program: String
    private let clock = SystemClock()
    private var link: GuardLink?
    private var epoch: UInt32 = 0
    private var number: UInt32 = 0
    /// When the oldest renewal without an answer was sent.
    private var unansweredSince: MonotonicInstant?
    /// A move to safe that the caller has not heard of.
    private var unreported: SafeReason?

    /// How long an order may take to reach the pins.
    static let orderTimeout = Duration.milliseconds(500)

    /// Starts a guard and waits until it holds the lines, at their safe level.
    /// - Parameters:
    ///   - lease: how long the guard trusts a holder that says nothing.
    ///   - maximumActive: how long each line may be away from its safe level; one element a line. An order that
    ///     brings its own time (``set(active:atMost:)``) counts anew.
    /// - Throws: ``PiHALError``: what requesting the lines threw in the guard, `timedOut`, `unsupported` when no
    ///   process could be started.
    public convenience init(_ lines: OutputLines, lease: Duration = .seconds(1), maximumActive: [Duration])
      throws(PiHALError)
    {
      try self.init(lines, lease: lease, maximumActive: maximumActive, program: "/proc/self/exe")
    }

    /// - Parameter program: what is started as the guard.
    package init(_ lines: OutputLines, lease: Duration, maximumActive: [Duration], program: String)
      throws(PiHALError)
    {
      try lines.chip.check(lines.offsets)
      guard lines.safe.count == lines.offsets.count, maximumActive.count == lines.offsets.count else {
        throw PiHALError(
          .invalidRequest, place: lines.place,
          problem: "was given \(lines.safe.count) safe levels and \(maximumActive.count) maximum times for "
            + "\(lines.offsets.count) lines", remedy: "give one of each a line")
      }
      guard lease > .zero, maximumActive.allSatisfy({ $0 > .zero }) else {
        throw PiHALError(
          .invalidRequest, place: lines.place, problem: "was given a lease or a maximum time of nothing",
          remedy: "give a duration above zero, for example a lease of 1 s")
      }
      var guarded = lines
      guarded.consumer = OutputGuard.consumer
      self.lines = guarded
      self.program = program
      orders = GuardOrders(lines: guarded, lease: lease, maximumActive: maximumActive)
      active = lines.safe
      link = try GuardLink(program: program, orders: orders)
    }

    deinit { close() }

    /// Drives every line at once, and returns when the guard has confirmed it.
    ///
    /// An order renews the lease too.
    /// - Throws: ``PiHALError``: `disconnected` when the guard is gone, `timedOut` when it did not confirm in
    ///   0.5 s or when it went safe since the caller last heard of it (then nothing was changed, and
    ///   ``state`` has the reason). An order to make everything safe is never refused for the latter.
    public func set(active next: [Bool]) throws(PiHALError) { try set(active: next, atMost: nil) }

    /// The same, and says for how long at most: the guard makes the lines safe that long after this order, or
    /// after their maximum time if that is shorter. For what may go on and on, but never without somebody who
    /// means it.
    /// - Parameter longest: above zero; nil for the maximum time since each line left its safe level.
    /// - Throws: as ``set(active:)`` does.
    public func set(active next: [Bool], atMost longest: Duration?) throws(PiHALError) {
      guard next.count == lineCount else {
        throw PiHALError(
          .invalidRequest, place: lines.place,
          problem: "was given \(next.count) levels for \(lineCount) lines")
      }
      if let longest, longest <= .zero {
        throw PiHALError(
          .invalidRequest, place: lines.place, problem: "was given no time to be active: \(longest)")
      }
      try takeReports()
      if next == lines.safe { unreported = nil } else { try reportMoveToSafe() }
      number &+= 1
      let order = number
      guard try send(.set(number: order, epoch: epoch, active: next, longest: longest)) else {
        throw silent()
      }
      let deadline = clock.now.advanced(by: Self.orderTimeout)
      while try openLink().socket.wait(until: deadline) {
        switch try takeReport() {
        case .done(order)?:
          active = next
          state = .holding
          return
        case .stale(order)?:
          try reportMoveToSafe()
          throw silent()
        case .failed(order, let error)?:
          active = lines.safe
          throw error
        default: continue
        }
      }
      throw silent()
    }

    /// Tells the guard that the caller is alive and means what it last said. Does not wait.
    /// - Throws: ``PiHALError``: `disconnected` when the guard is gone; `timedOut` once when it went safe by
    ///   itself (``state`` has the reason), and when it has not answered renewals for the length of the lease.
    public func renewLease() throws(PiHALError) {
      try takeReports()
      number &+= 1
      let now = clock.now
      if let since = unansweredSince, since.duration(to: now) > orders.lease { throw silent() }
      // A guard that has stopped reading is found by its missing answers.
      if try send(.renew(number: number)) { unansweredSince = unansweredSince ?? now }
      try reportMoveToSafe()
    }

    /// Ends the guard, if there is one, and starts another, which begins with the safe level.
    /// - Throws: ``PiHALError`` as the initialiser does.
    public func restart() throws(PiHALError) {
      close()
      epoch = 0
      unansweredSince = nil
      unreported = nil
      active = lines.safe
      link = try GuardLink(program: program, orders: orders)
      state = .holding
    }

    /// Lets the guard drive the safe level and end. Later calls throw `disconnected` until ``restart()``.
    public func close() {
      link?.close()
      link = nil
      active = lines.safe
      state = .gone
    }

    // MARK: - Reports

    private func openLink() throws(PiHALError) -> GuardLink {
      guard let link else {
        throw PiHALError(
          .disconnected, place: lines.place, problem: "has no guard any more",
          remedy: "start another, which begins with the safe level")
      }
      return link
    }

    /// - Returns: false when the guard has not taken what was sent before.
    private func send(_ request: GuardRequest) throws(PiHALError) -> Bool {
      switch try openLink().socket.send(request.encoded()) {
      case 0: return true
      case EAGAIN: return false
      default:
        // Its last report may say why.
        try takeReports()
        throw gone()
      }
    }

    private func takeReports() throws(PiHALError) {
      while try takeReport() != nil {}
    }

    /// Takes one report and what follows from it; nil when there is none.
    private func takeReport() throws(PiHALError) -> GuardReport? {
      switch try openLink().socket.receive() {
      case .nothing: return nil
      case .end: throw gone()
      case .packet(let packet):
        guard let report = GuardReport(decoding: packet) else { throw gone() }
        switch report {
        case .renewed: unansweredSince = nil
        case .wentSafe(let epoch, let reason, let active):
          self.epoch = epoch
          self.active = active
          state = .wentSafe(reason)
          unreported = reason
        default: break
        }
        return report
      }
    }

    /// Tells the caller, once, that the guard went safe.
    private func reportMoveToSafe() throws(PiHALError) {
      guard let reason = unreported else { return }
      unreported = nil
      throw PiHALError(
        .timedOut, place: place(of: reason),
        problem: "was set to its safe level by its guard: \(text(of: reason))")
    }

    private func place(of reason: SafeReason) -> String {
      guard case .maximumTime(let line) = reason, lines.offsets.indices.contains(line) else {
        return lines.place
      }
      return "GPIO\(lines.offsets[line])"
    }

    private func text(of reason: SafeReason) -> String {
      switch reason {
      case .leaseExpired: "this program did not renew its lease for \(orders.lease)"
      case .maximumTime: "it was active for as long as it may be"
      case .terminated: "the guard was told to end"
      case .protocolError: "the guard received something it does not know"
      }
    }

    private func gone() -> PiHALError {
      close()
      return PiHALError(
        .disconnected, place: lines.place,
        problem: unreported.map { "has lost its guard: \(text(of: $0))" } ?? "has lost its guard process",
        remedy: "start another, which begins with the safe level")
    }

    private func silent() -> PiHALError {
      state = .gone
      return PiHALError(
        .timedOut, place: lines.place,
        problem: "has a guard that does not answer (process \(guardProcess ?? 0))",
        remedy: "start another, which begins with the safe level")
    }
  }
#endif
