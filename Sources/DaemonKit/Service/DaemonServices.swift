import JSONState
import Logging
import ServiceLifecycle

/// Threads of their own, as a service: ends them when the daemon ends.
public struct ThreadService: Service {
  private let start: @Sendable () -> Void
  private let stop: @Sendable () -> Void

  /// - Parameter stop: may block; it returns when the threads have ended.
  public init(start: @escaping @Sendable () -> Void, stop: @escaping @Sendable () -> Void) {
    self.start = start
    self.stop = stop
  }

  public func run() async throws {
    start()
    try? await gracefulShutdown()
    await onOwnThread(stop)
  }
}

/// What runs beside the daemon until its task is cancelled, as a service.
public struct CompanionService: Service {
  private let body: @Sendable () async -> Void

  public init(_ body: @escaping @Sendable () async -> Void) { self.body = body }

  public func run() async throws {
    await cancelWhenGracefulShutdown { await body() }
  }
}

/// Runs a daemon's services until SIGTERM or SIGINT; then ends them, the last one first, in 15 s at most.
public func runUntilSignalled(_ services: [any Service], logger: Logger) async throws {
  var group = ServiceGroupConfiguration(
    services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
  group.maximumGracefulShutdownDuration = .seconds(15)
  try await ServiceGroup(configuration: group).run()
}
