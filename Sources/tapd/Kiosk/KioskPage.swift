import Hummingbird
import PanelKit

/// The kiosk page as a document.
enum KioskPage {
  static let assets = StaticAssets([
    StaticAsset(name: "kiosk.css", mediaType: "text/css", bytes: PackageResources.kiosk_css),
    StaticAsset(name: "kiosk.js", mediaType: "text/javascript", bytes: PackageResources.kiosk_js),
  ])

  /// Changes with every file that makes the page.
  static let version = StaticAssets.version(
    [StaticAssets.shared.version, assets.version], template: PackageResources.kiosk_mustache)

  private static let library: PageLibrary = {
    do {
      return try PageLibrary(["kiosk": String(decoding: PackageResources.kiosk_mustache, as: UTF8.self)])
    } catch {
      preconditionFailure("The kiosk's template does not parse: \(error)")
    }
  }()

  /// What the template reads.
  private struct Content {
    var language: String
    var title: String
    var version: String
    var style: String
    var live: String
    var script: String
    var events: String
    var lost: String
    var view: KioskView
    var text: [String: String]
    /// How far the liquid stands below the mark, in units of the drawing.
    var drop: Int
    var isEmpty: Bool
    var kegGauge: String
    var kegPercent: Int
  }

  static func response(_ screen: TapScreen, tap: String, language: Language) -> Response {
    let view = KioskView(screen, language: language)
    let lost = (try? JSONText.encode(KioskView.connectionLost(language))) ?? "null"
    let content = Content(
      language: language.rawValue, title: screen.tap, version: version,
      style: assets.path(of: "kiosk.css"), live: StaticAssets.shared.path(of: "live.js"),
      script: assets.path(of: "kiosk.js"),
      events: "/tap/\(tap)/events?lang=\(language.rawValue)", lost: lost, view: view, text: view.text,
      drop: (1000 - view.fill) * 208 / 1000, isEmpty: view.fill == 0,
      kegGauge: KioskWords.in(language).kegGauge,
      kegPercent: (view.keg ?? 0) / 10)
    return library.response(content, template: "kiosk")
  }
}
