import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Turns an error into an answer: a page for a browser that asked for one, JSON for all others.
///
/// What an unexpected error says goes to the log, not to the client.
struct ErrorResponses: RouterMiddleware {
  typealias Context = PanelContext

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      let response = Self.response(to: request, context, thrown: error)
      return request.method == .head ? response.createHeadResponse() : response
    }
  }

  private static func response(to request: Request, _ context: Context, thrown error: any Error) -> Response {
    switch error {
    case let error as PanelError:
      return response(to: request, context, error)
    case let error as SpokenError:
      let message = error.message(request.wantsPage ? context.language : .english)
      return response(to: request, context, error.status, message: message, headers: error.headers)
    case let error as HTTPError:
      let message = request.wantsPage && context.language != .english ? nil : error.body
      return response(to: request, context, error.status, message: message, headers: error.headers)
    case let error as any HTTPResponseError:
      return response(to: request, context, error.status)
    case is HTTPParserError, is ChannelError, is CancellationError:
      // The body ended early, or was no HTTP any more. Should the client still listen, it is told why.
      return response(to: request, context, .badRequest, headers: [.connection: "close"])
    default:
      context.logger.error("\(request.method) \(request.uri.path) failed", metadata: ["error": "\(error)"])
      return response(to: request, context, .internalServerError)
    }
  }

  private struct Page {
    var language: String
    var style: String
    var title: String
    var code: Int
    var message: String
    var home: String
  }

  private static func response(
    to request: Request, _ context: Context, _ error: PanelError
  ) -> Response {
    let wantsPage = request.wantsPage
    switch error {
    case .loginNeeded where wantsPage:
      let next = NextPage.of(request)
      return .redirect(to: next == "/" ? "/login" : "/login?next=\(NextPage.encoded(next))", type: .normal)
    case .setupNeeded where wantsPage:
      return .redirect(to: "/setup", type: .normal)
    default:
      let words = ErrorWords.in(wantsPage ? context.language : .english)
      let headers: HTTPFields = error.status == .unauthorized ? [.wwwAuthenticate: "Bearer"] : [:]
      return response(to: request, context, error.status, message: words.message(of: error), headers: headers)
    }
  }

  private static func response(
    to request: Request, _ context: Context, _ status: HTTPResponse.Status, message: String? = nil,
    headers: HTTPFields = [:]
  ) -> Response {
    if request.wantsPage {
      let words = ErrorWords.in(context.language)
      let page = Page(
        language: context.language.rawValue, style: StaticAssets.shared.path(of: "app.css"),
        title: words.title(of: status), code: Int(status.code), message: message ?? words.hint(about: status),
        home: words.home)
      return PageLibrary.panelKit.response(page, template: "error", status: status, headers: headers)
    }
    var fields = headers
    fields[.contentType] = "application/json; charset=utf-8"
    let text = JSONText.string(message ?? status.reasonPhrase)
    return Response(
      status: status, headers: fields,
      body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"error":{"message":"# + text + "}}")))
  }
}

extension Request {
  /// Whether it is a browser that wants a page.
  var wantsPage: Bool { headers[.accept]?.contains("text/html") == true }

  /// The language of the answer: `?lang=`, else the browser's liking, else `fallback`.
  public func language(default fallback: Language) -> Language {
    if let asked = uri.queryParameters["lang"].flatMap({ Language(tag: $0) }) { return asked }
    return headers[.acceptLanguage].flatMap(Language.negotiated(acceptLanguage:)) ?? fallback
  }
}
