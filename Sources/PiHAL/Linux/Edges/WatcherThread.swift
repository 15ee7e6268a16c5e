#if os(Linux)
  import CLinuxIO
  import Glibc

  /// A thread of its own that waits for a descriptor to become readable, and can be ended.
  ///
  /// It asks for real-time priority, which needs a limit (`LimitRTPRIO=10` in a systemd unit) and is a
  /// refinement only: without it the kernel's queue bridges longer waits.
  final class WatcherThread: Sendable {
    private let thread: pthread_t
    private let stopper: Int32

    /// - Parameters:
    ///   - pause: how long the descriptor is left alone after a step, so that what comes in the meantime costs one
    ///     step and not one each.
    ///   - step: runs on the thread whenever the descriptor is readable or `deadline` has come, and at the start.
    ///     Returns when to run again at the latest (nil: not before the descriptor is readable), or throws to
    ///     end the thread.
    init(
      descriptor: Int32, pause: Duration = .zero,
      step: @escaping @Sendable () throws(PiHALError) -> MonotonicInstant?
    ) throws(PiHALError) {
      stopper = eventfd(0, Int32(EFD_CLOEXEC))
      guard stopper >= 0 else { throw Self.failure(errno) }
      let stopper = stopper
      let body = Body {
        setRealTimePriority()
        let clock = SystemClock()
        while let deadline = try? Deadline(step()) {
          var stop = pollfd(fd: stopper, events: Int16(POLLIN), revents: 0)
          if pause > .zero, poll(&stop, 1, pause.pollMilliseconds) > 0 { return }
          var waits = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), stop]
          let wait = deadline.instant.map { clock.now.duration(to: $0).pollMilliseconds } ?? -1
          poll(&waits, 2, wait)
          if waits[1].revents != 0 { return }
        }
      }
      // The program's signals are for its other threads.
      var all = sigset_t()
      var before = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_SETMASK, &all, &before)
      defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
      var thread = pthread_t()
      let held = Unmanaged.passRetained(body)
      let result = pthread_create(
        &thread, nil,
        { argument in
          // The argument is the body retained below; pthread_create passes it on unchanged.
          if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
          return nil
        }, held.toOpaque())
      guard result == 0 else {
        held.release()
        Glibc.close(stopper)
        throw Self.failure(result)
      }
      self.thread = thread
    }

    /// Ends the thread and waits until it has. Call it once, from another thread.
    func stop() {
      var one: UInt64 = 1
      Glibc.write(stopper, &one, 8)
      pthread_join(thread, nil)
      Glibc.close(stopper)
    }

    private static func failure(_ error: Int32) -> PiHALError {
      PiHALError(
        .unsupported, place: "a thread for edges", problem: "could not be started (\(ErrorText.name(error)))",
        remedy: "raise the limits of processes and open files", errorNumber: error)
    }

    /// Tells "run again at nil" from "do not run again".
    private struct Deadline {
      let instant: MonotonicInstant?
      init(_ instant: MonotonicInstant?) { self.instant = instant }
    }

    private final class Body: Sendable {
      let run: @Sendable () -> Void
      init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
  }

  /// Puts the calling thread before all ordinary ones, where that is permitted.
  func setRealTimePriority() {
    var parameters = sched_param()
    parameters.sched_priority = 10
    pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters)
  }
#endif
