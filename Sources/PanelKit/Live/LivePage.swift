import Hummingbird

/// A page that keeps itself up to date: a stylesheet, a script that uses `live.js`, and a template.
///
/// The template stands in the frame `layout`. It reads `style`, `live` and `script` (addresses), `version`
/// (for ``LiveUpdate``), and within `{{#content}}` the members of what is drawn.
public struct LivePage: PanelRoutes {
  private let name: String
  private let assets: StaticAssets
  private let library: PageLibrary

  /// Changes with every file that makes the page.
  public let version: String

  /// A template that does not parse is a mistake of the program.
  ///
  /// - Parameter name: the template's name and that of the files, as in `kiosk`.
  public init(name: String, style: [UInt8], script: [UInt8], template: [UInt8]) {
    self.name = name
    assets = StaticAssets([
      StaticAsset(name: "\(name).css", mediaType: "text/css", bytes: style),
      StaticAsset(name: "\(name).js", mediaType: "text/javascript", bytes: script),
    ])
    version = StaticAssets.version([StaticAssets.shared.version, assets.version], template: template)
    do {
      library = try PageLibrary([name: String(decoding: template, as: UTF8.self)])
    } catch {
      preconditionFailure("The template of '\(name)' does not parse: \(error)")
    }
  }

  public func add(to router: PanelRouter) { assets.add(to: router) }

  private struct Page {
    var language: String
    var title: String
    var version: String
    var style: String
    var live: String
    var script: String
    var content: Any
  }

  /// The page that shows `content`, a struct.
  public func response(_ content: Any, title: String, language: Language) -> Response {
    let page = Page(
      language: language.rawValue, title: title, version: version, style: assets.path(of: "\(name).css"),
      live: StaticAssets.shared.path(of: "live.js"), script: assets.path(of: "\(name).js"), content: content)
    return library.response(page, template: name)
  }
}
