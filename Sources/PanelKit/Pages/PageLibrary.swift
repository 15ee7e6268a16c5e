import HTTPTypes
import Hummingbird
import Mustache

/// Page templates, parsed once. Each has `layout` as its frame.
public struct PageLibrary: Sendable {
  private let library: MustacheLibrary

  /// - Parameter templates: the text of each template by its name.
  /// - Throws: what is wrong with a template, and where.
  public init(_ templates: [String: String]) throws {
    var library = MustacheLibrary()
    let shared = Self.shared.merging(templates) { _, own in own }
    EscapedHTML.register()
    for (name, text) in shared { try library.register(EscapedHTML.pragma + text, named: name) }
    self.library = library
  }

  /// What every page can build on: the bare document, and parts.
  private static let shared = [
    "layout": text(PackageResources.layout_mustache),
    "csrf": HTML.csrfField("{{csrf}}"),
    "board-start": text(PackageResources.board_start_mustache),
    "board-cards": text(PackageResources.board_cards_mustache),
    "board-pins": text(PackageResources.board_pins_mustache),
  ]

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The pages of this library itself.
  static let panelKit: PageLibrary = {
    do {
      return try PageLibrary([
        "error": text(PackageResources.error_mustache), "login": text(PackageResources.login_mustache),
        "setup": text(PackageResources.setup_mustache),
        "account": text(PackageResources.account_mustache),
        "frame": text(PackageResources.frame_mustache),
        "account-links": text(PackageResources.account_links_mustache),
        "languages": text(PackageResources.languages_mustache),
        "places":
          ##"{{#items}}<a href="{{address}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{title}}</a>{{/items}}"##,
      ])
    } catch {
      preconditionFailure("The built-in templates do not parse: \(error)")
    }
  }()

  /// What `template` makes of `content`.
  public func text(_ content: Any, template: String) -> String {
    guard let text = library.render(templateContent(content) ?? content, withTemplate: template) else {
      preconditionFailure("There is no template '\(template)'")
    }
    return text
  }

  /// The page that `template` makes of `content`.
  public func response(
    _ content: Any, template: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    let text = text(content, template: template)
    var headers = headers
    headers[.contentType] = "text/html; charset=utf-8"
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}

/// Escapes what templates fill in, byte by byte. Mustache's own escaping goes by characters: a quotation mark
/// with a combining accent after it is one character that equals no quotation mark, and would end an
/// attribute.
private struct EscapedHTML: MustacheContentType {
  private static let name = "EscapedHTML"

  /// Stands at the beginning of each template, for parts begin anew with Mustache's own.
  static let pragma = "{{% CONTENT_TYPE:\(name)}}"

  static func register() { MustacheContentTypes.register(EscapedHTML(), named: name) }

  func escapeText(_ text: String) -> String { HTML.escape(text) }
}
