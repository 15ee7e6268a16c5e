import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread that repeats a step until it is stopped or the step says that it was the last one.
final class StationThread: Sendable {
  private final class Body: Sendable {
    let isStopped = Atomic<Bool>(false)
    let step: @Sendable () -> Bool

    init(_ step: @escaping @Sendable () -> Bool) { self.step = step }

    func run() {
      while !isStopped.load(ordering: .acquiring), step() {}
    }
  }

  private let body: Body

  init(_ step: @escaping @Sendable () -> Bool) {
    body = Body(step)
    let retained = Unmanaged.passRetained(body).toOpaque()
    #if canImport(Darwin)
      var thread: pthread_t?
      let failed = pthread_create(&thread, nil, stationThreadMain, retained) != 0
      if let thread, !failed { pthread_detach(thread) }
    #else
      var thread = pthread_t()
      let failed = pthread_create(&thread, nil, stationThreadMain, retained) != 0
      if !failed { pthread_detach(thread) }
    #endif
    precondition(!failed, "The system has no thread left for the virtual board")
  }

  /// The step that is running is the last.
  func stop() { body.isStopped.store(true, ordering: .releasing) }

  fileprivate static func run(_ retained: UnsafeMutableRawPointer) {
    Unmanaged<Body>.fromOpaque(retained).takeRetainedValue().run()
  }
}

#if canImport(Darwin)
  private func stationThreadMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    StationThread.run(argument)
    return nil
  }
#else
  private func stationThreadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { StationThread.run(argument) }
    return nil
  }
#endif
