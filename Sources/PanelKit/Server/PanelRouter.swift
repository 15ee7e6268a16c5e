import HTTPTypes
import Hummingbird

/// A part of the pages: adds its routes to the server's router.
public protocol PanelRoutes: Sendable {
  func add(to router: PanelRouter)
}

/// Where routes are declared: each with its path, who may use it, and what it answers.
///
/// A path has the form `/invoicing/:id`; what a segment with a colon stands for is read by
/// ``PanelContext/parameter(_:)``. HEAD is answered wherever GET is, OPTIONS everywhere, and a method that a
/// path does not have gets 405 with the methods that it has.
public struct PanelRouter {
  public typealias Handler<Answer: ResponseGenerator> =
    @Sendable (Request, PanelContext) async throws -> Answer

  private let prefix: String
  private let router: Router<PanelContext>
  private let gate: Gate
  private let methods: Methods

  /// The methods of each path.
  private final class Methods {
    var ofPath: [String: Set<HTTPRequest.Method>] = [:]
  }

  init(_ router: Router<PanelContext>, gate: Gate) {
    self.init(prefix: "", router: router, gate: gate, methods: Methods())
  }

  private init(prefix: String, router: Router<PanelContext>, gate: Gate, methods: Methods) {
    self.prefix = prefix
    self.router = router
    self.gate = gate
    self.methods = methods
  }

  /// Routes whose paths begin with `path`.
  public func group(_ path: String) -> PanelRouter {
    PanelRouter(prefix: prefix + path, router: router, gate: gate, methods: methods)
  }

  public func get(
    _ path: String, _ access: ReadAccess, use handler: @escaping Handler<some ResponseGenerator>
  ) {
    on(path, .get, access.need, handler)
  }

  public func post(
    _ path: String, _ access: ChangeAccess, use handler: @escaping Handler<some ResponseGenerator>
  ) {
    on(path, .post, access.need, handler)
  }

  public func put(
    _ path: String, _ access: ChangeAccess, use handler: @escaping Handler<some ResponseGenerator>
  ) {
    on(path, .put, access.need, handler)
  }

  public func delete(
    _ path: String, _ access: ChangeAccess, use handler: @escaping Handler<some ResponseGenerator>
  ) {
    on(path, .delete, access.need, handler)
  }

  private func on(
    _ path: String, _ method: HTTPRequest.Method, _ need: RouteNeed,
    _ handler: @escaping Handler<some ResponseGenerator>
  ) {
    let path = prefix + path
    methods.ofPath[path, default: []].insert(method)
    router.on(RouterPath(path), method: method) { [gate] request, context in
      var (request, context) = (request, context)
      try await gate.admit(&request, &context, need)
      return try await handler(request, context).response(from: request, context: context)
    }
  }

  /// Answers what the declared routes leave open: other methods, and OPTIONS.
  func finish() {
    let all: [HTTPRequest.Method] = [.get, .post, .put, .delete, .patch, .trace, .connect]
    for (path, methods) in methods.ofPath {
      var allowed = methods.union([.options])
      if methods.contains(.get) { allowed.insert(.head) }
      let header = allowed.map(\.rawValue).sorted().joined(separator: ", ")
      let path = RouterPath(path)
      router.on(path, method: .options) { _, _ in Response(status: .ok, headers: [.allow: header]) }
      for method in all where !methods.contains(method) {
        router.on(path, method: method) { _, _ -> Response in
          throw HTTPError(.methodNotAllowed, headers: [.allow: header])
        }
      }
      if !methods.contains(.get) {
        router.on(path, method: .head) { _, _ -> Response in
          throw HTTPError(.methodNotAllowed, headers: [.allow: header])
        }
      }
    }
  }
}
