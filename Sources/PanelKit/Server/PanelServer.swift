import Hummingbird
import HummingbirdCore
import JSONState
import Logging
import NIOCore
import ServiceLifecycle

/// The web server of a daemon, as a service.
///
/// Whatever routes it is given, it answers with strict security headers, bounds the size of requests and the
/// time that they may take, and lets a request pass only to whom the route says it is for (see
/// ``PanelRouter`` and ``PanelProtection``).
public struct PanelServer: Service {
  /// How much a client may ask of the server.
  public struct Limits: Sendable {
    /// The longest body, in bytes.
    public var body = 16 * 1024
    /// How many connections there are at most. For one more the one makes room that was unused longest.
    public var connections = 256
    /// How many of these one client may have; this machine's own are not bounded by it.
    public var connectionsOfOneClient = 64
    /// How long a client may take to send the body of a request, and to begin to read a long answer.
    public var transfer: Duration = .seconds(30)
    /// How long a connection may be without a request whose head has come.
    public var idle: Duration = .seconds(60)

    public init() {}
  }

  private let host: String
  private let port: Int
  private let routes: [any PanelRoutes]
  private let protection: PanelProtection
  private let language: @Sendable () -> Language
  private let limits: Limits
  private let name: String?
  private let setting: String
  private let logger: Logger
  private let onRunning: @Sendable (_ port: Int) async -> Void

  /// - Parameters:
  ///   - host: the address to listen on; `127.0.0.1` is this machine only, `0.0.0.0` every network.
  ///   - port: 0 to 65535; 0 lets the kernel choose.
  ///   - routes: the pages.
  ///   - protection: who may do what; there is no default.
  ///   - language: for browsers that want none of those that the pages speak. Asked for with each request, for it may
  ///     be a setting.
  ///   - name: what every answer says in its `Server` header; nil for nothing.
  ///   - setting: what the user sets `port` with, to be named when it is taken.
  ///   - onRunning: called with the port once requests are answered.
  public init(
    host: String, port: Int, routes: [any PanelRoutes], protection: PanelProtection,
    language: @escaping @Sendable () -> Language = { .english }, limits: Limits = Limits(),
    name: String? = nil, setting: String = "panel.port",
    logger: Logger, onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) {
    self.host = host
    self.port = port
    self.routes = routes
    self.protection = protection
    self.language = language
    self.limits = limits
    self.name = name
    self.setting = setting
    self.logger = logger
    self.onRunning = onRunning
  }

  /// Serves the pages until the daemon ends. Where they cannot be served (a taken port, an address that this machine
  /// does not have yet) that is logged and tried again: what the daemon does besides does not depend on it.
  public func run() async throws {
    var told: String?
    var pause = Duration.seconds(1)
    while !Task.isCancelled {
      do {
        return try await application.run()
      } catch is CancellationError {
        return
      } catch {
        let problem = await onOwnThread { [host, port, setting] in
          ListenProblem.words(for: error, host: host, port: port, setting: setting)
        }
        if problem != told { logger.error("there are no pages: \(problem). Trying again until it works") }
        told = problem
      }
      do {
        try await cancelWhenGracefulShutdown { [pause] in try await Task.sleep(for: pause) }
      } catch {
        return
      }
      pause = min(pause * 2, .seconds(5))
    }
  }

  /// All routes behind their protection.
  var router: Router<PanelContext> {
    let router = Router(context: PanelContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: SecurityHeaders())
    router.add(middleware: Preparation(maximumBody: limits.body, language: language))
    router.add(middleware: ErrorResponses())
    router.add(middleware: Bounds())
    let routes = PanelRouter(router, gate: Gate(protection: protection))
    StaticAssets.shared.add(to: routes)
    if case .login(let access, let frame) = protection {
      LoginRoutes(access: access, frame: frame).add(to: routes)
      AccountRoutes(access: access, frame: frame).add(to: routes)
    }
    for part in self.routes { part.add(to: routes) }
    routes.finish()
    return router
  }

  /// The application behind it, for tests that send requests to it.
  public var application: Application<RouterResponder<PanelContext>> {
    let connections = Connections(
      ConnectionTable(most: limits.connections, mostOfOneClient: limits.connectionsOfOneClient))
    return Application(
      router: router,
      server: HTTPServerBuilder { [limits] responder in
        EventLoopChannel(
          http: HTTP1Channel(
            responder: responder,
            configuration: .init(
              additionalChannelHandlers: [
                SlowClients(limit: TimeAmount(limits.transfer), connections: connections)
              ],
              idleTimeout: TimeAmount(limits.idle),
              httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8 * 1024, maxHeaderListSize: 16 * 1024, maxHeaderFieldCount: 100))))
      },
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: name),
      onServerRunning: { [protection, onRunning, logger] channel in
        let port = channel.localAddress?.port ?? 0
        if case .login(let access, _) = protection, !access.store.hasPassword {
          logger.notice(
            """
            there is no password yet: open /setup, on this machine, or from another one with the code \
            \(access.setupCode)
            """)
        }
        await onRunning(port)
      },
      logger: logger)
  }
}
