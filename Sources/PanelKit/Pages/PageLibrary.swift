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
    try library.register(String(decoding: PackageResources.layout_mustache, as: UTF8.self), named: "layout")
    for (name, text) in templates { try library.register(text, named: name) }
    self.library = library
  }

  static let panelKit: PageLibrary = {
    do {
      return try PageLibrary([
        "error": String(decoding: PackageResources.error_mustache, as: UTF8.self)
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
