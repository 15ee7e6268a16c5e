import Hummingbird
import Logging
import ServiceLifecycle

/// A part of the pages: adds its routes to the server's router.
public protocol PanelRoutes: Sendable {
  func add(to router: Router<PanelContext>)
}

/// The web server of a daemon, as a service.
///
/// Whatever routes it is given, it answers with strict security headers, bounds the size of requests, and
/// refuses every method that changes state unless the request comes from a page of its own, opened on this
/// very machine (see ``LocalOnly``).
public struct PanelServer: Service {
  private let host: String
  private let port: Int
  private let routes: [any PanelRoutes]
  private let logger: Logger
  private let onRunning: @Sendable (_ port: Int) async -> Void

  /// - Parameters:
  ///   - host: the address to listen on; `127.0.0.1` is this machine only, `0.0.0.0` every network.
  ///   - port: 0 to 65535; 0 lets the kernel choose.
  ///   - routes: the pages.
  ///   - onRunning: called with the port once requests are answered.
  public init(
    host: String, port: Int, routes: [any PanelRoutes], logger: Logger,
    onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) {
    self.host = host
    self.port = port
    self.routes = routes
    self.logger = logger
    self.onRunning = onRunning
  }

  public func run() async throws { try await application.run() }

  /// The application behind it, for tests that send requests to it.
  public var application: Application<RouterResponder<PanelContext>> {
    let router = Router(context: PanelContext.self)
    router.add(middleware: SecurityHeaders())
    router.add(middleware: ErrorResponses())
    router.add(middleware: LocalOnly(methods: .changing))
    StaticAssets.shared.add(to: router)
    for part in routes { part.add(to: router) }
    return Application(
      router: router,
      server: .http1(
        configuration: .init(
          idleTimeout: .seconds(60),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 8 * 1024, maxHeaderListSize: 16 * 1024, maxHeaderFieldCount: 100))),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: .maximum(256, logger: logger)),
      onServerRunning: { [onRunning] channel in await onRunning(channel.localAddress?.port ?? 0) },
      logger: logger)
  }
}
