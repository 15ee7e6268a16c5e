import Foundation
import Testing

@testable import coffeed

@Suite struct TokenTests {
  @Test(arguments: [
    ("A1:B2:C3:D4", "a1b2c3d4"), ("a1-b2-c3-d4", "a1b2c3d4"), (" 04A1B2C3D4E5F6 ", "04a1b2c3d4e5f6"),
    ("88046bc02f", "88046bc02f"),
  ])
  func readsWithSeparators(text: String, token: String) { #expect(Token(text)?.text == token) }

  @Test(arguments: [
    "a1b2c3d4", "04a1b2c3d4e5f6", "04010203040506070809", "04a1b2c3d4", "8804a1b29f", "0002d5e532",
  ])
  func aCardCanHaveIt(text: String) throws { #expect(try #require(Token(text)).isCards) }

  /// Old books may hold them, but no new user gets one.
  @Test(arguments: [
    "962106709424", "dd17380af9", "0008617284", "0411223344556677", "041122334455667788", "00000000",
    "0000000000", "00000000000000",
  ])
  func noCardCanHaveIt(text: String) throws {
    let token = try #require(Token(text))
    #expect(!token.isCards)
    #expect(try JSONDecoder().decode([Token].self, from: JSONEncoder().encode([token])) == [token])
    for refusal in [
      #expect(throws: BooksError.self) {
        try LocalBooks.addUser(token, UserChange(userName: "a", name: "A"), in: BooksState(), People())
      },
      #expect(throws: BooksError.self) {
        try LocalBooks.changeSettings(SettingsChange(masterToken: text))
      },
    ] {
      #expect(refusal?.description.contains(Token.shape) == true, "\(String(describing: refusal))")
    }
  }

  @Test(arguments: [
    "136-4-110-81-179", "4-161-178-195", "", "a1b2c3", "a1b2c3d", "zzzzzzzz", "<b>a1b2</b>",
    "a1b2c3d4a1b2c3d4a1b2c3d4",
  ])
  func refusesOthers(text: String) { #expect(Token(text) == nil) }
}
