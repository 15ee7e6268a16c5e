import Hummingbird
import PanelKit

/// A tap as the kiosk pages know it.
struct KioskTap: Sendable {
  /// What stands in the address, `/tap/{name}`: letters, digits and hyphens.
  var name: String
  var screen: Broadcaster<TapScreen>
}

/// The page on the screen beside a tap, live: `/` for the first tap, `/tap/{name}` for each.
///
/// It is open to everybody and shows no more than the guest in front of it may see. Its language is
/// configured, for guests do not choose the screen's browser; `?lang=` shows another.
struct KioskRoutes: PanelRoutes {
  private let taps: [KioskTap]
  private let language: Language

  /// - Parameter taps: at least one.
  init(taps: [KioskTap], language: Language) {
    precondition(!taps.isEmpty, "a kiosk shows at least one tap")
    self.taps = taps
    self.language = language
  }

  func add(to router: PanelRouter) {
    KioskPage.page.add(to: router)
    router.get("/", .open) { request, _ in page(of: taps[0], request) }
    router.get("/events", .open) { request, _ in events(of: taps[0], request) }
    router.get("/tap/:name", .open) { request, context in page(of: try tap(context), request) }
    router.get("/tap/:name/events", .open) { request, context in events(of: try tap(context), request) }
    router.get("/favicon.ico", .open) { _, _ in Response(status: .noContent) }
  }

  private func tap(_ context: PanelContext) throws -> KioskTap {
    let name = try context.parameters.require("name")
    guard let tap = taps.first(where: { $0.name == name }) else {
      throw HTTPError(.notFound, message: "There is no tap of this name here.")
    }
    return tap
  }

  private func language(_ request: Request) -> Language {
    request.uri.queryParameters["lang"].flatMap { Language(tag: $0) } ?? language
  }

  private func page(of tap: KioskTap, _ request: Request) -> Response {
    KioskPage.response(tap.screen.current, tap: tap.name, language: language(request))
  }

  private func events(of tap: KioskTap, _ request: Request) -> Response {
    let language = language(request)
    return EventStream(tap.screen, name: "screen", version: KioskPage.page.version) { screen in
      KioskView(screen, language: language)
    }.response(to: request)
  }
}
