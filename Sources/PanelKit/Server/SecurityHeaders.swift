import HTTPTypes
import Hummingbird

/// Adds the headers that keep a page to itself.
///
/// Scripts and styles come from the daemon's own files only, never inline; only the daemon's own pages may
/// frame a page; nothing is stored unless a response says otherwise.
struct SecurityHeaders: RouterMiddleware {
  typealias Context = PanelContext

  private static let fixed: [(HTTPField.Name, String)] = [
    (
      .contentSecurityPolicy,
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
    ),
    (.xContentTypeOptions, "nosniff"),
    (.named("X-Frame-Options"), "SAMEORIGIN"),
    // Not `no-referrer`: with that, a browser does not say of a form that it comes from one of these pages.
    (.named("Referrer-Policy"), "same-origin"),
    (.named("Cross-Origin-Opener-Policy"), "same-origin"),
    (.named("Cross-Origin-Resource-Policy"), "same-origin"),
  ]

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    for (name, value) in Self.fixed { response.headers[name] = value }
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    return response
  }
}

extension HTTPField.Name {
  /// A name known to be a valid token when it is written down here.
  static func named(_ name: String) -> HTTPField.Name {
    guard let valid = HTTPField.Name(name) else { preconditionFailure("'\(name)' is no field name") }
    return valid
  }
}
