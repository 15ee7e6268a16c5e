import HTTPTypes
import Hummingbird

/// What a daemon's pages are protected by.
public enum PanelProtection: Sendable {
  /// There is no login. What is not open is for a browser on this very machine, and so is everything that
  /// changes something.
  case localOnly
  /// A password, and keys for scripts. The pages for that stand in the frame.
  case login(AccessControl, PageFrame)
}

/// Stands before every route.
struct Gate: Sendable {
  let protection: PanelProtection

  /// Lets a request pass, and notes who asks.
  func admit(
    _ request: inout Request, _ context: inout PanelContext, _ need: RouteNeed
  ) async throws {
    let address = context.remoteAddress?.ipAddress
    let changes = !request.isRead
    switch protection {
    case _ where need == .demo:
      try LocalOnly.checkPage(request, changes: changes)
    case .localOnly where changes || need != .open:
      try LocalOnly.check(request, from: address, changes: changes)
      context.visitor = .local
    case .localOnly:
      break
    case .login where need == .local:
      try LocalOnly.check(request, from: address, changes: changes)
      context.visitor = .local
    case .login(let access, _):
      context.visitor = try access.visitor(of: request, context.cookies, from: address)
      guard context.visitor.satisfies(need) else {
        if case .key = context.visitor { throw PanelError.scopeMissing }
        throw access.store.hasPassword ? PanelError.loginNeeded : PanelError.setupNeeded
      }
      if changes, case .session(let session) = context.visitor {
        guard access.isFromOwnPage(request) else { throw PanelError.foreignPage }
        // Login and logout look after their forms by themselves.
        if need == .open { break }
        let token = try await Self.token(&request, context)
        guard constantTimeEqual(token.utf8, session.csrf.utf8) else { throw PanelError.wrongToken }
      }
    }
  }

  /// The token that came with a change: in the header, for a script on a page, else in the form.
  private static func token(_ request: inout Request, _ context: PanelContext) async throws -> String {
    if let token = request.headers[.named("X-CSRF-Token")] { return token }
    guard request.isForm else { return "" }
    let body = try await request.collectBody(upTo: context.maxUploadSize)
    return try Form(body)["csrf"] ?? ""
  }
}
