import DaemonKit
import RC522
import Testing

@testable import tapd

/// What amounts mean and which taps there are stands in the books.
@Suite struct LedgerBasisTests {
  private static let euros = LedgerBasis(currency: "EUR", decimals: 2, taps: [TapID("blonde")])
  private static let card = UID([4, 0xA1, 0xB2, 0xC3])

  private static func state(_ basis: LedgerBasis?, balance: Money? = nil) throws -> LedgerState {
    var state = LedgerState()
    state.basis = basis
    guard let balance, let card else { return state }
    let command = LedgerCommand.addCard(
      card, kind: .guest, label: nil, validFrom: nil, validUntil: nil, amount: balance)
    let done = try LocalLedger.carryOut(command, id: CommandID("first"), in: state)
    if let entry = done.entry { state.apply(entry, at: WallTime(milliseconds: 0)) }
    return state
  }

  @Test func aCommandForAnotherTapIsRefusedWithBothNames() throws {
    let state = try Self.state(Self.euros)
    for command: LedgerCommand in [
      .mountKeg(
        TapID("demo"), beverage: "Blonde", microlitres: 1_000_000, reserveMicrolitres: 0,
        pricePerLitre: Money(1)),
      .unmountKeg(TapID("demo")), .setKegPrice(TapID("demo"), pricePerLitre: Money(1)),
      .setInService(TapID("demo"), inService: false),
    ] {
      let error = #expect(throws: LedgerError.self) {
        try LocalLedger.carryOut(command, id: CommandID("one"), in: state)
      }
      #expect(
        error?.description.contains("\"demo\"") == true && error?.description.contains("\"blonde\"") == true)
    }
    _ = try LocalLedger.carryOut(
      .setInService(TapID("blonde"), inService: false), id: CommandID("two"), in: state)
  }

  @Test func booksThatNoDaemonHasServedTakeAnyTap() throws {
    for basis in [nil, LedgerBasis(currency: "EUR", decimals: 2)] {
      _ = try LocalLedger.carryOut(
        .setInService(TapID("demo"), inService: false), id: CommandID("one"), in: try Self.state(basis))
    }
  }

  @Test func amountsKeepTheirCurrency() throws {
    let books = try Self.state(Self.euros, balance: Money(2000))
    for (currency, decimals) in [("EUR", 0), ("CHF", 2)] {
      let error = #expect(throws: LedgerError.self) {
        try books.entry(keeping: LedgerBasis(currency: currency, decimals: decimals, taps: [TapID("blonde")]))
      }
      #expect(error?.description.contains("EUR with 2") == true, "\(String(describing: error))")
    }
    #expect(try books.entry(keeping: Self.euros) == nil, "nothing is recorded that is not news")
    let moved = LedgerBasis(currency: "EUR", decimals: 2, taps: [TapID("brune")])
    #expect(try books.entry(keeping: moved) == .basisSet(moved))
    let tokens = LedgerBasis(currency: "token", decimals: 0, taps: [TapID("blonde")])
    #expect(try Self.state(Self.euros).entry(keeping: tokens) == .basisSet(tokens), "there is no amount yet")
  }

  @Test func errorsGiveAmountsAsPeopleReadThem() throws {
    let books = try Self.state(Self.euros, balance: Money(250))
    let card = try #require(Self.card)
    let error = #expect(throws: LedgerError.self) {
      try LocalLedger.carryOut(.refund(card, amount: Money(1000)), id: CommandID("two"), in: books)
    }
    #expect(error?.description.contains("2.50 EUR") == true)
    let large = #expect(throws: LedgerError.self) {
      try LocalLedger.carryOut(.topUp(card, amount: .zero), id: CommandID("three"), in: books)
    }
    #expect(large?.description.contains("0.01 EUR to 10000000000.00 EUR") == true)
  }
}
