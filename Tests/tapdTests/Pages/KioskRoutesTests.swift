import Hummingbird
import PageTesting
import Logging
import NIOCore
import PanelKit
import Testing

@testable import tapd

@Suite struct KioskRoutesTests {
  private func application(_ screen: TapScreen) -> some ApplicationProtocol {
    PanelServer(
      host: "127.0.0.1", port: 0,
      routes: [KioskRoutes(taps: [KioskTap(name: "left", screen: Broadcaster(screen))], language: .french)],
      protection: .localOnly, logger: Logger(label: "test")
    ).application
  }

  @Test(arguments: [
    ("/", "fr", "Présentez"), ("/tap/left", "fr", "Présentez"), ("/?lang=en", "en", "Present your"),
  ])
  func thePageShowsThePresentState(path: String, language: String, words: String) async throws {
    let screen = TapScreen(phase: .waiting, tap: "Left", currency: "EUR", currencyDecimals: 2)
    try await application(screen).serve { client in
      try await client.execute(uri: path, method: .get) { response in
        let page = String(buffer: response.body)
        #expect(page.contains(#"<html lang="\#(language)""#))
        #expect(page.contains(words))
        #expect(page.contains(#"<noscript><meta http-equiv="refresh""#))
        #expect(!page.contains(" style="), "the security policy forbids styles in the page")
        for asset in page.matches(of: #/"(\/assets\/[^"]+)"/#) {
          try await client.execute(uri: String(asset.1), method: .get) { #expect($0.status == .ok) }
        }
      }
    }
  }

  @Test func namesAreEscaped() async throws {
    var screen = TapScreen(
      phase: .waiting, tap: "<script>alert(1)</script>", currency: "EUR", currencyDecimals: 2)
    screen.beverage = #""><img src=x>"#
    try await application(screen).serve { [screen] client in
      try await client.execute(uri: "/", method: .get) { response in
        let page = String(buffer: response.body)
        #expect(!page.contains(screen.tap))
        #expect(!page.contains("<img"))
      }
    }
  }

  @Test(arguments: ["/tap/right", "/tap/right/events", "/tap/%00", "/tap/../left"])
  func anUnknownTapIsSaidSo(path: String) async throws {
    let screen = TapScreen(phase: .waiting, tap: "Left", currency: "EUR", currencyDecimals: 2)
    try await application(screen).serve { client in
      try await client.execute(uri: path, method: .get) { #expect($0.status == .notFound) }
    }
  }
}
