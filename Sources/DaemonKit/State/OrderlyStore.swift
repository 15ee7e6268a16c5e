public import JSONState
public import PiHAL
import Synchronization

/// A daemon's state that is written to one job after the other, and that is opened again after a failed write.
///
/// After a failed write nothing is recorded until the state's directory was opened again. The next job that comes
/// does that first, so that freeing disk space mends the daemon without a restart.
public final class OrderlyStore<State: JournaledState>: Sendable {
  private typealias Job = @Sendable () async -> Void

  public let store: StateStore<State>
  private let clock: any MonotonicClock
  private let lastReopening = Mutex<MonotonicInstant?>(nil)
  private let jobs: AsyncStream<Job>.Continuation
  private let worker: Task<Void, Never>

  /// Opening reads the whole snapshot: not for every job while the disk is full.
  private static var reopeningInterval: Duration { .seconds(2) }

  public init(_ store: StateStore<State>, clock: any MonotonicClock) {
    self.store = store
    self.clock = clock
    let (stream, continuation) = AsyncStream.makeStream(of: Job.self)
    jobs = continuation
    worker = Task { for await job in stream { await job() } }
  }

  deinit { jobs.finish() }

  /// Has a job done after those that were submitted before it, on a store that was opened again if that was
  /// needed and possible.
  /// - Parameter job: told whether the state was opened again: an entry whose recording failed may be in it after
  ///   all.
  public func submit(_ job: @escaping @Sendable (_ wasReopened: Bool) async -> Void) {
    jobs.yield { [self] in await job(reopenAfterFailure()) }
  }

  /// Opens the state's directory again if recording has failed. What fails here is told to whoever records next.
  /// - Returns: whether it was opened again.
  public func reopenAfterFailure() async -> Bool {
    guard store.failure != nil else { return false }
    let now = clock.now
    let isDue = lastReopening.withLock { last in
      if let last, last.duration(to: now) < Self.reopeningInterval { return false }
      last = now
      return true
    }
    guard isDue else { return false }
    return await store.inBackground { store in
      do {
        try store.reopen()
        return store.failure == nil
      } catch {
        return false
      }
    }
  }
}
