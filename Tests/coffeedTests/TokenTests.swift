import Testing

@testable import coffeed

@Suite struct TokenTests {
  @Test(arguments: [
    ("A1:B2:C3:D4", "a1b2c3d4"), ("a1-b2-c3-d4", "a1b2c3d4"), (" 04A1B2C3D4E5F6 ", "04a1b2c3d4e5f6"),
    ("88046bc02f", "88046bc02f"),
  ])
  func readsWithSeparators(text: String, token: String) { #expect(Token(text)?.text == token) }

  @Test(arguments: ["", "a1b2c3", "a1b2c3d", "zzzzzzzz", "<b>a1b2</b>", "a1b2c3d4a1b2c3d4a1b2c3d4"])
  func refusesOthers(text: String) { #expect(Token(text) == nil) }
}
