import PiHAL
import Synchronization

/// A serial adapter that does not exist. The program under test holds it as a `SerialLine`; the test sends
/// bytes into it, reads what was written, and unplugs it.
///
/// May be used from any thread. A waiting ``read(timeout:)`` sleeps on the clock: on a ``VirtualClock`` that
/// moves time on, and no thread waits.
public final class VirtualSerialLine: SerialLine, Sendable {
  private struct State {
    var incoming: [(instant: MonotonicInstant, byte: UInt8)] = []
    var written: [UInt8] = []
    var isPluggedIn = true
  }

  private let clock: any MonotonicClock
  private let state = Mutex(State())

  public init(clock: any MonotonicClock) { self.clock = clock }

  // MARK: - The program's end

  public func read(timeout: Duration) throws(PiHALError) -> [UInt8] {
    let end = clock.now.advanced(by: max(.zero, timeout))
    while true {
      let now = clock.now
      let (bytes, next) = try state.withLock {
        (state) throws(PiHALError) -> ([UInt8], MonotonicInstant?) in
        try Self.check(state)
        let due = state.incoming.prefix(4096).prefix { $0.instant <= now }
        state.incoming.removeFirst(due.count)
        return (due.map(\.byte), state.incoming.first?.instant)
      }
      if !bytes.isEmpty || now >= end { return bytes }
      // Bytes sent meanwhile by another thread are noticed within a few milliseconds.
      let wait = now.duration(to: min(end, next ?? end))
      clock.sleep(for: min(wait, .milliseconds(5)))
    }
  }

  public func write(_ bytes: [UInt8]) throws(PiHALError) {
    try state.withLock { (state) throws(PiHALError) in
      try Self.check(state)
      state.written += bytes
    }
  }

  private static func check(_ state: State) throws(PiHALError) {
    guard state.isPluggedIn else {
      throw PiHALError(
        .disconnected, place: "the virtual serial line", problem: "has been unplugged", errorNumber: 5)
    }
  }

  // MARK: - The device's end

  /// Sends bytes to the program.
  /// - Parameter instant: when they arrive; nil is now. Bytes arrive in the order of the calls, so an earlier
  ///   instant than that of bytes already sent is no earlier arrival.
  public func send(_ bytes: [UInt8], at instant: MonotonicInstant? = nil) {
    let instant = instant ?? clock.now
    state.withLock { state in state.incoming += bytes.map { (instant, $0) } }
  }

  /// What the program has written since the last call.
  public func takeWritten() -> [UInt8] {
    state.withLock { state in
      defer { state.written = [] }
      return state.written
    }
  }

  /// Pulls the adapter out: bytes not yet read are lost, and calls throw `disconnected`.
  public func unplug() {
    state.withLock { state in
      state.isPluggedIn = false
      state.incoming = []
    }
  }

  /// Plugs it in again.
  public func plugIn() { state.withLock { $0.isPluggedIn = true } }
}
