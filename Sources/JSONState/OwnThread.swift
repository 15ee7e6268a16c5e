import Foundation

/// Runs blocking work on a thread of its own, off Swift's cooperative pool, and waits for it without blocking.
package func onOwnThread<Value: Sendable, Failure: Error>(
  _ body: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
  let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
    let thread = Thread {
      do throws(Failure) {
        continuation.resume(returning: .success(try body()))
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    thread.name = "blocking work"
    thread.start()
  }
  return try result.get()
}
