import Hummingbird
import PanelKit

/// The kiosk page as a document.
enum KioskPage {
  static let page = LivePage(
    name: "kiosk", style: PackageResources.kiosk_css, script: PackageResources.kiosk_js,
    template: PackageResources.kiosk_mustache)

  /// What the template reads.
  private struct Content {
    var events: String
    var lost: String
    var view: KioskView
    var step: String
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
      events: "/tap/\(tap)/events?lang=\(language.rawValue)", lost: lost, view: view,
      step: view.step?.rawValue ?? "", text: view.text,
      drop: (1000 - view.fill) * 208 / 1000, isEmpty: view.fill == 0,
      kegGauge: KioskWords.in(language).kegGauge,
      kegPercent: (view.keg ?? 0) / 10)
    return page.response(content, title: screen.tap, language: language)
  }
}
