public import JSONState
public import PiHAL
import Synchronization

/// A daemon's state that is written to one job after the other, and that is opened again after a failed write.
///
/// There are two lines of jobs. Those of one line are done one after the other; the lines do not wait for each other, but
/// for a transaction that is being written. So what somebody waits for at the machine is never behind a long piece of
/// work: give that to the other line, in transactions that are short.
///
/// After a failed write nothing is recorded until the state's directory was opened again. The next job that comes
/// does that first, so that freeing disk space mends the daemon without a restart.
public final class OrderlyStore<State: JournaledState>: Sendable {
  /// In which line a job stands.
  public enum Line: Sendable {
    /// What somebody stands at the machine for.
    case urgent
    /// What may take long.
    case patient
  }

  public let store: StateStore<State>
  private let clock: any MonotonicClock
  private let lastReopening = Mutex<MonotonicInstant?>(nil)
  private let urgent: JobLine
  private let patient: JobLine

  /// Opening reads the whole snapshot: not for every job while the disk is full.
  private static var reopeningInterval: Duration { .seconds(2) }

  public init(_ store: StateStore<State>, clock: any MonotonicClock) {
    self.store = store
    self.clock = clock
    urgent = JobLine()
    patient = JobLine()
  }

  deinit {
    urgent.end()
    patient.end()
  }

  /// Has a job done after those that were submitted before it in the same line, on a store that was opened again if
  /// that was needed and possible.
  /// - Parameter job: told whether the state was opened again: an entry whose recording failed may be in it after
  ///   all.
  public func submit(
    in line: Line = .urgent, _ job: @escaping @Sendable (_ wasReopened: Bool) async -> Void
  ) {
    (line == .urgent ? urgent : patient).add { [self] in await job(reopenAfterFailure()) }
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

/// Does one job after the other.
private struct JobLine: Sendable {
  private let jobs: AsyncStream<@Sendable () async -> Void>.Continuation

  init() {
    let (stream, continuation) = AsyncStream.makeStream(of: (@Sendable () async -> Void).self)
    jobs = continuation
    Task { for await job in stream { await job() } }
  }

  func add(_ job: @escaping @Sendable () async -> Void) { jobs.yield(job) }

  func end() { jobs.finish() }
}
