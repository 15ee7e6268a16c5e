import Testing

@testable import PanelKit

@Suite struct LanguageTests {
  @Test(arguments: [
    ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", Language.french), ("it, en-GB;q=0.5", .english),
    ("en;q=0.2,fr;q=0.3", .french), ("fr;q=0, en", .english), ("FR", .french), ("de-AT;q=0.9, it", .german),
    ("it;q=1, rm", nil), ("", nil),
    ("fr;q=nonsense, en;q=0.1", .english), (";;;,,,q=1", nil), ("fr ; q=0.4, en;q=0.5", .english),
  ])
  func aBrowsersLikingDecides(header: String, expected: Language?) {
    #expect(Language.negotiated(acceptLanguage: header) == expected)
  }

  @Test func moneyIsWrittenAsTheLanguageDoes() {
    let english = NumberFormat(.english)
    let french = NumberFormat(.french)
    #expect(english.money(250, currency: "EUR", decimals: 2) == "€2.50")
    #expect(french.money(250, currency: "EUR", decimals: 2) == "2,50\u{A0}€")
    #expect(english.money(-5, currency: "EUR", decimals: 2) == "\u{2212}€0.05")
    #expect(english.money(1_234_567, currency: "CHF", decimals: 2) == "CHF\u{A0}12,345.67")
    let german = NumberFormat(.german)
    #expect(german.money(123_456, currency: "EUR", decimals: 2) == "1.234,56\u{A0}€")
    #expect(german.money(-5, currency: "EUR", decimals: 2) == "\u{2212}0,05\u{A0}€")
    #expect(english.money(7, currency: "Tokens", decimals: 0) == "7\u{A0}Tokens")
    #expect(german.money(7, currency: "Marken", decimals: 0) == "7\u{A0}Marken")
    #expect(german.decimal(1_234_567, decimals: 1) == "123.456,7")
  }

  @Test func swissFrancsAreWrittenAsInSwitzerland() {
    #expect(NumberFormat(.english).money(150, currency: "CHF", decimals: 2) == "CHF\u{A0}1.50")
    #expect(
      NumberFormat(.german).money(1_234_567, currency: "CHF", decimals: 2) == "CHF\u{A0}12\u{2019}345.67")
    #expect(
      NumberFormat(.french).money(1_234_567, currency: "CHF", decimals: 2) == "12\u{202F}345.67\u{A0}CHF")
    #expect(NumberFormat(.german).money(-150, currency: "CHF", decimals: 2) == "CHF\u{A0}\u{2212}1.50")
  }

  @Test(arguments: [
    (Int64(0), "0.0\u{A0}cl"), (234_499, "23.4\u{A0}cl"), (234_500, "23.5\u{A0}cl"),
    (999_499, "99.9\u{A0}cl"),
    (999_500, "1.00\u{A0}L"), (1_055_000, "1.06\u{A0}L"), (.max, "9,223,372,036,854.78\u{A0}L"),
  ])
  func volumesAreRoundedToTheNearerStep(microlitres: Int64, expected: String) {
    #expect(NumberFormat(.english).volume(microlitres: microlitres) == expected)
  }

  @Test func whatIsLeftIsNeverRoundedUp() {
    let format = NumberFormat(.english)
    #expect(format.volume(microlitres: 319_999, rounding: .down, wholeCentilitres: true) == "31\u{A0}cl")
    #expect(format.volume(microlitres: 1_999_999, rounding: .down, wholeCentilitres: true) == "1.99\u{A0}L")
    #expect(format.litres(microlitres: 18_499_999, decimals: 1, rounding: .down) == "18.4\u{A0}L")
  }

  @Test func decimalsAtTheEndsOfTheirRange() {
    let format = NumberFormat(.english)
    #expect(format.decimal(.min, decimals: 0) == "\u{2212}9,223,372,036,854,775,808")
    #expect(format.decimal(5, decimals: 3) == "0.005")
    #expect(format.decimal(5, decimals: -1) == "5")
    #expect(format.decimal(5, decimals: 99) == "0.000000000000000005")
  }
}
