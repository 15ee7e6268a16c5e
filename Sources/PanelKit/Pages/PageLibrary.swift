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
    for (name, text) in shared { try library.register(text, named: name) }
    self.library = library
  }

  /// What every page can build on: frames, and parts.
  private static let shared = [
    "layout": text(PackageResources.layout_mustache),
    "app": text(PackageResources.app_mustache),
    "account": text(PackageResources.account_links_mustache),
    "languages": text(PackageResources.languages_mustache),
    "csrf": #"<input type="hidden" name="csrf" value="{{frame.csrf}}">"#,
    "pagination": text(PackageResources.pagination_mustache),
    "places":
      ##"{{#frame.items}}<a href="{{address}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{title}}</a>{{/frame.items}}"##,
  ]

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The pages of this library itself.
  static let panelKit: PageLibrary = {
    do {
      return try PageLibrary([
        "error": text(PackageResources.error_mustache), "login": text(PackageResources.login_mustache),
        "setup": text(PackageResources.setup_mustache),
        "account-page": text(PackageResources.account_mustache),
      ])
    } catch {
      preconditionFailure("The built-in templates do not parse: \(error)")
    }
  }()

  /// The page that `template` makes of `content`.
  public func response(
    _ content: Any, template: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    guard let text = library.render(content, withTemplate: template) else {
      preconditionFailure("There is no template '\(template)'")
    }
    var headers = headers
    headers[.contentType] = "text/html; charset=utf-8"
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
