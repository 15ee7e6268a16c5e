import HTTPTypes
import Hummingbird

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
    } catch let error as HTTPError {
      return Self.response(status: error.status, message: error.body, headers: error.headers, to: request)
    } catch let error as any HTTPResponseError {
      return Self.response(status: error.status, message: nil, headers: [:], to: request)
    } catch {
      context.logger.error("\(request.method) \(request.uri.path) failed", metadata: ["error": "\(error)"])
      return Self.response(status: .internalServerError, message: nil, headers: [:], to: request)
    }
  }

  private struct Page {
    var language: String
    var title: String
    var code: Int
    var message: String
  }

  private static func response(
    status: HTTPResponse.Status, message: String?, headers: HTTPFields, to request: Request
  ) -> Response {
    if request.headers[.accept]?.contains("text/html") == true {
      let language = request.language(default: .english)
      let words = ErrorWords.in(language)
      let page = Page(
        language: language.rawValue, title: words.title(of: status), code: Int(status.code),
        message: message ?? words.hint)
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

struct ErrorWords: Words {
  var badRequest: String
  var forbidden: String
  var notFound: String
  var tooLarge: String
  var other: String
  var hint: String

  static let english = ErrorWords(
    badRequest: "The request could not be understood", forbidden: "Not allowed from here",
    notFound: "There is no such page", tooLarge: "Too much was sent", other: "Something went wrong",
    hint: "Check the address.")
  static let french = ErrorWords(
    badRequest: "Demande incompréhensible", forbidden: "Accès refusé d’ici",
    notFound: "Cette page n’existe pas", tooLarge: "Envoi trop volumineux",
    other: "Un problème est survenu", hint: "Vérifiez l’adresse.")

  func title(of status: HTTPResponse.Status) -> String {
    switch status {
    case .badRequest, .unsupportedMediaType, .methodNotAllowed: badRequest
    case .forbidden: forbidden
    case .notFound: notFound
    case .contentTooLarge: tooLarge
    default: other
    }
  }
}

extension Request {
  /// The language of the answer: `?lang=`, else the browser's liking, else `fallback`.
  public func language(default fallback: Language) -> Language {
    if let asked = uri.queryParameters["lang"].flatMap({ Language(tag: $0) }) { return asked }
    return headers[.acceptLanguage].flatMap(Language.negotiated(acceptLanguage:)) ?? fallback
  }
}
