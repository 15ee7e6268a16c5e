import DaemonKit
import Foundation
import PanelKit
import Testing

@testable import coffeed

/// Whatever a name is made of, it is text on every page.
@Suite(.timeLimit(.minutes(15))) struct EscapingTests {
  /// The last three: a quotation mark, an angle bracket and an ampersand which are one character with the
  /// combining accent after them, and are bytes of their own for a browser.
  static let names = [
    "<script>alert(1)</script>", #""><img src=x onerror=alert(1)>"#, "' onmouseover='alert(1)",
    "</textarea><b>",
    "{{csrf}}", "{{{html}}}", "\"\u{338} onmouseover=alert(1) x=", "<\u{338}img src=x>",
    "&\u{338}lt;b&\u{338}gt;",
  ]
  private static let pages = [
    "/", "/transactions", "/transactions?rows=500", "/leaderboard", "/history", "/invoicing", "/invoicing/1",
    "/invoicing/batch/1", "/administration", "/administration?page=1", "/administration/user/a1b2c3d4",
    "/administration/user/a1b2c3d4/erase", "/settings", "/export",
  ]

  @Test(arguments: names)
  func aNameIsTextOnEveryPage(name: String) async throws {
    let office = try await Office()
    try await office.user("a1b2c3d4", name, name, email: name, phone: name)
    _ = try await office.command(
      .changeUser(Token.of("a1b2c3d4"), UserChange(nickname: name)))
    _ = try await office.command(
      .changeSettings(
        SettingsChange(pricePerCoffee: 50, currency: "<b>\"'", invoiceSubject: name, invoiceBody: name)))
    try await office.show("a1b2c3d4")
    _ = try await office.command(.createBatch(until: nil))
    try await office.show("a1b2c3d4")
    office.board.show(LockView(phase: .active, secondsLeft: 3, userName: name))
    try await office.visit { visit in
      let login = try await visit.logIn()
      for path in Self.pages {
        for language in Language.allCases {
          let page = try await visit.get(
            path + (path.contains("?") ? "&" : "?") + "lang=\(language.rawValue)", as: login)
          #expect(page.status == .ok, "\(path)")
          Self.expectOnlyOwnMarkup(page.text, path)
        }
      }
      let query = "/transactions?name=\(name.percentEncoded)&token_id=\(name.percentEncoded)"
      Self.expectOnlyOwnMarkup(try await visit.get(query, as: login).text, query)
      let preview = try await visit.post(
        "/settings",
        [("subject", name), ("body", name), ("price", name), ("language", name), ("preview", "1")],
        as: login)
      #expect(preview.status == .ok)
      Self.expectOnlyOwnMarkup(preview.text, "preview")
      let refused = try await visit.post(
        "/administration/user/a1b2c3d4",
        [("user_name", name), ("name", String(repeating: name, count: 30)), ("state", "active")], as: login)
      #expect(refused.status == .badRequest)
      Self.expectOnlyOwnMarkup(refused.text, "refused")
    }
  }

  /// Byte by byte, as a browser looks for them.
  private static func expectOnlyOwnMarkup(_ page: String, _ path: String) {
    let bytes = Data(page.utf8)
    for foreign in [
      "<script>", "<img", "<b>", "</textarea><b", "\"\u{338}", "<\u{338}", "&\u{338}", "\"'", "' onmouseover",
    ] {
      #expect(bytes.range(of: Data(foreign.utf8)) == nil, "\(path) has \(foreign)")
    }
    #expect(!page.contains(" style="), "\(path)")
    #expect(!page.contains("onclick"), "\(path)")
  }

  @Test func textIsEscapedByteByByte() {
    var html = HTMLText()
    html.markup("<td>")
    html.text("a<b>&\"'\u{338}ü")
    html.number(-5)
    #expect(html.string == "<td>a&lt;b&gt;&amp;&quot;&#39;\u{338}ü-5")
  }

  @Test func jsonIsAsciiWithItsKeysInOrder() {
    let value = PlainJSON.object([
      "b": .list([.null, .bool(true), .integer(-3), .text("\"\\/\u{8}\u{c}\n\r\t\u{1}\u{7f}é😀")]),
      "a": .object([:]),
    ])
    #expect(
      String(decoding: value.bytes, as: UTF8.self)
        == #"{"a":{},"b":[null,true,-3,"\"\\/\b\f\n\r\t\u0001\u007f\u00e9\ud83d\ude00"]}"# + "\n")
    #expect(PlainJSON(String(decoding: value.bytes, as: UTF8.self)) == value)
  }
}
