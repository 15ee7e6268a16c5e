import PanelKit
import Testing

@testable import tapd

@Suite struct KioskViewTests {
  private func screen(_ phase: TapScreen.Phase, _ change: (inout TapScreen) -> Void = { _ in }) -> TapScreen {
    var screen = TapScreen(phase: phase, tap: "Tap 1", currency: "EUR", currencyDecimals: 2)
    screen.beverage = "Blonde"
    screen.pricePerLitre = .init(minorUnits: 600)
    screen.kegRemainingMicrolitres = 15_000_000
    screen.kegCapacityMicrolitres = 30_000_000
    change(&screen)
    return screen
  }

  private func pour(_ microlitres: Int64, limit: Int64?) -> TapScreen.Pour {
    TapScreen.Pour(
      microlitres: microlitres, microlitresPerSecond: 30_000, limitMicrolitres: limit,
      cost: .init(minorUnits: 140), balance: .init(minorUnits: 1860))
  }

  @Test func pouringShowsEveryFigureInTheWayOfTheLanguage() {
    let pouring = screen(.pouring) { $0.pour = pour(234_000, limit: 3_333_333) }
    let french = KioskView(pouring, language: .french)
    #expect(french.text["volume"] == "23,4")
    #expect(french.text["unit"] == "cl")
    #expect(french.text["cost"] == "1,40\u{A0}€")
    #expect(french.text["balance"] == "18,60\u{A0}€")
    #expect(french.text["left"] == "3,09\u{A0}L")
    #expect(french.text["price"] == "6,00\u{A0}€/L")
    #expect(french.text["mark"] == "50\u{A0}cl")
    #expect(french.fill == 468)
    #expect(french.keg == 500)
    let english = KioskView(pouring, language: .english)
    #expect(english.text["cost"] == "€1.40")
    #expect(english.text["headline"] != french.text["headline"])
  }

  @Test(arguments: Language.allCases, TapScreen.Notice.allCases)
  func everyNoticeHasWordsInEveryPhaseThatCanCarryIt(language: Language, notice: TapScreen.Notice) {
    for phase in [TapScreen.Phase.waiting, .pouring, .done, .refused, .outOfService, .maintenance] {
      let view = KioskView(screen(phase) { $0.notice = notice }, language: language)
      #expect(view.text["headline"]?.isEmpty == false)
    }
    let refused = KioskView(screen(.refused) { $0.notice = notice }, language: language)
    #expect(refused.text["headline"] == KioskWords.in(language).notice(notice).title)
    #expect(refused.text["alert"] == nil)
    let waiting = KioskView(screen(.waiting) { $0.notice = notice }, language: language)
    #expect(waiting.text["alert"] == KioskWords.in(language).notice(notice).title)
  }

  @Test func aLostConnectionShowsNoFigure() {
    let view = KioskView.connectionLost(.english)
    #expect(Set(view.text.keys) == ["headline", "detail"])
    #expect(view.keg == nil)
  }

  @Test func aPourThatNeverStartedIsNotToasted() {
    let nothing = screen(.done) {
      $0.pour = pour(0, limit: nil)
      $0.notice = .noFlow
    }
    #expect(KioskView(nothing, language: .english).text["headline"] == "Nothing poured")
  }

  @Test(arguments: [
    (Int64(0), Int64?.none, 0, Int64(500_000), false), (250_000, nil, 500, 500_000, false),
    (500_000, nil, 1000, 500_000, false), (500_001, nil, 500, 1_000_000, false),
    (155_000, 310_000, 500, 310_000, true), (310_000, 310_000, 1000, 310_000, true),
    (330_000, 310_000, 1000, 310_000, true), (100_000, 0, 200, 500_000, false),
    (90_000_000, nil, 1000, 90_000_000, false), (100_000, -5, 200, 500_000, false),
  ])
  func theGlassIsTheSmallestThatHoldsThePourOrItsLimit(
    poured: Int64, limit: Int64?, fill: Int, mark: Int64, isLimit: Bool
  ) {
    let glass = Glass(screen(.pouring) { $0.pour = pour(poured, limit: limit) })
    #expect(glass.fill == fill)
    #expect(glass.mark == mark)
    #expect(glass.isLimit == isLimit)
  }

  @Test(arguments: [
    (Int64(-1), Int64(30_000_000), 0), (40_000_000, 30_000_000, 1000), (.max, 1, 1000), (1, .max, 0),
  ])
  func aKegThatCannotBeDoesNoHarm(remaining: Int64, capacity: Int64, share: Int) {
    let view = KioskView(
      screen(.waiting) {
        $0.kegRemainingMicrolitres = remaining
        $0.kegCapacityMicrolitres = capacity
      }, language: .english)
    #expect(view.keg == share)
  }
}
