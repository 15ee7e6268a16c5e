import HTTPTypes
import Hummingbird

/// Fills in what every request has: the bound of its body and the language of its answer.
struct Preparation: RouterMiddleware {
  typealias Context = PanelContext

  private static let cookieName = "lang"

  let maximumBody: Int
  let language: @Sendable () -> Language

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.maxUploadSize = maximumBody
    context.cookies = request.cookies
    let asked = request.uri.queryParameters["lang"].flatMap { Language(tag: $0) }
    let chosen = context.cookies[Self.cookieName].flatMap { Language(tag: $0.value) }
    context.language = asked ?? chosen ?? request.language(default: language())

    var response = try await next(request, context)
    let isPage = response.headers[.contentType]?.hasPrefix("text/html") == true
    if let asked, asked != chosen, isPage {
      response.setCookie(
        Cookie(
          name: Self.cookieName, value: asked.rawValue, maxAge: 365 * 86_400, path: "/", httpOnly: true,
          sameSite: .lax))
    }
    return response
  }
}

/// Refuses what need not be looked at: a body that says itself that it is too long, and addresses with empty
/// segments, so that each page has one address.
struct Bounds: RouterMiddleware {
  typealias Context = PanelContext

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > context.maxUploadSize {
      throw HTTPError(.contentTooLarge, headers: [.connection: "close"])
    }
    let path = request.uri.path
    let slash = UInt8(ascii: "/")
    let hasEmptySegment = zip(path.utf8, path.utf8.dropFirst()).contains { $0 == slash && $1 == slash }
    if hasEmptySegment || (path.hasSuffix("/") && path != "/") { throw HTTPError(.notFound) }
    return try await next(request, context)
  }
}
