#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A value that threads share, and whose changes they can wait for: a lock with a condition variable.
///
/// Waits go by the clock of ``MonotonicClock``. Those of `DispatchSemaphore` and `NSCondition` go by the wall clock on
/// Linux: when that is set back by an hour, a wait of 100 ms lasts an hour.
///
/// May be used from any thread. Both methods block their thread, so keep what they run short, and never wait on
/// Swift's cooperative pool.
public final class Monitor<Value: Sendable>: Sendable {
  private let mutex = Place(pthread_mutex_t())
  private let changed = Place(pthread_cond_t())
  private let value: Place<Value>

  public init(_ value: Value) {
    self.value = Place(value)
    pthread_mutex_init(mutex.pointer, nil)
    #if canImport(Darwin)
      pthread_cond_init(changed.pointer, nil)
    #else
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(changed.pointer, &attributes)
      pthread_condattr_destroy(&attributes)
    #endif
  }

  deinit {
    pthread_cond_destroy(changed.pointer)
    pthread_mutex_destroy(mutex.pointer)
    changed.free()
    mutex.free()
    value.free()
  }

  /// Changes the value and wakes those that wait for it.
  public func change<Result>(_ body: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(mutex.pointer)
    defer {
      pthread_cond_broadcast(changed.pointer)
      pthread_mutex_unlock(mutex.pointer)
    }
    return body(&value.pointer.pointee)
  }

  /// Waits until the value is as wanted.
  /// - Parameters:
  ///   - limit: how long to wait; zero only looks.
  ///   - isWanted: asked before the wait and after each change.
  ///   - take: runs once, when the value is as wanted or the time is over, before anybody else can change it.
  public func wait<Result>(
    atMost limit: Duration, until isWanted: (Value) -> Bool, then take: (inout Value) -> Result
  ) -> Result {
    let deadline = SystemClock().now.advanced(by: limit)
    pthread_mutex_lock(mutex.pointer)
    defer { pthread_mutex_unlock(mutex.pointer) }
    while !isWanted(value.pointer.pointee), waitForChange(until: deadline) {}
    return take(&value.pointer.pointee)
  }

  /// Waits until the value is as wanted.
  /// - Parameter limit: how long to wait; zero only looks.
  /// - Returns: false when the time was over before.
  @discardableResult
  public func wait(atMost limit: Duration, until isWanted: (Value) -> Bool) -> Bool {
    wait(atMost: limit, until: isWanted) { isWanted($0) }
  }

  /// Lets go of the lock until something changes, or for no reason.
  /// - Returns: false when the time is over.
  private func waitForChange(until deadline: MonotonicInstant) -> Bool {
    #if canImport(Darwin)
      let rest = SystemClock().now.duration(to: deadline).wholeNanoseconds
      guard rest > 0 else { return false }
      var limit = timespec(tv_sec: Int(rest / 1_000_000_000), tv_nsec: Int(rest % 1_000_000_000))
      return pthread_cond_timedwait_relative_np(changed.pointer, mutex.pointer, &limit) == 0
    #else
      var limit = timespec(
        tv_sec: Int(deadline.nanoseconds / 1_000_000_000), tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
      return pthread_cond_timedwait(changed.pointer, mutex.pointer, &limit) == 0
    #endif
  }
}

/// Memory with an address that stays, as pthread's locks need it; only ever touched under such a lock.
private struct Place<Content>: Sendable {
  private let address: UInt

  init(_ content: Content) {
    let pointer = UnsafeMutablePointer<Content>.allocate(capacity: 1)
    pointer.initialize(to: content)
    address = UInt(bitPattern: pointer)
  }

  var pointer: UnsafeMutablePointer<Content> {
    guard let pointer = UnsafeMutablePointer<Content>(bitPattern: address) else {
      preconditionFailure("memory at address 0")
    }
    return pointer
  }

  func free() {
    pointer.deinitialize(count: 1)
    pointer.deallocate()
  }
}
