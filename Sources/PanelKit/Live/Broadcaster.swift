import Synchronization

/// Hands the newest value of something to any number of listeners.
///
/// It keeps one value and no history: whoever is slow misses what was in between and gets the newest, so no
/// listener makes a queue grow. `send` may be called from any thread and never blocks on a listener.
public final class Broadcaster<Value: Sendable>: Sendable {
  private struct State: Sendable {
    var value: Value
    var generation: UInt64 = 0
    var nextListener: UInt64 = 0
    var listeners: [UInt64: AsyncStream<Void>.Continuation] = [:]
  }
  private let state: Mutex<State>

  public init(_ value: Value) { state = Mutex(State(value: value)) }

  /// The newest value.
  public var current: Value { state.withLock(\.value) }

  /// How many listeners there are.
  public var listenerCount: Int { state.withLock(\.listeners.count) }

  /// Makes `value` the newest and wakes the listeners.
  public func send(_ value: Value) {
    let listeners = state.withLock { state in
      state.value = value
      state.generation &+= 1
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.yield() }
  }

  /// The newest value and its number, which grows with each `send`.
  var latest: (value: Value, generation: UInt64) { state.withLock { ($0.value, $0.generation) } }

  /// Wakes its reader after each `send`, and once at the start. Several wakings that are not collected are one.
  func wakings() -> (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation) {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      state.nextListener += 1
      state.listeners[state.nextListener] = continuation
      return state.nextListener
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { state in state.listeners[number] = nil }
    }
    continuation.yield()
    return (stream, continuation)
  }
}
