import Dispatch

/// Where pages are drawn that look through all of the books: one after the other on a thread of their own, so
/// that the threads that answer requests never wait for one.
struct DrawingQueue: Sendable {
  private let queue = DispatchQueue(label: "pages", qos: .utility)

  func draw<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: body()) }
    }
  }
}
