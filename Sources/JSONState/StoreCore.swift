import Dispatch
import Foundation
import Synchronization

/// The store behind its public face.
///
/// Whoever holds the engine makes all decisions that wait at that moment, so callers that come while a
/// commit is under way share the next one. A caller that may block does this itself; for `async` callers
/// a queue does it, whose thread is none of Swift's cooperative ones.
final class StoreCore<State: JournaledState>: Sendable {
  private struct Queue {
    var requests: [Request<State>] = []
    var isClosed = false
  }

  private struct Status {
    var openingReport: OpeningReport
    var failure: JSONStateError?
    var snapshotFailure: JSONStateError?
    var losses: StateLosses
  }

  let durable: Mutex<Durable<State>>
  let files: StateFiles
  private let policy: SnapshotPolicy
  private let now: @Sendable () -> Date
  private let queue = Mutex(Queue())
  private let worker = DispatchQueue(label: "JSONState")
  private let engine: Mutex<Engine<State>?>
  private let status: Mutex<Status>

  init(
    directory: String, policy: SnapshotPolicy, fileSystem: any FileSystem, now: @escaping @Sendable () -> Date
  ) throws(JSONStateError) {
    files = StateFiles(fileSystem: fileSystem, directory: StateFiles.trimmed(directory))
    self.policy = policy
    self.now = now
    let (engine, report) = try Engine<State>.open(files, policy: policy, now: now)
    durable = Mutex(Durable(state: engine.working.state, lastNumber: engine.lastNumber))
    status = Mutex(
      Status(
        openingReport: report, failure: engine.failure, snapshotFailure: engine.snapshotFailure,
        losses: engine.losses))
    self.engine = Mutex(engine)
  }

  var openingReport: OpeningReport { status.withLock { $0.openingReport } }
  var failure: JSONStateError? { status.withLock { $0.failure } }
  var snapshotFailure: JSONStateError? { status.withLock { $0.snapshotFailure } }
  var losses: StateLosses { status.withLock { $0.losses } }

  // MARK: Recording

  /// Has the decision made on the store's queue.
  func submit<Value: Sendable>(
    _ decide: @escaping @Sendable (inout Transaction<State>) -> Value,
    _ complete: @escaping @Sendable (Result<Value, JSONStateError>) -> Void
  ) {
    let outcome = Outcome<Value>()
    let request = Request<State>(
      decide: { outcome.set(decide(&$0)) }, complete: { complete(outcome.result($0)) })
    guard enqueue(request) else { return complete(.failure(.closed)) }
    worker.async { self.drain() }
  }

  /// Makes the decision, and those of others that wait, on this thread.
  func perform<Value: Sendable>(
    _ decide: @escaping @Sendable (inout Transaction<State>) -> Value
  ) -> Result<Value, JSONStateError> {
    let outcome = Outcome<Value>()
    let completion = Mutex<JSONStateError?>(nil)
    let request = Request<State>(
      decide: { outcome.set(decide(&$0)) }, complete: { error in completion.withLock { $0 = error } })
    guard enqueue(request) else { return .failure(.closed) }
    drain()
    return outcome.result(completion.withLock { $0 })
  }

  /// - Returns: false when the store is closed.
  private func enqueue(_ request: Request<State>) -> Bool {
    queue.withLock { queue in
      if queue.isClosed { return false }
      queue.requests.append(request)
      return true
    }
  }

  /// When this returns, all requests that were in the queue before are completed, by this thread or another.
  private func drain() {
    engine.withLock { engine in
      let requests = queue.withLock { queue in
        defer { queue.requests.removeAll(keepingCapacity: true) }
        return queue.requests
      }
      if requests.isEmpty { return }
      if engine == nil {
        let error = failure.map { JSONStateError.readOnly(because: $0) } ?? .closed
        for request in requests { request.complete(error) }
        return
      }
      // Whoever hears that it failed may look at once whether to open the directory again.
      engine?.commit(requests, publish: durable) { error in status.withLock { $0.failure = error } }
      note(engine?.failure, engine?.snapshotFailure)
    }
  }

  private func note(_ failure: JSONStateError?, _ snapshotFailure: JSONStateError?) {
    status.withLock { status in
      status.failure = failure
      status.snapshotFailure = snapshotFailure
    }
  }

  // MARK: Housekeeping

  func snapshot() throws(JSONStateError) {
    let result: Result<Void, JSONStateError> = engine.withLock { engine in
      do throws(JSONStateError) {
        if let failure { throw .readOnly(because: failure) }
        if engine == nil { throw .closed }
        try engine?.writeSnapshot()
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  func reopen() throws(JSONStateError) {
    let result: Result<Void, JSONStateError> = engine.withLock { engine in
      if queue.withLock({ $0.isClosed }) { return .failure(.closed) }
      engine?.close(isOrderly: false)
      engine = nil
      do throws(JSONStateError) {
        let (opened, report) = try Engine<State>.open(files, policy: policy, now: now)
        let newest = Durable(state: opened.working.state, lastNumber: opened.lastNumber)
        durable.withLock { $0 = newest }
        status.withLock { status in
          status.openingReport = report
          status.losses = opened.losses
        }
        note(opened.failure, opened.snapshotFailure)
        engine = opened
        return .success(())
      } catch {
        status.withLock { $0.failure = error }
        return .failure(error)
      }
    }
    try result.get()
  }

  /// - Parameter isOrderly: whether the snapshot is to be written.
  func close(isOrderly: Bool) {
    queue.withLock { $0.isClosed = true }
    drain()
    engine.withLock { engine in
      engine?.close(isOrderly: isOrderly)
      engine = nil
    }
  }

  func verify() throws(JSONStateError) -> Verification {
    let result: Result<Inspection<State>, JSONStateError> = engine.withLock { engine in
      do throws(JSONStateError) {
        guard let engine else { throw .closed }
        return .success(try Inspection(files, journalLength: engine.journalLength))
      } catch {
        return .failure(error)
      }
    }
    return try result.get().run()
  }

  func forEachRecord(
    from first: Int, _ body: (JournalRecord<State.Entry>) throws -> Void
  ) throws {
    let decoder = JSONDecoder()
    try files.forEachLine(
      from: first, to: durable.withLock { $0.lastNumber }, stateVersion: State.formatVersion
    ) { line, json in
      try body(
        JournalRecord(
          number: line.number, date: line.timestamp.date,
          entry: try decoder.decode(State.Entry.self, from: Data(json))))
    }
  }
}

/// Carries a decision's value from the thread that made it to whoever waits.
private final class Outcome<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)

  func set(_ new: Value) { value.withLock { $0 = new } }

  func result(_ error: JSONStateError?) -> Result<Value, JSONStateError> {
    if let error { return .failure(error) }
    guard let value = value.withLock({ $0 }) else { return .failure(.closed) }
    return .success(value)
  }
}
