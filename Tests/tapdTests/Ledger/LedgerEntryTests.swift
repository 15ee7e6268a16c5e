import DaemonKit
import Foundation
import RC522
import Testing

@testable import tapd

/// The journal's format is a promise: files of years ago must still be read.
@Suite struct LedgerEntryTests {
  static let written: [(json: String, entry: LedgerEntry)] = [
    (
      #"{"currency":"EUR","decimals":2,"taps":["left"],"type":"basisSet"}"#,
      .basisSet(LedgerBasis(currency: "EUR", decimals: 2, taps: [TapID("left")]))
    ),
    (
      #"{"amount":2000,"card":"04a1b2c3","command":"c1","kind":"guest","label":"Ann","type":"cardAdded","validUntil":"2026-12-31T00:00:00.000Z"}"#,
      .cardAdded(
        LedgerEntry.CardAdded(
          command: CommandID("c1"), card: Bar.guest, kind: .guest, label: "Ann",
          validUntil: WallTime("2026-12-31T00:00:00Z"), amount: Money(2000)))
    ),
    (
      #"{"amount":500,"card":"04a1b2c3","command":"c2","type":"cardToppedUp"}"#,
      .cardToppedUp(
        LedgerEntry.CardAmount(command: CommandID("c2"), card: Bar.guest, amount: Money(500)))
    ),
    (
      #"{"amount":500,"card":"04a1b2c3","command":"c3","type":"cardRefunded"}"#,
      .cardRefunded(
        LedgerEntry.CardAmount(command: CommandID("c3"), card: Bar.guest, amount: Money(500)))
    ),
    (
      #"{"blocked":true,"card":"04a1b2c3","command":"c4","type":"cardBlocked"}"#,
      .cardBlocked(LedgerEntry.CardBlocking(command: CommandID("c4"), card: Bar.guest, blocked: true))
    ),
    (
      #"{"card":"04a1b2c3","command":"c5","type":"cardValidityChanged","validFrom":"2026-01-01T00:00:00.000Z"}"#,
      .cardValidityChanged(
        LedgerEntry.CardValidity(
          command: CommandID("c5"), card: Bar.guest, validFrom: WallTime("2026-01-01T00:00:00Z")))
    ),
    (
      #"{"beverage":"Blonde","command":"c6","keg":1,"microlitres":30000000,"pricePerLitre":1000,"reserveMicrolitres":500000,"tap":"left","type":"kegMounted"}"#,
      .kegMounted(
        LedgerEntry.KegMounted(
          command: CommandID("c6"), tap: TapID("left"), keg: 1, beverage: "Blonde", microlitres: 30_000_000,
          reserveMicrolitres: 500_000, pricePerLitre: Money(1000)))
    ),
    (
      #"{"command":"c7","keg":1,"tap":"left","type":"kegUnmounted"}"#,
      .kegUnmounted(LedgerEntry.KegUnmounted(command: CommandID("c7"), tap: TapID("left"), keg: 1))
    ),
    (
      #"{"command":"c8","keg":1,"pricePerLitre":900,"tap":"left","type":"kegPriceChanged"}"#,
      .kegPriceChanged(
        LedgerEntry.KegPriceChanged(
          command: CommandID("c8"), tap: TapID("left"), keg: 1, pricePerLitre: Money(900)))
    ),
    (
      #"{"command":"c9","inService":false,"tap":"left","type":"tapServiceChanged"}"#,
      .tapServiceChanged(
        LedgerEntry.TapServiceChanged(command: CommandID("c9"), tap: TapID("left"), inService: false))
    ),
    (
      #"{"card":"04a1b2c3","hold":2000,"keg":1,"kind":"guest","limitMicrolitres":2000499,"limitedBy":"balance","pour":"p1","pricePerLitre":1000,"tap":"left","type":"pourAuthorised"}"#,
      .pourAuthorised(
        LedgerEntry.PourAuthorised(
          pour: PourID("p1"), tap: TapID("left"), card: Bar.guest, kind: .guest, keg: 1,
          pricePerLitre: Money(1000), hold: Money(2000), limitMicrolitres: 2_000_499, limitedBy: .balance))
    ),
    (
      #"{"hold":3000,"limitMicrolitres":3000000,"limitedBy":"keg","pour":"p1","type":"pourExtended"}"#,
      .pourExtended(
        LedgerEntry.PourExtended(
          pour: PourID("p1"), hold: Money(3000), limitMicrolitres: 3_000_000, limitedBy: .keg))
    ),
    (
      #"{"microlitres":100000,"pour":"p1","type":"pourMarked"}"#,
      .pourMarked(LedgerEntry.PourMarked(pour: PourID("p1"), microlitres: 100_000))
    ),
    (
      #"{"charge":250,"closing":{"afterFlowMicrolitres":8888,"flowEnded":true,"microlitresPerSecond":40000,"openMilliseconds":6000},"microlitres":250000,"pour":"p1","pulses":112,"reason":"cardRemoved","rejectedPulses":0,"restoredPulses":1,"type":"pourSettled"}"#,
      .pourSettled(
        LedgerEntry.PourSettled(
          pour: PourID("p1"), microlitres: 250_000, charge: Money(250), reason: .cardRemoved, pulses: 112,
          restoredPulses: 1, rejectedPulses: 0,
          closing: PourClosing(
            afterFlowMicrolitres: 8888, microlitresPerSecond: 40_000, openMilliseconds: 6000, flowEnded: true)
        ))
    ),
    (
      #"{"pour":"p1","type":"pourReleased"}"#,
      .pourReleased(LedgerEntry.PourReleased(pour: PourID("p1")))
    ),
    (
      #"{"cause":"leak","id":"u1","keg":1,"microlitres":2222,"pulses":1,"tap":"left","type":"flowUnattributed"}"#,
      .flowUnattributed(
        LedgerEntry.FlowUnattributed(
          id: CommandID("u1"), tap: TapID("left"), keg: 1, microlitres: 2222, pulses: 1, cause: .leak))
    ),
    (
      #"{"command":"c10","keg":1,"tap":"left","type":"kegDeclaredNotEmpty"}"#,
      .kegDeclaredNotEmpty(
        LedgerEntry.KegDeclaredNotEmpty(command: CommandID("c10"), tap: TapID("left"), keg: 1))
    ),
    (
      #"{"isLeaking":true,"tap":"left","type":"leakChanged"}"#,
      .leakChanged(LedgerEntry.LeakChanged(tap: TapID("left"), isLeaking: true))
    ),
  ]

  @Test func entriesAreWrittenAndReadAsPromised() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    for (json, entry) in Self.written {
      #expect(String(decoding: try encoder.encode(entry), as: UTF8.self) == json)
      #expect(try JSONDecoder().decode(LedgerEntry.self, from: Data(json.utf8)) == entry)
    }
  }

  @Test(arguments: [
    #"{"type":"cardStolen","card":"04a1b2c3"}"#, #"{"card":"04a1b2c3"}"#, #"{"type":"pourReleased"}"#,
    #"{"type":"cardBlocked","card":"xyz","command":"c","blocked":true}"#,
    #"{"type":"cardToppedUp","card":"04a1b2c3","command":"c","amount":1.5}"#, "[]", "7",
  ])
  func whatIsNoEntryIsRefused(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(LedgerEntry.self, from: Data(json.utf8))
    }
  }

  @Test func cardsAndTapsAreObjectsInTheState() throws {
    let bar = Bar()
    let json = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(bar.ledger)) as? [String: Any])
    #expect((json["cards"] as? [String: Any])?.keys.contains("04a1b2c3") == true)
    #expect((json["taps"] as? [String: Any])?.keys.contains("tap") == true)
  }
}
