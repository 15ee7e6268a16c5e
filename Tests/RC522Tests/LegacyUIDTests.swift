import Testing

@testable import RC522

@Suite struct LegacyUIDTests {
  @Test(
    "A card's old name",
    arguments: [
      ("0102a4f3", "0102a4f354"), ("04a1b2c3d4e5f6", "8804a1b29f"), ("04010203040506070809", "880401028f"),
    ])
  func names(uid: String, name: String) throws {
    #expect(UID(uid)?.legacyIdentifier == name)
    let legacy = try #require(LegacyUID(name.uppercased()))
    #expect(legacy.description == name)
    #expect(legacy.match(UID(uid)!) == (uid.count == 8 ? .exact : .possible))
    #expect(legacy.uid == (uid.count == 8 ? UID(uid) : nil))
  }

  @Test(
    "What is no name is refused",
    arguments: ["", "0102a4f3", "0102a4f355", "0102a4f3540", "0102a4f3xx", "0102a4f35400"])
  func refused(text: String) {
    #expect(LegacyUID(text) == nil)
  }

  @Test("Cards that share a name are all reported")
  func collisions() throws {
    let cards = ["04a1b2c3d4e5f6", "04a1b2ffffffff", "04a1b3c3d4e5f6", "0102a4f3"].map { UID($0)! }
    let name = try #require(LegacyUID("8804A1B29F"))
    #expect(name.isTruncated)
    #expect(name.matches(among: cards) == Array(cards.prefix(2)))
    #expect(LegacyUID("0102a4f354")?.matches(among: cards) == [cards[3]])
    #expect(LegacyUID("0102a4f354")?.match(cards[0]) == LegacyUID.Match.none)
  }

  @Test("Random UIDs are flagged")
  func random() {
    #expect(UID("08a1b2c3")?.isRandom == true)
    #expect(UID("18a1b2c3")?.isRandom == false)
    #expect(UID("08a1b2c3d4e5f6")?.isRandom == false)
  }
}
